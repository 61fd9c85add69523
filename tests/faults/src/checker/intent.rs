use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::stored::{Proposal, Stored};
use crate::history::{Call, Knowledge, Operation, Outcome, Result as Told, Role};

/// All attempts at one wish, in the order in which they were sent.
#[derive(Debug)]
pub(crate) struct Intent {
    pub(crate) attempts: Vec<Attempt>,
}

#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) call: Call,
    /// None where the client died meanwhile.
    pub(crate) outcome: Option<Outcome>,
}

/// What an intent came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Acknowledged.
    Done,
    /// Nothing of it can have happened.
    Refused,
    /// It may have happened or not.
    Open,
}

/// What never ends.
pub(crate) const FOR_EVER: u64 = u64::MAX;

impl Intent {
    pub(crate) fn first(&self) -> &Call {
        // An intent is made from its first call.
        &self.attempts[0].call
    }

    pub(crate) fn operation(&self) -> Operation {
        self.first().operation
    }

    pub(crate) fn sent(&self) -> u64 {
        self.first().at.micros
    }

    pub(crate) fn state(&self) -> State {
        let mut known = self.attempts.iter().map(Attempt::knowledge);
        if known.clone().any(|known| known == Knowledge::Done) {
            State::Done
        } else if known.all(|known| known == Knowledge::Refused) {
            State::Refused
        } else {
            State::Open
        }
    }

    pub(crate) fn may_have_happened(&self) -> bool {
        self.state() != State::Refused
    }

    /// The first 2xx answer.
    pub(crate) fn answer(&self) -> Option<&Value> {
        self.answers().next()
    }

    pub(crate) fn answers(&self) -> impl Iterator<Item = &Value> {
        self.attempts.iter().filter_map(Attempt::answer)
    }

    /// When it was done for sure: its first 2xx answer had arrived. Never, where there was none.
    pub(crate) fn done_by(&self) -> u64 {
        let done = |attempt: &&Attempt| attempt.knowledge() == Knowledge::Done;
        let first = self.attempts.iter().filter(done).map(Attempt::heard).min();
        first.unwrap_or(FOR_EVER)
    }

    /// The last that was heard of it. Never, where an attempt has no outcome.
    pub(crate) fn heard(&self) -> u64 {
        let last = self.attempts.iter().map(Attempt::heard).max();
        last.unwrap_or(FOR_EVER)
    }

    pub(crate) fn answered_id(&self) -> Option<Uuid> {
        let answer = self.answer()?;
        id(&answer["id"]).or_else(|| id(&answer["ticket"]["id"]))
    }

    /// The service, of who joins a waiting list.
    pub(crate) fn waits_for(&self) -> Option<Uuid> {
        id(&self.first().body.as_ref()?["service_id"])
    }

    /// What opens what it made: the secret that was told, or that of the entry.
    pub(crate) fn secret(&self) -> Option<&str> {
        let told = self.answer()?["secret"].as_str();
        told.or(self.first().shown.as_deref())
    }

    pub(crate) fn gives_contact(&self) -> bool {
        let gives = |body: &Value| {
            ["client", "access_needs", "note", "visit"]
                .iter()
                .any(|name| !body[name].is_null())
        };
        self.first().body.as_ref().is_some_and(gives)
    }

    pub(crate) fn gives_reason(&self) -> bool {
        let body = self.first().body.as_ref();
        body.is_some_and(|body| body["reason"].is_string())
    }

    /// The appointments to which it was done, of those that its call does not name: for sure of a
    /// day's cancellations that are known, and otherwise possibly.
    pub(super) fn among_many(&self, stored: &Stored) -> Vec<Uuid> {
        let call = self.first();
        let all = stored.appointments.values();
        match (self.operation(), call.role) {
            (Operation::MoveSeries | Operation::CancelSeries, _) => all
                .filter(|one| one.series_id.is_some() && one.series_id == call.series_id)
                .map(|one| one.id)
                .collect(),
            (Operation::CancelDay, Role::Staff { organisation_id }) => match self.answer() {
                Some(day) => items(&day["items"])
                    .filter(|item| item["outcome"] == "cancelled")
                    .filter_map(|item| id(&item["appointment"]["id"]))
                    .collect(),
                None => all
                    .filter(|one| one.organisation_id == organisation_id)
                    .map(|one| one.id)
                    .collect(),
            },
            _ => Vec::new(),
        }
    }

