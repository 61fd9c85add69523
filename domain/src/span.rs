//! A half-open span of time: its start belongs to it, its end does not.

use chrono::{DateTime, Datelike, SubsecRound, TimeDelta, Utc};

/// `from` lies before `before`; two spans that only touch do not overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    from: DateTime<Utc>,
    before: DateTime<Utc>,
}

/// The span ends before it starts, or is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a span must end after it starts")]
pub struct EmptySpan;

/// A span that somebody wrote cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SpanError {
    #[error("must lie after the start")]
    Empty,
    #[error("starts and ends in the years 1970 to 9998")]
    Year,
}

impl Span {
    /// A span as a person writes it, to the microsecond, in years that are texts of RFC 3339 in
    /// every zone.
    pub fn written(from: DateTime<Utc>, before: DateTime<Utc>) -> Result<Self, SpanError> {
        let [from, before] = [from, before].map(|instant| instant.trunc_subsecs(6));
        if ![from, before]
            .iter()
            .all(|instant| (1970..=9998).contains(&instant.year()))
        {
            return Err(SpanError::Year);
        }
        Self::new(from, before).map_err(|EmptySpan| SpanError::Empty)
    }

    pub fn new(from: DateTime<Utc>, before: DateTime<Utc>) -> Result<Self, EmptySpan> {
        if from < before {
            Ok(Self { from, before })
        } else {
            Err(EmptySpan)
        }
    }

    #[must_use]
    pub const fn from(self) -> DateTime<Utc> {
        self.from
    }

    #[must_use]
    pub const fn before(self) -> DateTime<Utc> {
        self.before
    }

    #[must_use]
    pub fn length(self) -> TimeDelta {
        self.before - self.from
    }

    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.from < other.before && other.from < self.before
    }

    #[must_use]
    pub fn contains(self, instant: DateTime<Utc>) -> bool {
        self.from <= instant && instant < self.before
    }

    #[must_use]
    pub fn encloses(self, other: Self) -> bool {
        self.from <= other.from && other.before <= self.before
    }

    /// The span with buffers laid around it.
    #[must_use]
    pub fn widened(self, before: TimeDelta, after: TimeDelta) -> Self {
        Self {
            from: self.from - before.abs(),
            before: self.before + after.abs(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_span_has_a_length_and_lies_in_the_calendar() {
        let written = |from: &str, before: &str| {
            let [from, before] = [from, before].map(|text| text.parse().expect(text));
            Span::written(from, before).map(Span::length)
        };
        let day = written("2026-11-23T00:00:00Z", "2026-11-24T00:00:00.0000001Z");
        assert_eq!(day, Ok(TimeDelta::days(1)));
        let empty = written("2026-11-23T00:00:00Z", "2026-11-23T00:00:00Z");
        assert_eq!(empty, Err(SpanError::Empty));
        let early = written("1969-12-31T23:59:59Z", "2026-11-23T00:00:00Z");
        assert_eq!(early, Err(SpanError::Year));
        let late = written("2026-11-23T00:00:00Z", "9999-01-01T00:00:00Z");
        assert_eq!(late, Err(SpanError::Year));
    }

    /// Seconds since 1970.
    fn span(from: i64, before: i64) -> Span {
        let at = |second| DateTime::UNIX_EPOCH + TimeDelta::seconds(second);
        Span::new(at(from), at(before)).expect("a span")
    }

    #[test]
    fn a_span_ends_after_it_starts() {
        let at = DateTime::UNIX_EPOCH;
        assert_eq!(Span::new(at, at), Err(EmptySpan));
        assert_eq!(Span::new(at + TimeDelta::seconds(1), at), Err(EmptySpan));
        assert_eq!(span(3, 10).length(), TimeDelta::seconds(7));
    }

    #[test]
    fn the_years_of_a_written_span_are_bounded_on_both_sides() {
        let written = |from: &str, before: &str| {
            let [from, before] = [from, before].map(|text| text.parse().expect(text));
            Span::written(from, before).map(Span::before)
        };
        assert!(written("1970-01-01T00:00:00Z", "9998-12-31T23:59:59Z").is_ok());
        let early = written("1969-12-30T00:00:00Z", "1969-12-31T00:00:00Z");
        assert_eq!(early, Err(SpanError::Year));
        let late = written("9999-01-01T00:00:00Z", "9999-01-02T00:00:00Z");
        assert_eq!(late, Err(SpanError::Year));
    }

    /// Every two spans of a few seconds, compared second by second.
    #[test]
    fn spans_meet_where_they_share_a_second() {
        let spans = || (0..5).flat_map(|from| (from + 1..6).map(move |before| (from, before)));
        let has = |(from, before): (i64, i64), second| (from..before).contains(&second);
        for one in spans() {
            for other in spans() {
                let shared = |second| has(one, second) && has(other, second);
                let [ours, theirs] = [one, other].map(|(from, before)| span(from, before));
                let overlaps = (0..6).any(shared);
                assert_eq!(ours.overlaps(theirs), overlaps, "{one:?} and {other:?}");
                let encloses = (0..6).all(|second| has(one, second) || !has(other, second));
                assert_eq!(ours.encloses(theirs), encloses, "{one:?} and {other:?}");
            }
            for second in -1..7 {
                let at = DateTime::UNIX_EPOCH + TimeDelta::seconds(second);
                let ours = span(one.0, one.1);
                assert_eq!(ours.contains(at), has(one, second), "{one:?} and {second}");
            }
        }
    }

    #[test]
    fn buffers_lie_around_a_span() {
        let widened = span(100, 200).widened(TimeDelta::seconds(7), TimeDelta::seconds(11));
        assert_eq!(widened, span(93, 211));
        let absolute = span(100, 200).widened(TimeDelta::seconds(-7), TimeDelta::seconds(-11));
        assert_eq!(absolute, span(93, 211));
    }
}
