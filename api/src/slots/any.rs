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

use super::search::{Found, Wanted, leads};
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

/// As the search for slots of counsellors; but only instants of which all sessions were read are
/// certain, so that nobody is missing who is free then.
pub(super) async fn search(
    (reader, reads): (&mut Reader, &kept::Reader),
    wanted: &Wanted<'_>,
    after: Option<AnySlotId>,
    now: DateTime<Utc>,
) -> persistence::Result<Found<AnySlot>> {
    let (window, mut found) = (wanted.window, Found::nothing());
    let start = after.map_or(window.from(), |after| after.starts_at.instant());
    let mut from = start.max(window.from()).max(now);
    let forever = now + TimeDelta::days(800);
    let sessions = (wanted.count + 1).saturating_mul(SESSIONS_PER_SLOT);
    let mut limit = i64::try_from(sessions.max(FEWEST_SESSIONS)).unwrap_or(i64::MAX);
    loop {
        let is_behind = from >= window.before();
        let until = if is_behind { forever } else { window.before() };
        let stretch = Stretch { from, until, limit };
        let mut read = slots::load(reader, wanted.filter, stretch, now).await?;
        read.calendar.reader = reads.clone();
        if !leads(&mut read.calendar, wanted) {
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
            let slots = merge(talks).into_iter();
            let slots = slots
                .filter(|slot| after.is_none_or(|after| position(&slot.id) > position(&after)));
            found.take(slots, wanted, |slot| slot.span.from());
        }
        if found.is_enough(wanted, certain) || read.complete_until.is_none() {
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
