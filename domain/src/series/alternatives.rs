//! What else there is, where a date cannot be booked.

use std::cmp::Reverse;

use chrono::{DateTime, Datelike, TimeDelta, Utc};

use crate::calendar::OfferedSlot;
use crate::ids::CounsellorId;
use crate::span::Span;

/// At most `wanted` of the free slots that lie in the same week as `starts_at`: those with the
/// counsellor first, on that day before other days, then the nearest. None overlaps what is `taken`
/// by the rest of the series.
#[must_use]
pub fn alternatives<'s>(
    slots: &'s [OfferedSlot],
    starts_at: DateTime<Utc>,
    counsellor: CounsellorId,
    taken: &[Span],
    wanted: usize,
) -> Vec<&'s OfferedSlot> {
    let mut near: Vec<_> = slots
        .iter()
        .filter(|offered| is_in_week_of(offered, starts_at))
        .filter(|offered| !taken.iter().any(|span| span.overlaps(offered.slot.span)))
        .map(|offered| (rank(offered, starts_at, counsellor), offered))
        .collect();
    near.sort_by_key(|(rank, _)| *rank);
    near.into_iter()
        .map(|(_, offered)| offered)
        .take(wanted)
        .collect()
}

fn is_in_week_of(offered: &OfferedSlot, starts_at: DateTime<Utc>) -> bool {
    let week = |instant: DateTime<Utc>| instant.with_timezone(&offered.time_zone).iso_week();
    week(offered.slot.span.from()) == week(starts_at)
}

type Rank = (Reverse<bool>, Reverse<bool>, TimeDelta, DateTime<Utc>);

fn rank(offered: &OfferedSlot, starts_at: DateTime<Utc>, counsellor: CounsellorId) -> Rank {
    let start = offered.slot.span.from();
    let day = |instant: DateTime<Utc>| instant.with_timezone(&offered.time_zone).date_naive();
    let same_counsellor = offered.slot.counsellor_id == counsellor;
    let same_day = day(start) == day(starts_at);
    (
        Reverse(same_counsellor),
        Reverse(same_day),
        (start - starts_at).abs(),
        start,
    )
}
