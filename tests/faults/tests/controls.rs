//! Negative controls: a checker that finds nothing proves nothing until it has found each fault
//! that was made on purpose.

mod controls {
    mod arranged;
    mod beside;
    mod broken_rows;
    mod by_hand;
    mod clean;
    mod disturbed;
    mod program;
    mod told_wrongly;
    mod waitlist;
}
