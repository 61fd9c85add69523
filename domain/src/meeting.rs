//! Meetings of staff, without visitors: once, or on the dates of a rule, in rooms that take turns.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::ids::{MeetingDateId, MeetingId, OrganisationId, RoomId};
use crate::line::Line;
use crate::loan::{Lent, NotLent};
use crate::series::Mode;
use crate::span::Span;

/// More rooms do not take turns.
pub const MOST_ROOMS: usize = 10;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    pub id: MeetingId,
    pub organisation_id: OrganisationId,
    /// What it is about: for the own staff only.
    pub title: Line,
    /// As text: RFC 5545, with COUNT or UNTIL. None of one that takes place once.
    pub rule: Option<String>,
    pub time_zone: Tz,
    pub created_at: DateTime<Utc>,
}

/// When and where it takes place once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeetingDate {
    pub id: MeetingDateId,
    pub room_id: RoomId,
    pub span: Span,
    pub cancelled_at: Option<DateTime<Utc>>,
}

/// What is known of a room around the dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingRoom {
    pub id: RoomId,
    /// Whether it is still there.
    pub is_there: bool,
    pub claims: Vec<Span>,
    pub closed: Vec<Span>,
    /// Of a room on loan.
    pub lent: Option<Lent>,
}

/// Why a date cannot be had: the first reason, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoMeeting {
    #[error("the date lies in the past")]
    Past,
    #[error("the room is not there any more")]
    NoRoom,
    #[error(transparent)]
    NotLent(#[from] NotLent),
    #[error("the room is taken at this time")]
    Taken,
    #[error("the room is closed at this time")]
    Closed,
}

/// A date of a rule with the room whose turn it is, and whether it can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    pub room_id: RoomId,
    pub span: Span,
    pub outcome: Result<(), NoMeeting>,
}

/// Some of the dates cannot be had, so none is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatesRefused(pub Vec<(DateTime<Utc>, NoMeeting)>);

/// Which room has its turn on which date: the first room the first date, and so on around.
pub fn turns(
    rooms: &[RoomId],
    starts: impl IntoIterator<Item = DateTime<Utc>>,
    length: TimeDelta,
) -> Vec<(RoomId, Span)> {
    let dates = starts.into_iter().zip(rooms.iter().cycle());
    dates
        .filter_map(|(start, room)| Some((*room, Span::new(start, start + length).ok()?)))
        .collect()
}

/// Decides about each date in turn: what is given to one is taken for those behind it.
#[must_use]
pub fn decide(
    turns: Vec<(RoomId, Span)>,
    mut rooms: Vec<MeetingRoom>,
    now: DateTime<Utc>,
) -> Vec<Wanted> {
    let decide = |(room_id, span): (RoomId, Span)| {
        let room = rooms.iter_mut().find(|room| room.id == room_id);
        let outcome = match room {
            _ if span.from() < now => Err(NoMeeting::Past),
            Some(room) => room.take(span),
            None => Err(NoMeeting::NoRoom),
        };
        Wanted {
            room_id,
            span,
            outcome,
        }
    };
    turns.into_iter().map(decide).collect()
}

impl MeetingRoom {
    /// Why a date that has its claim cannot take place there after all.
    #[must_use]
    pub fn strands(&self, span: Span) -> Option<NoMeeting> {
        let meets = |spans: &[Span]| spans.iter().any(|other| other.overlaps(span));
        let lent = self.lent.as_ref();
        let terms = lent.map(|lent| lent.terms.as_ref());
        match terms {
            _ if !self.is_there => Some(NoMeeting::NoRoom),
            Some(None) => Some(NotLent::Ended.into()),
            Some(Some(terms)) if !terms.covers(span) => Some(NotLent::Hours.into()),
            _ if meets(&self.closed) || lent.is_some_and(|lent| meets(&lent.closed)) => {
                Some(NoMeeting::Closed)
            }
            _ => None,
        }
    }

    /// Takes a span of it, if that can be had.
    fn take(&mut self, span: Span) -> Result<(), NoMeeting> {
        let meets = |spans: &[Span]| spans.iter().any(|other| other.overlaps(span));
        if !self.is_there {
            return Err(NoMeeting::NoRoom);
        }
        if let Some(lent) = &self.lent {
            let terms = lent.terms.as_ref().ok_or(NotLent::Ended)?;
            terms.allow(span, &lent.used)?;
        }
        let lent = self.lent.as_ref();
        if meets(&self.claims) || lent.is_some_and(|lent| meets(&lent.claims)) {
            return Err(NoMeeting::Taken);
        }
        if meets(&self.closed) || lent.is_some_and(|lent| meets(&lent.closed)) {
            return Err(NoMeeting::Closed);
        }
        self.claims.push(span);
        if let Some(lent) = &mut self.lent {
            lent.used.push(span);
        }
        Ok(())
    }
}

/// What is taken, and what is left out with its reason.
pub fn choose(mode: Mode, wanted: Vec<Wanted>) -> Result<(Vec<Wanted>, Vec<Wanted>), DatesRefused> {
    let (fit, left_out): (Vec<_>, Vec<_>) = wanted
        .into_iter()
        .partition(|wanted| wanted.outcome.is_ok());
    let is_refused = match mode {
        Mode::AllOrNothing => !left_out.is_empty(),
        Mode::WhatFits => fit.is_empty(),
    };
    if is_refused {
        let why = |wanted: &Wanted| Some((wanted.span.from(), wanted.outcome.err()?));
        return Err(DatesRefused(left_out.iter().filter_map(why).collect()));
    }
    Ok((fit, left_out))
}

#[cfg(test)]
mod tests;