    /// Whether that one is done with where it was, if this is done: of a series some stay.
    pub(crate) fn ended(&self, appointment: Uuid) -> bool {
        if self.operation() != Operation::CancelSeries {
            return true;
        }
        let views = self.answer().into_iter().flat_map(appointments);
        views
            .filter(|view| view["status"] == "cancelled")
            .any(|view| id(&view["id"]) == Some(appointment))
    }

    /// Whether that was, or may have been, proposed on the day that this is about.
    pub(crate) fn proposes(&self, proposal: &Proposal) -> bool {
        let role = Role::Staff {
            organisation_id: proposal.organisation_id,
        };
        let told = |day: &Value| {
            let proposals = items(&day["items"]).flat_map(|item| items(&item["proposals"]));
            proposals
                .filter_map(|one| id(&one["id"]))
                .any(|id| id == proposal.id)
        };
        self.first().role == role && self.answer().is_none_or(told)
    }

    /// Whether each appointment to which it may have been done was changed, if it was done.
    pub(crate) fn changes_each(&self) -> bool {
        !matches!(
            self.operation(),
            Operation::MoveSeries | Operation::CancelSeries
        )
    }

    pub(crate) fn first_name(&self) -> String {
        self.attempts[0].name()
    }

    /// The names of its calls, for a report.
    pub(crate) fn names(&self) -> Vec<String> {
        self.attempts.iter().map(Attempt::name).collect()
    }
}

impl Attempt {
    pub(crate) fn knowledge(&self) -> Knowledge {
        let outcome = self.outcome.as_ref();
        outcome.map_or(Knowledge::Unknown, |outcome| outcome.result.knowledge())
    }

    pub(crate) fn answer(&self) -> Option<&Value> {
        self.outcome.as_ref()?.result.acknowledged()
    }

    /// The status, if it is a 2xx one.
    pub(crate) fn answer_status(&self) -> Option<u16> {
        match self.outcome.as_ref()?.result {
            crate::history::Result::Answer { status, .. } if (200..300).contains(&status) => {
                Some(status)
            }
            _ => None,
        }
    }

    pub(crate) fn problem(&self) -> Option<&str> {
        self.outcome.as_ref()?.result.problem()
    }

    /// The dates of a series that could not be had, and the code of why: all of them in a refusal, or
    /// those that were left out.
    pub(crate) fn refused_dates(&self) -> Vec<(DateTime<Utc>, &str)> {
        let Some(Told::Answer { body, .. }) = self.outcome.as_ref().map(|one| &one.result) else {
            return Vec::new();
        };
        let Some(body) = body
            .as_ref()
            .filter(|_| self.call.operation.is_about_dates())
        else {
            return Vec::new();
        };
        let left_out =
            items(&body["left_out"]).map(|one| (one["starts_at"].as_str(), &one["code"]));
        let refused = items(&body["errors"]).map(|one| {
            let start = one["detail"]
                .as_str()
                .and_then(|text| text.split_once(": "));
            (start.map(|(start, _)| start), &one["code"])
        });
        let dates = left_out.chain(refused);
        dates
            .filter_map(|(start, code)| Some((start?.parse().ok()?, code.as_str()?)))
            .collect()
    }

    pub(crate) fn heard(&self) -> u64 {
        let outcome = self.outcome.as_ref();
        outcome.map_or(FOR_EVER, |outcome| outcome.at.micros)
    }

    pub(crate) fn name(&self) -> String {
        let call = &self.call;
        format!(
            "client {}, call {}: {} {}",
            call.client, call.sequence, call.method, call.path
        )
    }
}

/// The items of a list, in whatever has one.
pub(crate) fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// The appointments in an answer that is one, or a series of them.
pub(crate) fn appointments(answer: &Value) -> Vec<&Value> {
    match answer["appointments"].as_array() {
        Some(all) => all.iter().collect(),
        None => vec![answer],
    }
}

pub(crate) fn id(value: &Value) -> Option<Uuid> {
    value.as_str()?.parse().ok()
}

/// The version that an `etag` names.
pub(crate) fn version(appointment: &Value) -> Option<i64> {
    let etag = appointment["etag"].as_str()?;
    etag.trim_matches('"').parse().ok()
}
