use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;

use super::Record;

/// Writes one history, line by line. A line is with the operating system before the next thing
/// happens, so it outlives the process.
#[derive(Debug)]
pub struct Pen(Mutex<File>);

impl Pen {
    pub fn append_to(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self(Mutex::new(file)))
    }

    pub fn write(&self, record: &Record) -> io::Result<()> {
        let mut line = serde_json::to_vec(record)?;
        line.push(b'\n');
        let mut file = self.0.lock().unwrap_or_else(|broken| broken.into_inner());
        file.write_all(&line)
    }
}
