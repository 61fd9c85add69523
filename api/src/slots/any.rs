//! Slots with any counsellor: told as one by their time, and given to one of them when they are
//! booked.

use chrono::{DateTime, TimeDelta, Utc};
use domain::any_counsellor::{AnySlot, merge};
use domain::ids::{ServiceId, SiteId};
use domain::kept;
use domain::minutes::WholeMinute;
use domain::slot_id::{AnySlotId, SlotId};
use domain::span::Span;
use persistence::acting::Reader;
use persistence::slots::{self, Stretch};

use super::search::{Wanted, leads};
use crate::problems::{Code, FieldProblem, Problem};

/// A slot that a body names: of one counsellor, or of any.
#[derive(Debug, Clone, Copy)]
pub(crate) enum WantedSlot {
    One(SlotId),
    Any(AnySlotId),
}

pub(crate) fn wanted_slot(text: &str) -> Result<WantedSlot, Problem> {
    if let Ok(any) = text.parse() {
        return Ok(WantedSlot::Any(any));
    }
    let one = text.parse().map(WantedSlot::One);
    one.map_err(|error| {
        let problem = Problem::because(Code::InvalidRequest, format!("`/slot_id`: {error}"));
        problem.with(FieldProblem::at("/slot_id", "malformed", error))
    })
}

/// How many sessions the first statement reads for each time that is wanted, and at least.
const SESSIONS_PER_SLOT: usize = 4;
const FEWEST_SESSIONS: usize = 96;

#[derive(Debug)]
pub(super) struct Found {
    /// At most one more than wanted, all in the window.
    pub(super) items: Vec<AnySlot>,
    /// The first of them or, without any, the first one behind the window.
    pub(super) next: Option<AnySlot>,
    /// As of slots of counsellors.
    pub(super) asks_where: bool,
}

/// As the search for slots of counsellors; but only instants of which all sessions were read are
/// certain, so that nobody is missing who is free then.
pub(super) async fn search(
    (reader, reads): (&mut Reader, &kept::Reader),
    &Wanted {
        filter,
        doorstep,
        window,
        after,
        count: wanted,
    }: &Wanted<'_, AnySlotId>,
    now: DateTime<Utc>,
) -> persistence::Result<Found> {
    let mut found = Found {
        items: Vec::new(),
        next: None,
        asks_where: false,
    };
    let start = after.map_or(window.from(), |after| after.starts_at.instant());
    let mut from = start.max(window.from()).max(now);
    let forever = now + TimeDelta::days(800);
    let sessions = (wanted + 1).saturating_mul(SESSIONS_PER_SLOT);
    let mut limit = i64::try_from(sessions.max(FEWEST_SESSIONS)).unwrap_or(i64::MAX);
    loop {
        let is_behind = from >= window.before();
        let until = if is_behind { forever } else { window.before() };
        let stretch = Stretch { from, until, limit };
        let mut read = slots::load(reader, filter, stretch, now).await?;
        read.calendar.reader = reads.clone();
        if !leads(&mut read.calendar, filter, doorstep) {
            found.asks_where = true;
            return Ok(found);
        }
        let certain = read.complete_until.map_or(forever, |(start, _)| start);
        if let Ok(stretch) = Span::new(from, certain) {
            let talks = read.calendar.slots(stretch, now).into_iter();
            let talks = talks.filter(|offered| {
                let service = read.calendar.services.get(&offered.slot.id.service_id);
                service.is_some_and(|service| !service.format.has_places())
            });
            for slot in merge(talks) {
                if after.is_some_and(|after| position(&slot.id) <= position(&after)) {
                    continue;
                }
                if slot.span.from() >= window.before() || found.items.len() > wanted {
                    found.next.get_or_insert(slot);
                    break;
                }
                found.next.get_or_insert_with(|| slot.clone());
                found.items.push(slot);
            }
        }
        let is_full = found.items.len() > wanted;
        let is_past = certain >= window.before() && found.next.is_some();
        if is_full || is_past || read.complete_until.is_none() {
            return Ok(found);
        }
        from = from.max(certain);
        limit = limit.saturating_mul(4);
    }
}

/// The order of the list.
const fn position(slot: &AnySlotId) -> (WholeMinute, ServiceId, SiteId) {
    (slot.starts_at, slot.service_id, slot.site_id)
}
