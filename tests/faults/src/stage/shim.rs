//! Small libraries that are loaded before the C library and change what it answers.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiles a library with the C compiler of the machine.
pub(super) fn compile(folder: &Path, name: &str, source: &str) -> PathBuf {
    let text = folder.join(format!("{name}.c"));
    let library = folder.join(format!("{name}.so"));
    std::fs::write(&text, source).expect("a source");
    let mut compiler = Command::new("cc");
    compiler
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(&library);
    let ended = compiler.arg(&text).arg("-ldl").status();
    assert!(ended.expect("a C compiler").success(), "{name}.c");
    library
}

/// The wall clock of a program, which can be set. What it measures durations by goes on as ever.
#[derive(Debug)]
pub struct Clock {
    library: PathBuf,
    offset: PathBuf,
}

impl Clock {
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        let clock = Self {
            library: compile(folder, "clock", include_str!("clock.c")),
            offset: folder.join("clock.offset"),
        };
        clock.set(0);
        clock
    }

    /// What a program has to be started with.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        vec![
            ("LD_PRELOAD", self.library.clone()),
            ("CLOCK_OFFSET_FILE", self.offset.clone()),
        ]
    }

    /// Sets it so many seconds ahead of the machine's, or behind.
    pub fn set(&self, seconds: i64) {
        use std::io::Write;
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(false).write(true);
        let mut file = file.open(&self.offset).expect("the offset");
        // In one write and in place: the programs have the file mapped.
        file.write_all(&seconds.to_ne_bytes()).expect("the offset");
    }
}
