use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use uuid::Uuid;

use crate::history::ReadError;

/// What must hold whatever breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Law {
    NoOverlap,
    NothingLost,
    NothingUnasked,
    OneEffectPerKey,
    LawfulLives,
    WholeMoves,
    RivalForConflict,
    OneTraceEach,
    NoForeignRow,
    WholeSeries,
    AnsweredOnce,
    OfferedOnce,
}

impl Law {
    pub const ALL: [Self; 12] = [
        Self::NoOverlap,
        Self::NothingLost,
        Self::NothingUnasked,
        Self::OneEffectPerKey,
        Self::LawfulLives,
        Self::WholeMoves,
        Self::RivalForConflict,
        Self::OneTraceEach,
        Self::NoForeignRow,
        Self::WholeSeries,
        Self::AnsweredOnce,
        Self::OfferedOnce,
    ];

    #[must_use]
    pub const fn says(self) -> &'static str {
        match self {
            Self::NoOverlap => {
                "nobody and no room is claimed twice at a time, and no place of a group is given twice"
            }
            Self::NothingLost => "what was acknowledged is there",
            Self::NothingUnasked => "what is there was asked for",
            Self::OneEffectPerKey => "a key has one effect and one answer",
            Self::LawfulLives => "every appointment lives by the state machine",
            Self::WholeMoves => "at every moment each standing appointment has exactly its claims",
            Self::RivalForConflict => "nobody is refused without a reason",
            Self::OneTraceEach => "every change has one audit entry and one event",
            Self::NoForeignRow => "nobody is shown what is not theirs",
            Self::WholeSeries => "a series is there as it was booked, whole or not at all",
            Self::AnsweredOnce => {
                "what is proposed is held until it is answered, and answered once"
            }
            Self::OfferedOnce => {
                "what is offered to who waits is held until it is answered, and offered to one at a time"
            }
        }
    }
}

/// A law broken, with the calls and rows that show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    pub law: Law,
    pub what: String,
    /// As `client 3, call 17`.
    pub calls: Vec<String>,
    /// As `appointments 0192…`.
    pub rows: Vec<String>,
}

/// What was looked at, and what is broken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    pub seed: u64,
    pub calls: usize,
    /// Writes that were acknowledged, refused, and whose outcome nobody told.
    pub acknowledged: usize,
    pub refused: usize,
    pub unknown: usize,
    /// Calls without an answer, and those whose answer was that the outcome is unknown.
    pub cut: usize,
    pub snapshots: usize,
    pub appointments: usize,
    /// How often each operation had which outcome: `book 201`, `move slot-taken`, `hold timed-out`.
    pub outcomes: BTreeMap<String, usize>,
    pub violations: Vec<Violation>,
}

impl Report {
    #[must_use]
    pub fn holds(&self) -> bool {
        self.violations.is_empty()
    }

    #[must_use]
    pub fn broken(&self, law: Law) -> Vec<&Violation> {
        self.violations
            .iter()
            .filter(|one| one.law == law)
            .collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "seed {}: {} calls; writes: {} acknowledged, {} refused, {} unknown; {} calls cut, {} snapshots, {} appointments",
            self.seed,
            self.calls,
            self.acknowledged,
            self.refused,
            self.unknown,
            self.cut,
            self.snapshots,
            self.appointments
        )?;
        let outcomes: Vec<_> = self
            .outcomes
            .iter()
            .map(|(outcome, count)| format!("{outcome}: {count}"))
            .collect();
        writeln!(f, "{}", outcomes.join(", "))?;
        for law in Law::ALL {
            let broken = self.broken(law);
            let verdict = if broken.is_empty() {
                "holds "
            } else {
                "BROKEN"
            };
            writeln!(f, "{verdict} {} ({})", law.says(), broken.len())?;
            for violation in broken {
                let shown: Vec<_> = violation
                    .calls
                    .iter()
                    .chain(&violation.rows)
                    .cloned()
                    .collect();
                writeln!(f, "       {} [{}]", violation.what, shown.join("; "))?;
            }
        }
        Ok(())
    }
}

#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error(transparent)]
    History(#[from] ReadError),
    #[error("the report cannot be written: {0}")]
    Report(#[from] serde_json::Error),
    #[error("the data base cannot be read: {0}")]
    Database(#[from] tokio_postgres::Error),
}

impl Violation {
    pub(crate) fn of_rows(law: Law, what: String, rows: impl IntoIterator<Item = String>) -> Self {
        Self {
            law,
            what,
            calls: Vec::new(),
            rows: rows.into_iter().collect(),
        }
    }

    pub(crate) fn of_calls(law: Law, what: String, calls: Vec<String>) -> Self {
        Self {
            law,
            what,
            calls,
            rows: Vec::new(),
        }
    }

    pub(crate) fn about(mut self, table: &str, id: Uuid) -> Self {
        self.rows.push(format!("{table} {id}"));
        self
    }
}
