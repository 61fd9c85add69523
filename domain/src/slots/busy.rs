use chrono::DateTime;

use crate::minutes::{minute_at_or_after, minute_at_or_before};
use crate::span::Span;

use super::timing::Reach;

/// A stretch of busy time, half-open, in minutes since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) from: i64,
    pub(super) before: i64,
}

impl Stretch {
    pub(super) fn around(span: Span) -> Self {
        Self {
            from: minute_at_or_before(span.from()),
            before: minute_at_or_after(span.before()),
        }
    }

    /// `None` beyond the end of the calendar.
    pub(super) fn span(self) -> Option<Span> {
        let instant = |minute: i64| DateTime::from_timestamp(minute.checked_mul(60)?, 0);
        Span::new(instant(self.from)?, instant(self.before)?).ok()
    }
}

/// Minutes before and after which nothing happens; adding to them overflows nothing.
const FOREVER: i64 = i64::MAX / 4;

/// Busy time in the order of time, widened to whole minutes; no two stretches overlap or touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusySpans(Vec<Stretch>);

impl BusySpans {
    #[must_use]
    pub fn from_unsorted(mut spans: Vec<Span>) -> Self {
        spans.sort_unstable();
        let mut stretches = Vec::with_capacity(spans.len());
        append_merged(&mut stretches, spans);
        Self(stretches)
    }

    /// All time but for these hours, and what takes time away within them.
    #[must_use]
    pub fn outside(hours: Vec<Span>, away: Vec<Span>) -> Self {
        let mut stretches = Self::from_unsorted(away).0;
        let mut from = -FOREVER;
        for open in Self::from_unsorted(hours).0 {
            let before = open.from;
            stretches.push(Stretch { from, before });
            from = open.before;
        }
        let before = FOREVER;
        stretches.push(Stretch { from, before });
        stretches.sort_unstable_by_key(|stretch| (stretch.from, stretch.before));
        stretches.dedup_by(|next, last| {
            let is_one = next.from <= last.before;
            if is_one {
                last.before = last.before.max(next.before);
            }
            is_one
        });
        Self(stretches)
    }

    pub(super) fn stretches(&self) -> &[Stretch] {
        &self.0
    }
}

/// Appends sorted spans, merged among themselves but not with what was there before.
pub(super) fn append_merged(stretches: &mut Vec<Stretch>, sorted: impl IntoIterator<Item = Span>) {
    let first = stretches.len();
    for span in sorted {
        let next = Stretch::around(span);
        match stretches[first..].last_mut() {
            Some(last) if next.from <= last.before => last.before = last.before.max(next.before),
            _ => stretches.push(next),
        }
    }
}

/// The stretches that end only after what a start reaches back to.
pub(super) fn not_behind(stretches: &[Stretch], start: i64, reach: Reach) -> &[Stretch] {
    let behind = stretches.partition_point(|stretch| stretch.before <= start - reach.before);
    &stretches[behind..]
}

/// The first of the stretches that a start overlaps, as far as it reaches.
pub(super) fn blocking(stretches: &[Stretch], start: i64, reach: Reach) -> Option<Stretch> {
    let next = not_behind(stretches, start, reach).first().copied();
    next.filter(|stretch| stretch.from < start + reach.after)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn span(from_seconds: i64, before_seconds: i64) -> Span {
        let at = |seconds| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        Span::new(at(from_seconds), at(before_seconds)).expect("a span")
    }

    fn stretches(spans: &[Span]) -> Vec<(i64, i64)> {
        let busy = BusySpans::from_unsorted(spans.to_vec());
        busy.stretches()
            .iter()
            .map(|stretch| (stretch.from, stretch.before))
            .collect()
    }

    #[test]
    fn spans_are_sorted_and_merged() {
        let spans = [
            span(600, 660),
            span(0, 120),
            span(120, 180),
            span(60, 90),
            span(300, 360),
        ];
        assert_eq!(stretches(&spans), [(0, 3), (5, 6), (10, 11)]);
        assert_eq!(
            stretches(&[span(0, 600), span(60, 120), span(540, 660)]),
            [(0, 11)]
        );
    }

    #[test]
    fn parts_of_minutes_count_as_whole_ones() {
        assert_eq!(stretches(&[span(59, 61)]), [(0, 2)]);
        assert_eq!(stretches(&[span(-1, 1), span(121, 122)]), [(-1, 1), (2, 3)]);
    }

    #[test]
    fn time_outside_of_hours_is_busy() {
        let hours = vec![span(600, 1200), span(1800, 2400), span(1200, 1260)];
        let away = vec![span(660, 720), span(1140, 1500)];
        let busy = BusySpans::outside(hours, away);
        let reach = Reach {
            before: 0,
            after: 1,
        };
        let is_free = |start: &i64| blocking(busy.stretches(), *start, reach).is_none();
        let free: Vec<_> = (0..60).filter(is_free).collect();
        assert_eq!(
            free,
            (10..11).chain(12..19).chain(30..40).collect::<Vec<_>>()
        );
        assert_eq!(
            BusySpans::outside(Vec::new(), Vec::new()).stretches().len(),
            1
        );
    }

    #[test]
    fn touching_is_not_overlapping() {
        let busy = BusySpans::from_unsorted(vec![span(600, 1200)]);
        let reach = Reach {
            before: 1,
            after: 5,
        };
        let is_busy = |start| blocking(busy.stretches(), start, reach).is_some();
        assert_eq!([5, 6, 20, 21].map(is_busy), [false, true, true, false]);
    }
}
