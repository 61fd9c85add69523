//! `sprechstunde`: the program.

use std::process::ExitCode;

fn main() -> ExitCode {
    api::program::run()
}
