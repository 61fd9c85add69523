mod bad_input;
mod fuzz;
mod requests;
