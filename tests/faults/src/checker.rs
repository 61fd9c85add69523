//! Holds histories and data base to the laws.

mod changes;
mod claims;
mod discovered;
mod facts;
mod foreign;
mod intent;
mod keys;
mod leaps;
mod lives;
mod lost;
mod moves;
mod observed;
mod offers;
mod overlaps;
mod places;
mod proposals;
mod report;
mod rivals;
mod series;
mod stored;
mod tickets;
mod traces;
mod unasked;
mod waiting;

use std::collections::BTreeMap;

pub use leaps::Leaps;
pub use report::{CheckError, Law, Report, Violation};

use self::facts::Facts;
use self::intent::{Attempt, State};
use self::stored::Stored;
use crate::history::{HistoryFolder, Knowledge};

/// Each law answers what breaks it.
const LAWS: [fn(&Facts, &Stored) -> Vec<Violation>; 14] = [
    overlaps::check,
    lost::check,
    unasked::check,
    keys::check,
    lives::check,
    moves::check,
    rivals::check,
    traces::check,
    foreign::check,
    series::check,
    proposals::check,
    offers::check,
    waiting::check,
    tickets::check,
];

/// Checks everything. The programs must have ended, or at least have nothing under way.
pub async fn check(folder: &HistoryFolder, database_url: &str) -> Result<Report, CheckError> {
    check_after_leaps(folder, database_url, Leaps::default()).await
}

/// As [`check`], where the program's clock leapt: callers did not know why a
/// hold of a moment ago had expired, or why a slot that was listed a moment ago was over.
pub async fn check_after_leaps(
    folder: &HistoryFolder,
    database_url: &str,
    leaps: Leaps,
) -> Result<Report, CheckError> {
    let histories = folder.read()?;
    let stored = Stored::read(database_url).await?;
    let mut facts = Facts::new(histories.baseline, histories.calls, histories.snapshots);
    facts.leaps = leaps;
    facts.link(&stored);
    let violations = LAWS.iter().flat_map(|law| law(&facts, &stored)).collect();
    let writes = || {
        facts
            .intents
            .iter()
            .filter(|intent| !intent.operation().only_looks())
    };
    let count = |state| writes().filter(|intent| intent.state() == state).count();
    let attempts = || facts.intents.iter().flat_map(|intent| &intent.attempts);
    Ok(Report {
        seed: facts.baseline.seed,
        calls: attempts().count(),
        acknowledged: count(State::Done),
        refused: count(State::Refused),
        unknown: count(State::Open),
        cut: attempts()
            .filter(|one| one.knowledge() == Knowledge::Unknown)
            .count(),
        snapshots: facts.snapshots.len(),
        appointments: stored.appointments.len(),
        outcomes: outcomes(attempts()),
        violations,
    })
}

fn outcomes<'a>(attempts: impl Iterator<Item = &'a Attempt>) -> BTreeMap<String, usize> {
    let mut outcomes = BTreeMap::new();
    for attempt in attempts {
        let outcome = attempt.outcome.as_ref();
        let told = outcome.map_or_else(|| "-".to_owned(), |outcome| outcome.result.to_string());
        let operation = attempt.call.operation;
        *outcomes.entry(format!("{operation} {told}")).or_default() += 1;
    }
    outcomes
}
