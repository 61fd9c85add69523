//! What publishing a schedule (again) does to its dated sessions.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use crate::holidays::FederalState;
use crate::ids::{CounsellorId, RoomId, ServiceId, SessionId, SiteId};
use crate::kept::Kept;
use crate::modality::Modality;
use crate::schedule::Schedule;
use crate::span::Span;

mod stranded;

pub use stranded::{Attended, stranded};

/// What a session takes over from its schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionContent {
    pub span: Span,
    pub counsellor_id: CounsellorId,
    pub site_id: SiteId,
    pub room_id: Option<RoomId>,
    pub service_ids: BTreeSet<ServiceId>,
    pub modalities: BTreeSet<Modality>,
    pub opens_on_holidays: bool,
    pub kept: Kept,
}

/// A session that the schedule has published before. The schedule and the local start by its rule
/// are the session's identity, whatever became of its span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedSession {
    pub id: SessionId,
    pub original_start: NaiveDateTime,
    pub content: SessionContent,
    pub withdrawn: bool,
    pub edited_by_hand: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Insert {
        original_start: NaiveDateTime,
        content: SessionContent,
    },
    /// The session has this content and is not withdrawn, even if it was.
    Update {
        id: SessionId,
        content: SessionContent,
    },
    Withdraw {
        id: SessionId,
    },
}

/// The changes after which the sessions that start on the local dates `from` ≤ date < `before` are
/// those of the schedule: withdrawals first, so that nothing old lies in the way of the new.
///
/// `existing` are sessions of this schedule, withdrawn ones too. One edited by hand is left alone
/// and stands for the schedule's opening on its original day, also when the hours change.
#[must_use]
pub fn publish(
    schedule: &Schedule,
    zone: Tz,
    holidays_of: Option<FederalState>,
    existing: &[PublishedSession],
    from: NaiveDate,
    before: NaiveDate,
) -> Vec<Change> {
    let (by_hand, by_rule): (Vec<_>, Vec<_>) = existing
        .iter()
        .filter(|session| (from..before).contains(&session.original_start.date()))
        .partition(|session| session.edited_by_hand);
    let taken: BTreeSet<_> = by_hand
        .iter()
        .map(|session| session.original_start.date())
        .collect();
    let mut wanted: BTreeMap<_, _> = schedule
        .occurrences(zone, holidays_of, from, before)
        .into_iter()
        .filter(|occurrence| !taken.contains(&occurrence.original_start.date()))
        .map(|occurrence| {
            (
                occurrence.original_start,
                content(schedule, occurrence.span),
            )
        })
        .collect();

    let mut withdrawals = Vec::new();
    let mut updates = Vec::new();
    for session in by_rule {
        match wanted.remove(&session.original_start) {
            Some(content) if session.withdrawn || session.content != content => {
                updates.push(Change::Update {
                    id: session.id,
                    content,
                });
            }
            None if !session.withdrawn => withdrawals.push(Change::Withdraw { id: session.id }),
            _ => {}
        }
    }
    let inserts = wanted
        .into_iter()
        .map(|(original_start, content)| Change::Insert {
            original_start,
            content,
        });
    withdrawals
        .into_iter()
        .chain(updates)
        .chain(inserts)
        .collect()
}

/// The changes after which nothing that starts on `from` or later is left of a schedule that has
/// ended, but for what was edited by hand.
#[must_use]
pub fn withdraw(existing: &[PublishedSession], from: NaiveDate) -> Vec<Change> {
    existing
        .iter()
        .filter(|session| session.original_start.date() >= from)
        .filter(|session| !session.withdrawn && !session.edited_by_hand)
        .map(|session| Change::Withdraw { id: session.id })
        .collect()
}

fn content(schedule: &Schedule, span: Span) -> SessionContent {
    SessionContent {
        span,
        counsellor_id: schedule.counsellor_id,
        site_id: schedule.site_id,
        room_id: schedule.room_id,
        service_ids: schedule.service_ids.clone(),
        modalities: schedule.modalities.clone(),
        opens_on_holidays: schedule.opens_on_holidays,
        kept: schedule.kept,
    }
}

#[cfg(test)]
mod tests;
