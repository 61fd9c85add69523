use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::leaps::Leaps;
use super::stored::{Offer, Proposal, Stored};
use crate::history::{
    Baseline, BaselineAppointment, Call, Knowledge, Operation, Outcome, Result as Told, Role,
    Snapshot,
};

/// What the histories say, by intent.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) baseline: Baseline,
    pub(crate) intents: Vec<Intent>,
    pub(crate) snapshots: Vec<Snapshot>,
    pub(crate) leaps: Leaps,
    by_appointment: BTreeMap<Uuid, Vec<usize>>,
    before: BTreeMap<Uuid, BaselineAppointment>,
}

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

impl Facts {
    pub(crate) fn new(
        baseline: Baseline,
        calls: Vec<(Call, Option<Outcome>)>,
        snapshots: Vec<Snapshot>,
    ) -> Self {
        let mut intents: BTreeMap<Uuid, Vec<Attempt>> = BTreeMap::new();
        for (call, outcome) in calls {
            let attempts = intents.entry(call.intent).or_default();
            attempts.push(Attempt { call, outcome });
        }
        let mut intents: Vec<_> = intents
            .into_values()
            .map(|mut attempts| {
                attempts.sort_by_key(|attempt| attempt.call.at.micros);
                Intent { attempts }
            })
            .collect();
        intents.sort_by_key(Intent::sent);
        let mut by_appointment: BTreeMap<Uuid, Vec<usize>> = BTreeMap::new();
        for (place, intent) in intents.iter().enumerate() {
            if let Some(appointment) = intent.first().appointment_id {
                by_appointment.entry(appointment).or_default().push(place);
            }
        }
        let before = baseline
            .appointments
            .iter()
            .map(|one| (one.id, one.clone()))
            .collect();
        Self {
            baseline,
            intents,
            snapshots,
            leaps: Leaps::default(),
            by_appointment,
            before,
        }
    }

    /// Adds to each appointment what was done to many at once, or may have been.
    pub(crate) fn link(&mut self, stored: &Stored) {
        for (place, intent) in self.intents.iter().enumerate() {
            for appointment in intent.among_many(stored) {
                self.by_appointment
                    .entry(appointment)
                    .or_default()
                    .push(place);
            }
        }
    }

    /// What was, or may have been, answered to the proposal.
    pub(crate) fn answers(&self, proposal: Uuid) -> impl Iterator<Item = &Intent> {
        self.intents.iter().filter(move |intent| {
            intent.first().proposal_id == Some(proposal) && intent.may_have_happened()
        })
    }

    /// What was, or may have been, answered to the offer: whoever leaves declines it.
    pub(crate) fn answers_to_offer(&self, offer: &Offer) -> impl Iterator<Item = &Intent> {
        let (id, entry) = (offer.id, offer.entry_id);
        self.intents.iter().filter(move |intent| {
            let call = intent.first();
            let leaves = call.operation == Operation::LeaveWaitlist && call.entry_id == Some(entry);
            (leaves || call.offer_id == Some(id)) && intent.may_have_happened()
        })
    }

    /// What has ended, or may have ended, somebody's waiting.
    pub(crate) fn ends_of_entry(&self, entry: Uuid) -> impl Iterator<Item = &Intent> {
        let ends = [Operation::AcceptOffer, Operation::LeaveWaitlist];
        self.intents.iter().filter(move |intent| {
            ends.contains(&intent.operation())
                && intent.first().entry_id == Some(entry)
                && intent.may_have_happened()
        })
    }

    pub(crate) fn of(&self, operation: Operation) -> impl Iterator<Item = &Intent> {
        self.intents
            .iter()
            .filter(move |intent| intent.operation() == operation)
    }

    /// The intents that would change that appointment in one of those ways.
    pub(crate) fn changes(
        &self,
        operations: &[Operation],
        appointment: Uuid,
    ) -> impl Iterator<Item = &Intent> {
        let places = self.by_appointment.get(&appointment).into_iter().flatten();
        places
            .map(|place| &self.intents[*place])
            .filter(|intent| operations.contains(&intent.operation()))
    }

    /// The appointment as it was before anybody played.
    pub(crate) fn before(&self, appointment: Uuid) -> Option<&BaselineAppointment> {
        self.before.get(&appointment)
    }

    /// The intent that was told of the appointment when it was booked, or hold when it was held.
    pub(crate) fn acknowledged(&self, operation: Operation) -> BTreeMap<Uuid, &Intent> {
        self.of(operation)
            .filter_map(|intent| Some((intent.answered_id()?, intent)))
            .collect()
    }

    /// The series and courses of whose booking somebody was told.
    pub(crate) fn booked_series(&self) -> BTreeMap<Uuid, &Intent> {
        let courses = self.acknowledged(Operation::BookCourse);
        let series = self.acknowledged(Operation::BookSeries);
        courses.into_iter().chain(series).collect()
    }

    /// The appointments of whose booking somebody was told, alone, in a series or from an offer: by
    /// whom, and how it looked.
    pub(crate) fn booked(&self) -> BTreeMap<Uuid, (&Intent, &Value)> {
        let bookings = [
            Operation::Book,
            Operation::BookSeries,
            Operation::BookCourse,
            Operation::AcceptOffer,
        ];
        let bookings = bookings.into_iter().flat_map(|one| self.of(one));
        let views = bookings.flat_map(|intent| {
            let views = intent.answer().into_iter().flat_map(appointments);
            views.map(move |view| (intent, view))
        });
        views
            .filter_map(|(intent, view)| Some((id(&view["id"])?, (intent, view))))
            .collect()
    }
}

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
            ["client", "access_needs", "note"]
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
    fn among_many(&self, stored: &Stored) -> Vec<Uuid> {
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
