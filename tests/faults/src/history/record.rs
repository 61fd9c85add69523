use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{Moment, Operation};

/// One line of a history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum Record {
    Call(Box<Call>),
    Outcome(Outcome),
    Snapshot(Snapshot),
}

/// What a client is about to send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    pub client: u32,
    /// Counts the calls of the client; with it the name of a call.
    pub sequence: u64,
    /// What the client wants; the same for each attempt at it.
    pub intent: Uuid,
    /// From 1.
    pub attempt: u32,
    pub at: Moment,
    pub operation: Operation,
    pub role: Role,
    pub method: String,
    pub base: String,
    pub path: String,
    pub idempotency_key: Option<Uuid>,
    /// `Appointment-Secret` or `Hold-Token`.
    pub shown: Option<String>,
    pub body: Option<Value>,
    pub slot_id: Option<String>,
    pub hold_id: Option<Uuid>,
    pub appointment_id: Option<Uuid>,
    pub series_id: Option<Uuid>,
    pub proposal_id: Option<Uuid>,
    /// Of a waiting list.
    pub entry_id: Option<Uuid>,
    pub offer_id: Option<Uuid>,
    pub course_id: Option<Uuid>,
    /// The session of open hours.
    pub queue_id: Option<Uuid>,
    pub ticket_id: Option<Uuid>,
}

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "as")]
pub enum Role {
    Visitor,
    /// Staff of one organisation.
    Staff {
        organisation_id: Uuid,
    },
}

/// What came of a call. A call without one was under way when its client died.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub client: u32,
    pub sequence: u64,
    pub at: Moment,
    pub took: Duration,
    #[serde(flatten)]
    pub result: Result,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "result")]
pub enum Result {
    Answer {
        status: u16,
        /// The `code` of a problem.
        problem: Option<String>,
        /// What was answered; of a page of slots only how many there were.
        body: Option<Value>,
    },
    NoAnswer {
        how: NoAnswer,
        error: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoAnswer {
    /// The request was never sent.
    ConnectFailed,
    Broken,
    TimedOut,
}

/// The code of a problem, the status of another answer, or why there was none.
impl fmt::Display for Result {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer {
                problem: Some(code),
                ..
            } => f.write_str(code),
            Self::Answer { status, .. } => write!(f, "{status}"),
            Self::NoAnswer { how, .. } => f.write_str(match how {
                NoAnswer::ConnectFailed => "connect-failed",
                NoAnswer::Broken => "broken",
                NoAnswer::TimedOut => "timed-out",
            }),
        }
    }
}

/// What an outcome says about the effect of its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knowledge {
    Done,
    /// The program says, or the wire proves, that nothing was changed.
    Refused,
    Unknown,
}

impl Result {
    #[must_use]
    pub fn knowledge(&self) -> Knowledge {
        match self {
            Self::Answer { status, .. } if (200..300).contains(status) => Knowledge::Done,
            Self::Answer {
                status, problem, ..
            } => match (status, problem.as_deref()) {
                // Another attempt has the key: it says nothing about what becomes of that one.
                (_, Some("idempotency-in-progress" | "outcome-unknown")) => Knowledge::Unknown,
                (503, Some("unavailable")) | (400..500, Some(_)) => Knowledge::Refused,
                // Nobody promises anything about other failures, nor about what a proxy answers.
                _ => Knowledge::Unknown,
            },
            Self::NoAnswer {
                how: NoAnswer::ConnectFailed,
                ..
            } => Knowledge::Refused,
            Self::NoAnswer { .. } => Knowledge::Unknown,
        }
    }

    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        match self {
            Self::Answer { problem, .. } => problem.as_deref(),
            Self::NoAnswer { .. } => None,
        }
    }

    /// The body of a 2xx answer.
    #[must_use]
    pub fn acknowledged(&self) -> Option<&Value> {
        match self {
            Self::Answer {
                status: 200..300,
                body,
                ..
            } => body.as_ref(),
            _ => None,
        }
    }
}

/// The claims of the data base as one statement saw them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    pub at: Moment,
    pub standing: i64,
    pub claims: i64,
    pub misfits: Vec<Misfit>,
}

/// A standing appointment without its claim, or a claim of nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misfit {
    pub what: String,
    pub claim: Uuid,
    pub resource: Uuid,
}

/// What the data base held before the first call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    pub seed: u64,
    pub at: Moment,
    pub appointments: Vec<BaselineAppointment>,
    pub holds: Vec<Uuid>,
    pub claims: Vec<BaselineClaim>,
    /// Places of groups: who has one, and of which session.
    pub places: Vec<(Uuid, Uuid)>,
    pub series: Vec<Uuid>,
    pub proposals: Vec<Uuid>,
    /// Of waiting lists.
    pub entries: Vec<Uuid>,
    /// Of open hours.
    pub tickets: Vec<Uuid>,
    /// Sessions with their version.
    pub sessions: Vec<(Uuid, i64)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineAppointment {
    pub id: Uuid,
    pub status: String,
    pub version: i64,
    pub has_contact: bool,
}

/// Who claimed which resource when, before anybody called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineClaim {
    pub claim: Uuid,
    pub resource: Uuid,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}
