//! `sprechstunde`: the program.

use std::process::ExitCode;

/// An answer is made of thousands of small pieces, and a fifth of its time went to finding memory
/// for them.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    api::program::run()
}
