//! A history as far as a backup can know it.

use std::path::Path;

use crate::history::{HistoryFolder, Moment, Pen, Record, Stopwatch};

/// Between these a backup was made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) begun: Moment,
    pub(super) ended: Moment,
}

/// Now, on the clock by which histories are written.
pub(super) fn now() -> Moment {
    Stopwatch::start().now()
}

/// What was asked after the end is left out; of what was told after the beginning nobody knows
/// whether the backup has it.
pub(super) fn cut(history: &HistoryFolder, span: Span, into: &Path) -> HistoryFolder {
    let cut = HistoryFolder(into.to_owned());
    std::fs::create_dir_all(into).expect("a folder");
    std::fs::copy(history.baseline(), cut.baseline()).expect("the baseline");
    for entry in std::fs::read_dir(&history.0).expect("the histories") {
        let path = entry.expect("a history").path();
        if path.extension().is_some_and(|it| it == "ndjson") {
            let name = path.file_name().expect("a name");
            copy_lines(&path, &into.join(name), span);
        }
    }
    cut
}

fn copy_lines(from: &Path, to: &Path, span: Span) {
    let pen = Pen::append_to(to).expect("a history");
    let text = std::fs::read_to_string(from).expect("a history");
    for line in text.lines() {
        let Ok(record) = serde_json::from_str::<Record>(line) else {
            continue;
        };
        let kept = match &record {
            Record::Call(call) => call.at.wall < span.ended.wall,
            Record::Outcome(outcome) => outcome.at.wall < span.begun.wall,
            Record::Snapshot(snapshot) => snapshot.at.wall < span.begun.wall,
        };
        if kept {
            pen.write(&record).expect("a line");
        }
    }
}
