//! Appointments of the demo network: booked by the rules, at noon of the day before.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Europe::Berlin;
use domain::actor::{Actor, Staff};
use domain::appointment::Appointment;
use domain::booking::Wish;
use domain::code::{Code, Secret};
use domain::ids::AppointmentId;
use domain::permission::Role;
use domain::schedule::instant_of;
use domain::slot_id::SlotId;
use domain::span::Span;
use persistence::Transaction;
use persistence::acting::Reader;
use persistence::appointments::{Booking, Saved, open_booking};
use persistence::audit::Entry;
use persistence::slots::{self, Filter, Stretch, Subject};
use persistence::vault::random_bytes;
use uuid::Uuid;

use super::DemoError;
use super::model::{read, ruled};
use super::tables::{Body, Outcome, Visit};
use crate::app::App;
use crate::appointments::{access, contact};

/// More sessions than any service of the demo has in its window.
const SESSIONS: i64 = 64;

/// Where a holiday lies in the way, the next slot is taken; some services open once a week only.
const WINDOW_DAYS: i64 = 21;

/// The days of the demo: when they begin, and when its appointments were booked.
#[derive(Debug, Clone, Copy)]
struct Days {
    now: DateTime<Utc>,
    midnight: DateTime<Utc>,
    booked_at: DateTime<Utc>,
}

impl Days {
    fn around(now: DateTime<Utc>) -> Self {
        let midnight = instant_of(today(now).into(), Berlin).unwrap_or(now);
        Self {
            now,
            midnight,
            booked_at: midnight - TimeDelta::hours(12),
        }
    }
}

pub(super) fn today(now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&Berlin).date_naive()
}

/// Books what the table says, as far as there are slots.
pub(super) async fn load(
    app: &App,
    mut transaction: Transaction,
    body: &Body,
    now: DateTime<Utc>,
) -> Result<Transaction, DemoError> {
    let days = Days::around(now);
    for visit in body.appointments {
        let slot;
        (transaction, slot) = find(transaction, body, visit, days).await?;
        if let Some(slot) = slot {
            book(app, &mut transaction, visit, slot, days).await?;
        }
    }
    Ok(transaction)
}

/// The slot that the row means, as staff of the organisation would have seen it.
async fn find(
    transaction: Transaction,
    body: &Body,
    visit: &Visit,
    days: Days,
) -> Result<(Transaction, Option<SlotId>), DemoError> {
    let filter = Filter {
        subject: Subject::Service(body.service_id(visit.service)),
        organisation_id: Some(body.id()),
        counsellor_id: None,
        site_id: None,
        language: None,
        modality: None,
        interpreter_language: None,
        near: None,
        counsellor_gender: None,
    };
    let from = days.midnight + TimeDelta::days(visit.day);
    let mut reader = Reader::Staff(transaction, coordinator(body));
    let until = from + TimeDelta::days(WINDOW_DAYS);
    let window = ruled(Span::new(from, until))?;
    let stretch = Stretch {
        from,
        until,
        limit: SESSIONS,
    };
    let mut read = slots::load(&mut reader, &filter, stretch, days.booked_at).await?;
    if let Some(home) = visit.given.contact()?.home {
        read.calendar.lead_to(home.doorstep);
    }
    let free = read.calendar.slots(window, days.booked_at);
    let slot = free.get(visit.nth).map(|offered| offered.slot.id);
    match reader {
        Reader::Staff(transaction, _) => Ok((transaction, slot)),
        Reader::Public(_) => Err(DemoError::BreaksARule("reads as staff".to_owned())),
    }
}

fn coordinator(body: &Body) -> Staff {
    Staff {
        account_id: body.coordinator_account(),
        network_coordinator: false,
        memberships: [(body.id(), Role::Coordinator)].into(),
        counsellors: BTreeSet::new(),
    }
}

async fn book(
    app: &App,
    transaction: &mut Transaction,
    visit: &Visit,
    slot: SlotId,
    days: Days,
) -> Result<(), DemoError> {
    let at = days.booked_at;
    let wish = Wish {
        slot,
        modality: None,
        language: visit.language.map(read).transpose()?,
        interpreter_needed: visit.interpreter,
        contact: visit.given.contact()?,
    };
    let booking = Booking {
        interpreted: wish.interpreted().cloned(),
        doorstep: wish.contact.home.as_ref().map(|home| home.doorstep),
        ..Booking::of(slot)
    };
    let opened = open_booking(transaction, &booking, None, at).await?;
    let id = AppointmentId::new(Uuid::now_v7());
    let code = Code::from_random(random_bytes()?);
    let booked = ruled(wish.book(&opened.calendar, id, code, &Actor::Visitor, at, at))?;
    let sealed = contact::seal(&app.vault, slot.organisation_id, id, &wish.contact)?;
    let secret = Secret::from_random(random_bytes()?);
    let saved = Saved {
        appointment: &booked.appointment,
        claim: &booked.claim,
        kept_for: None,
        terms: booked.terms,
        reason: None,
        now: at,
    };
    saved.insert(transaction, access::hash(&app.vault, &secret), sealed);
    let entry = Entry::of_appointment("book", &booked.appointment, &Actor::Visitor, at);
    transaction.audit(entry);
    live(transaction, booked.appointment, visit, days)
}

/// Lets the appointment become what it has become by now.
fn live(
    transaction: &mut Transaction,
    appointment: Appointment,
    visit: &Visit,
    days: Days,
) -> Result<(), DemoError> {
    let span = appointment.place.span;
    let mut life = Life {
        transaction,
        appointment,
        version: 1,
        now: days.now,
    };
    match visit.outcome {
        Outcome::Comes => {
            life.step("check-in", span.from(), Appointment::check_in)?;
            life.step("complete", span.before(), Appointment::complete)
        }
        Outcome::Misses => life.step("no-show", span.before(), Appointment::no_show),
        Outcome::Cancels => life.step("cancel", days.booked_at, |appointment, at| {
            let deadline = domain::minutes::Minutes::NONE;
            appointment.cancel(&Actor::Visitor, deadline, at)
        }),
    }
}

struct Life<'t> {
    transaction: &'t mut Transaction,
    appointment: Appointment,
    version: i64,
    now: DateTime<Utc>,
}

impl Life<'_> {
    /// What happens at that time, if it has come.
    fn step<E: std::fmt::Display>(
        &mut self,
        action: &'static str,
        at: DateTime<Utc>,
        decide: impl FnOnce(Appointment, DateTime<Utc>) -> Result<Appointment, E>,
    ) -> Result<(), DemoError> {
        if self.now < at {
            return Ok(());
        }
        self.appointment = ruled(decide(self.appointment.clone(), at))?;
        self.transaction
            .save_status(&self.appointment, self.version, at);
        self.version += 1;
        let entry = Entry::of_appointment(action, &self.appointment, &Actor::Visitor, at);
        self.transaction.audit(entry);
        Ok(())
    }
}
