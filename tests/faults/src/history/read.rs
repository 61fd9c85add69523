use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Baseline, Call, Outcome, Record, Snapshot};

/// The histories of one workload: `baseline.json`, `client-<n>.ndjson`, `snapshots.ndjson`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryFolder(pub PathBuf);

#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("{0}: {1}")]
    Unreadable(PathBuf, io::Error),
    #[error("{0}, line {1}: {2}")]
    Malformed(PathBuf, usize, serde_json::Error),
}

/// All histories, read.
#[derive(Debug)]
pub(crate) struct Histories {
    pub(crate) baseline: Baseline,
    pub(crate) calls: Vec<(Call, Option<Outcome>)>,
    pub(crate) snapshots: Vec<Snapshot>,
}

impl HistoryFolder {
    #[must_use]
    pub fn baseline(&self) -> PathBuf {
        self.0.join("baseline.json")
    }

    #[must_use]
    pub fn client(&self, number: u32) -> PathBuf {
        self.0.join(format!("client-{number}.ndjson"))
    }

    #[must_use]
    pub fn snapshots(&self) -> PathBuf {
        self.0.join("snapshots.ndjson")
    }

    pub(crate) fn read(&self) -> Result<Histories, ReadError> {
        let path = self.baseline();
        let text = read(&path)?;
        let baseline =
            serde_json::from_str(&text).map_err(|error| ReadError::Malformed(path, 1, error))?;
        let mut histories = Histories {
            baseline,
            calls: Vec::new(),
            snapshots: Vec::new(),
        };
        let unreadable = |error| ReadError::Unreadable(self.0.clone(), error);
        let mut paths = Vec::new();
        for entry in fs::read_dir(&self.0).map_err(unreadable)? {
            paths.push(entry.map_err(unreadable)?.path());
        }
        paths.sort();
        for path in paths.iter().filter(|path| is_history(path)) {
            histories.add(path)?;
        }
        Ok(histories)
    }
}

fn is_history(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "ndjson")
}

fn read(path: &Path) -> Result<String, ReadError> {
    fs::read_to_string(path).map_err(|error| ReadError::Unreadable(path.to_owned(), error))
}

impl Histories {
    fn add(&mut self, path: &Path) -> Result<(), ReadError> {
        let text = read(path)?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        // What follows the last line end was cut off by a crash: that call was never sent.
        for (number, line) in text[..whole].lines().enumerate() {
            let record = serde_json::from_str(line)
                .map_err(|error| ReadError::Malformed(path.to_owned(), number + 1, error))?;
            match record {
                Record::Call(call) => self.calls.push((*call, None)),
                Record::Outcome(outcome) => self.settle(outcome),
                Record::Snapshot(snapshot) => self.snapshots.push(snapshot),
            }
        }
        Ok(())
    }

    /// Calls of one client are not under way at the same time, so its call is among the last.
    fn settle(&mut self, outcome: Outcome) {
        let call =
            self.calls.iter_mut().rev().find(|(call, _)| {
                (call.client, call.sequence) == (outcome.client, outcome.sequence)
            });
        if let Some((_, known)) = call {
            *known = Some(outcome);
        }
    }
}
