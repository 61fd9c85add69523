//! One dated opening, published by a schedule or by a person.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use crate::ids::{OrganisationId, ScheduleId, SessionId};
use crate::minutes::WholeMinute;
use crate::places::{Capacity, Minimum};
use crate::publication::{PublishedSession, SessionContent};
use crate::span::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub organisation_id: OrganisationId,
    /// `None` of a one-off session.
    pub origin: Option<Origin>,
    pub content: SessionContent,
    pub withdrawn: bool,
    pub attended: Attended,
    /// Publishing its schedule again leaves it alone.
    pub edited_by_hand: bool,
}

/// What staff say of a session that many attend.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attended {
    /// How many places it has, where that is not what its service says.
    pub capacity: Option<Capacity>,
    /// Whether it was decided that it takes place, also below its minimum.
    pub takes_place: bool,
}

/// What makes a session the same one when its schedule is published again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    pub schedule_id: ScheduleId,
    /// The rule's own local start.
    pub original_start: NaiveDateTime,
}

impl Session {
    /// Whether the coordinator has to decide if it takes place.
    #[must_use]
    pub fn is_below_minimum(
        &self,
        minimum: Option<Minimum>,
        participants: u32,
        now: DateTime<Utc>,
    ) -> bool {
        let starts_at = self.content.span.from();
        let is_missed = |it: Minimum| it.is_missed(participants, starts_at, now);
        !self.withdrawn && !self.attended.takes_place && minimum.is_some_and(is_missed)
    }

    /// What publishing looks at; `None` of a one-off session.
    #[must_use]
    pub fn published(self) -> Option<PublishedSession> {
        let origin = self.origin?;
        Some(PublishedSession {
            id: self.id,
            original_start: origin.original_start,
            content: self.content,
            withdrawn: self.withdrawn,
            edited_by_hand: self.edited_by_hand,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionSpanError {
    #[error("a session starts and ends on a whole minute")]
    Seconds,
    #[error("a session lasts at most 24 hours")]
    TooLong,
}

/// Whether a person may give a session that span.
pub fn check_span(span: Span) -> Result<Span, SessionSpanError> {
    let whole = |instant| WholeMinute::new(instant).map_err(|_| SessionSpanError::Seconds);
    whole(span.from())?;
    whole(span.before())?;
    if span.length() > TimeDelta::hours(24) {
        return Err(SessionSpanError::TooLong);
    }
    Ok(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_has_whole_minutes_and_at_most_a_day() {
        let checked = |from: &str, before: &str| {
            let [from, before] = [from, before].map(|text| text.parse().expect(text));
            check_span(Span::new(from, before).expect("a span")).map(Span::length)
        };
        let day = checked("2026-11-23T09:00:00Z", "2026-11-24T09:00:00Z");
        assert_eq!(day, Ok(TimeDelta::days(1)));
        let longer = checked("2026-11-23T09:00:00Z", "2026-11-24T09:01:00Z");
        assert_eq!(longer, Err(SessionSpanError::TooLong));
        let seconds = checked("2026-11-23T09:00:01Z", "2026-11-23T10:00:00Z");
        assert_eq!(seconds, Err(SessionSpanError::Seconds));
    }
}
