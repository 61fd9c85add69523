use chrono::{DateTime, TimeDelta, Utc};
use domain::calendar::OfferedSlot;
use domain::slot_id::SlotId;
use domain::span::Span;
use persistence::acting::Reader;
use persistence::slots::{self, Filter};

use crate::problems::Problem;

/// How many sessions the first statement reads. A week of a service has fewer: one statement.
const FIRST_BATCH: i64 = 256;

#[derive(Debug)]
pub(super) struct Found {
    /// At most one more than wanted, all in the window.
    pub(super) items: Vec<OfferedSlot>,
    /// The first of them or, without any, the first one behind the window.
    pub(super) next: Option<OfferedSlot>,
}

/// Cuts slots from the sessions of the window, and if there are none, of the time behind it, until
/// the page is full or the horizon is reached.
///
/// Sessions are read in the order of their starts. Behind the last one that was read more may
/// start, so only slots before that start are certain, and the next batch goes on from there.
pub(super) async fn search(
    reader: &mut Reader,
    filter: &Filter,
    window: Span,
    after: Option<SlotId>,
    wanted: usize,
    now: DateTime<Utc>,
) -> Result<Found, Problem> {
    let mut found = Found {
        items: Vec::new(),
        next: None,
    };
    let mut from = after
        .map_or(window.from(), |after| after.starts_at.instant())
        .max(window.from())
        .max(now);
    let mut batch = FIRST_BATCH;
    loop {
        let calendar = slots::load(reader, filter, from, now, batch).await?;
        let count = i64::try_from(calendar.openings.len()).unwrap_or(i64::MAX);
        let last = calendar
            .openings
            .iter()
            .map(|opening| opening.opening.from().instant())
            .max();
        let certain = match last {
            Some(last) if count >= batch => last,
            _ => from + TimeDelta::days(400),
        };
        if let Ok(stretch) = Span::new(from, certain) {
            let position = |slot: &SlotId| (slot.starts_at, slot.service_id, slot.session_id);
            let slots = calendar.slots(stretch, now).into_iter();
            let mut slots = slots.filter(|offered| {
                after.is_none_or(|after| position(&offered.slot.id) > position(&after))
            });
            for offered in slots.by_ref() {
                if offered.slot.span.from() >= window.before() || found.items.len() > wanted {
                    found.next.get_or_insert(offered);
                    break;
                }
                found.next.get_or_insert_with(|| offered.clone());
                found.items.push(offered);
            }
            let full = found.items.len() > wanted;
            let past = certain >= window.before() && found.next.is_some();
            if full || past {
                return Ok(found);
            }
            from = certain;
        }
        if count < batch {
            return Ok(found);
        }
        batch *= 4;
    }
}
