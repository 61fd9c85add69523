//! What becomes of a series from one of its appointments on.

use chrono::{DateTime, Utc};

use super::Shift;
use crate::actor::Actor;
use crate::appointment::{Appointment, CancelError, MoveError, Status};
use crate::booking::{BookError, Claimed, Terms};
use crate::calendar::Calendar;
use crate::ids::{AppointmentId, CounsellorId};
use crate::minutes::{Minutes, WholeMinute};
use crate::slots::Unbookable;
use crate::span::Span;

/// One of a series' appointments, as it was agreed.
#[derive(Debug, Clone)]
pub struct Agreed {
    pub appointment: Appointment,
    /// How long before the start a visitor may still do what is to be done with it.
    pub deadline: Minutes,
}

impl Agreed {
    fn starts_at(&self) -> DateTime<Utc> {
        self.appointment.place.span.from()
    }
}

/// Those that are cancelled now, and those that cannot be, with their reasons.
#[derive(Debug, Default)]
pub struct Cancellation {
    pub cancelled: Vec<Appointment>,
    pub kept: Vec<(Appointment, CancelError)>,
}

/// Cancels each that starts from then on and may be cancelled; the others stay. Refused when none
/// may. What is cancelled already is passed over.
pub fn cancel_from(
    series: Vec<Agreed>,
    from: DateTime<Utc>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Cancellation, CancelError> {
    let mut cancellation = Cancellation::default();
    for agreed in series
        .into_iter()
        .filter(|agreed| agreed.starts_at() >= from)
    {
        match agreed
            .appointment
            .clone()
            .cancel(actor, agreed.deadline, now)
        {
            Ok(cancelled) => cancellation.cancelled.push(cancelled),
            Err(CancelError::AlreadyCancelled) => {}
            Err(error) => cancellation.kept.push((agreed.appointment, error)),
        }
    }
    match cancellation.kept.first() {
        Some((_, error)) if cancellation.cancelled.is_empty() => Err(*error),
        None if cancellation.cancelled.is_empty() => Err(CancelError::AlreadyCancelled),
        _ => Ok(cancellation),
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotMove {
    #[error(transparent)]
    Move(#[from] MoveError),
    #[error(transparent)]
    Slot(#[from] Unbookable),
    #[error(transparent)]
    Place(#[from] BookError),
}

/// Where one of the appointments goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    pub id: AppointmentId,
    pub starts_at: WholeMinute,
}

/// An appointment at its new place.
#[derive(Debug, Clone)]
pub struct Step {
    pub appointment: Appointment,
    pub claim: Claimed,
    pub terms: Terms,
    pub before: Span,
}

/// Those that are to move, with the one named first: all from it on for which somebody still
/// intends to come. Refused when that one is over.
pub fn targets<'a>(
    series: impl IntoIterator<Item = &'a Appointment>,
    first: &Appointment,
    shift: Shift,
) -> Result<Vec<Target>, MoveError> {
    match first.status {
        Status::Cancelled { .. } => return Err(MoveError::AlreadyCancelled),
        _ if !first.status.is_open() => return Err(MoveError::Over),
        _ => {}
    }
    let from = first.place.span.from();
    series
        .into_iter()
        .filter(|one| one.status.is_open() && one.place.span.from() >= from)
        .map(|one| {
            let starts_at = shift.apply(one.place.span.from());
            let starts_at = starts_at.map_err(|_| MoveError::Over)?;
            Ok(Target {
                id: one.id,
                starts_at,
            })
        })
        .collect()
}

/// Moves all of them, or tells which cannot be moved and why.
pub fn move_all(
    series: &[Agreed],
    targets: &[Target],
    counsellor: CounsellorId,
    calendar: &Calendar,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<Step>, Vec<(WholeMinute, CannotMove)>> {
    let mut calendar = calendar.clone();
    let (mut steps, mut refused) = (Vec::new(), Vec::new());
    for target in targets {
        let Some(agreed) = series
            .iter()
            .find(|agreed| agreed.appointment.id == target.id)
        else {
            continue;
        };
        match step(agreed, *target, counsellor, &calendar, actor, now) {
            Ok(step) => {
                calendar.take_place(agreed.appointment.place.service_id, &step.claim);
                steps.push(step);
            }
            Err(why) => refused.push((target.starts_at, why)),
        }
    }
    if refused.is_empty() {
        Ok(steps)
    } else {
        Err(refused)
    }
}

fn step(
    agreed: &Agreed,
    target: Target,
    counsellor: CounsellorId,
    calendar: &Calendar,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Step, CannotMove> {
    let appointment = agreed.appointment.clone();
    let (service, modality) = (appointment.place.service_id, appointment.place.modality);
    let slot = calendar.slot_at(service, counsellor, target.starts_at, now)?;
    let bid = calendar.bid(&slot, now)?;
    let place = bid.place_instead(modality)?;
    let before = appointment.place.span;
    Ok(Step {
        appointment: appointment.reschedule(actor, place, agreed.deadline, now)?,
        claim: bid.claimed(),
        terms: bid.terms(),
        before,
    })
}
