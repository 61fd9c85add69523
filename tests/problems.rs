mod bad_input;
mod requests;
