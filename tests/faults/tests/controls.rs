//! Negative controls: a checker that finds nothing proves nothing until it has found each fault
//! that was made on purpose.

mod controls {
    mod arranged;
    mod beside;
    mod broken_rows;
    mod by_hand;
    mod clean;
    mod courses;
    mod disturbed;
    mod program;
    mod queues;
    mod told_wrongly;
    mod waitlist;
}
