//! How Postgres goes about the statements of the program: by an index that leads where it has to
//! look, on every table that grows with the network. Speed depends on the machine; this does not.

mod plans {
    mod calls;
    mod indexes;
    mod planner;
    mod rules;
    mod shapes;
}
