use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use super::intent::{Attempt, Intent, appointments, id};
use super::leaps::Leaps;
use super::stored::{Offer, Stored};
use crate::history::{Baseline, BaselineAppointment, Call, Operation, Outcome, Snapshot};

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
