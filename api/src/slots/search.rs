use chrono::{DateTime, TimeDelta, Utc};
use domain::calendar::{Calendar, OfferedSlot};
use domain::ids::ServiceId;
use domain::kept;
use domain::slot_id::SlotId;
use domain::span::Span;
use domain::visits::Doorstep;
use persistence::acting::Reader;
use persistence::slots::{self, Filter, Stretch, Subject};

use crate::problems::Problem;
use crate::spans::broken;

/// How many sessions the first statement reads for each slot that is wanted, and at least: enough
/// at nine of ten hours for twenty slots, of a topic whose sessions give two each and overlap. Each
/// costs Postgres some 20 µs, read in vain or not.
const SESSIONS_PER_SLOT: usize = 2;
const FEWEST_SESSIONS: usize = 48;

/// Likewise of visits: many sessions are of somebody who does not come so far.
const SESSIONS_PER_VISIT: usize = 8;

/// What is looked for: slots of counsellors, or of any.
#[derive(Debug)]
pub(crate) struct Wanted<'f> {
    pub(crate) filter: &'f Filter,
    /// Where a visit is wanted.
    pub(crate) doorstep: Option<Doorstep>,
    pub(crate) window: Span,
    /// How many.
    pub(crate) count: usize,
}

/// Slots of counsellors, or of any.
#[derive(Debug)]
pub(crate) struct Found<S = OfferedSlot> {
    /// At most one more than wanted, all in the window.
    pub(crate) items: Vec<S>,
    /// The first of them or, without any, the first one behind the window.
    pub(crate) next: Option<S>,
    /// Nothing is found before somebody says where a visit is wanted.
    pub(crate) asks_where: bool,
}

impl<S: Clone> Found<S> {
    pub(super) const fn nothing() -> Self {
        Self {
            items: Vec::new(),
            next: None,
            asks_where: false,
        }
    }

    /// Takes slots in their order as long as they are wanted; `start` tells when one begins.
    pub(super) fn take(
        &mut self,
        slots: impl Iterator<Item = S>,
        wanted: &Wanted<'_>,
        start: impl Fn(&S) -> DateTime<Utc>,
    ) {
        for slot in slots {
            if start(&slot) >= wanted.window.before() || self.items.len() > wanted.count {
                self.next.get_or_insert(slot);
                return;
            }
            self.next.get_or_insert_with(|| slot.clone());
            self.items.push(slot);
        }
    }

    /// Whether there is no need to look on, where everything before an instant is known.
    pub(super) fn is_enough(&self, wanted: &Wanted<'_>, certain: DateTime<Utc>) -> bool {
        let is_past = certain >= wanted.window.before() && self.next.is_some();
        is_past || self.items.len() > wanted.count
    }
}

/// Cuts slots from the sessions of the window, and if there are none, of the time behind it, until
/// the page is full or the horizon is reached.
///
/// Sessions are read in the order of their starts and ids. Behind the last one that was read more
/// may follow, so only slots before it are certain, and the next round goes on from there.
pub(crate) async fn search(
    (reader, reads): (&mut Reader, &kept::Reader),
    wanted: &Wanted<'_>,
    after: Option<SlotId>,
    now: DateTime<Utc>,
) -> persistence::Result<Found> {
    let (window, mut found) = (wanted.window, Found::nothing());
    let mut from = after
        .map_or(window.from(), |after| after.starts_at.instant())
        .max(window.from())
        .max(now);
    let forever = now + TimeDelta::days(800);
    let each = if wanted.doorstep.is_some() {
        SESSIONS_PER_VISIT
    } else {
        SESSIONS_PER_SLOT
    };
    let sessions = (wanted.count + 1).saturating_mul(each);
    let mut limit = i64::try_from(sessions.max(FEWEST_SESSIONS)).unwrap_or(i64::MAX);
    let mut done = None;
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
        // The instant of the last session is looked at too: some of its slots may be certain.
        if let Ok(stretch) = Span::new(from, certain + TimeDelta::minutes(1)) {
            let slots = read.calendar.slots_as_needed(stretch, now);
            let slots = slots.filter(|offered| {
                let id = &offered.slot.id;
                let session = (id.starts_at.instant(), id.session_id);
                after.is_none_or(|after| position(id) > position(&after))
                    && done.is_none_or(|done| session >= done)
                    && read.complete_until.is_none_or(|last| session < last)
            });
            found.take(slots, wanted, |offered| offered.slot.span.from());
        }
        if found.is_enough(wanted, certain) || read.complete_until.is_none() {
            return Ok(found);
        }
        done = read.complete_until;
        from = from.max(certain);
        limit = limit.saturating_mul(4);
    }
}

/// Reckons the ways to where a visit is wanted; not where the only service is a visit and nobody said
/// where. Of a topic, there are others.
pub(super) fn leads(calendar: &mut Calendar, wanted: &Wanted<'_>) -> bool {
    match (wanted.doorstep, &wanted.filter.subject) {
        (Some(doorstep), _) => calendar.lead_to(doorstep),
        (None, Subject::Service(service)) => return !asks_where(calendar, *service),
        (None, Subject::Topic(_)) => {}
    }
    true
}

/// Whether the service is a visit, of which nobody said where.
pub(super) fn asks_where(calendar: &Calendar, service: ServiceId) -> bool {
    calendar.asks_for(service, None).is_err()
}

pub(super) fn where_to() -> Problem {
    let detail = "this service is a visit: say where, as in `visit_near=51.361,12.412`";
    broken("visit_near", detail)
}

/// The order of the list.
fn position(slot: &SlotId) -> impl Ord + use<> {
    (slot.starts_at, slot.session_id, slot.service_id)
}
