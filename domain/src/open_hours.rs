//! Open consultation hours: whoever comes draws a number, and waits until it is called.
//!
//! ```text
//! waiting → called → in_talk → done
//!    ↑  ↘      ↓ ↘
//!    └──← not there  left
//! ```
//! Whoever is not there when called goes to the back of the queue once.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use crate::ids::TicketId;
use crate::minutes::Minutes;
use crate::span::Span;

/// A number that somebody has drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    pub id: TicketId,
    /// Counted from one in each session, without gaps.
    pub number: u32,
    /// Its place in the queue: the lowest one that waits is next.
    pub turn: u32,
    /// Whether its holder was called before and was not there.
    pub missed: bool,
    pub drawn_at: DateTime<Utc>,
    pub called_at: Option<DateTime<Utc>>,
    /// When the talk began.
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub status: TicketStatus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketStatus {
    Waiting,
    Called,
    InTalk,
    Done,
    Left,
    NotThere,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a ticket is one of waiting, called, in_talk, done, left, not_there")]
pub struct UnknownTicketStatus;

impl TicketStatus {
    pub const ALL: [Self; 6] = [
        Self::Waiting,
        Self::Called,
        Self::InTalk,
        Self::Done,
        Self::Left,
        Self::NotThere,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Called => "called",
            Self::InTalk => "in_talk",
            Self::Done => "done",
            Self::Left => "left",
            Self::NotThere => "not_there",
        }
    }
}

impl std::str::FromStr for TicketStatus {
    type Err = UnknownTicketStatus;

    fn from_str(text: &str) -> Result<Self, UnknownTicketStatus> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or(UnknownTicketStatus)
    }
}

impl fmt::Display for TicketStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The numbers of one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    pub open: Span,
    /// Whether nobody is there although the session is: an absence, a closure, a public holiday.
    pub is_shut: bool,
    /// How long a talk of the service takes, where none has ended yet.
    pub talk: Minutes,
    pub tickets: Vec<Ticket>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    #[error("numbers are drawn from {0} on")]
    TooEarly(DateTime<Utc>),
    #[error("the open hours are over")]
    Over,
    #[error("there are no open hours now: somebody is away, or the place is closed")]
    Shut,
    #[error("so many wait that no more would have their turn before the end")]
    Full,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a number that is {0} cannot become that")]
pub struct WrongTurn(pub TicketStatus);

impl Queue {
    /// Those that wait, in the order of their turns.
    #[must_use]
    pub fn waiting(&self) -> Vec<&Ticket> {
        let waits = |ticket: &&Ticket| ticket.status == TicketStatus::Waiting;
        let mut waiting: Vec<_> = self.tickets.iter().filter(waits).collect();
        waiting.sort_by_key(|ticket| ticket.turn);
        waiting
    }

    /// How many come before it, while it waits.
    #[must_use]
    pub fn ahead_of(&self, id: TicketId) -> Option<usize> {
        self.waiting().iter().position(|ticket| ticket.id == id)
    }

    /// How long somebody waits behind so many others: as many are served at once as are called or in
    /// talk now, and each talk takes as long as those that have ended, in the middle.
    #[must_use]
    pub fn estimate(&self, ahead: usize, now: DateTime<Utc>) -> Minutes {
        let talk = self.usual_talk();
        let mut free_in: Vec<i64> = self
            .tickets
            .iter()
            .filter_map(|it| it.busy_for(talk, now))
            .collect();
        if free_in.is_empty() {
            free_in.push(0);
        }
        for _ in 0..ahead {
            free_in.sort_unstable();
            free_in[0] += talk;
        }
        let seconds = free_in.into_iter().min().unwrap_or_default();
        let minutes = u32::try_from(seconds / 60 + i64::from(seconds % 60 > 0));
        minutes
            .ok()
            .and_then(|minutes| Minutes::new(minutes).ok())
            .unwrap_or(Minutes::MAX)
    }

    /// In seconds.
    fn usual_talk(&self) -> i64 {
        let mut talks: Vec<i64> = self.tickets.iter().filter_map(Ticket::talked_for).collect();
        talks.sort_unstable();
        let middle = talks.get(talks.len() / 2).copied();
        middle
            .unwrap_or_else(|| i64::from(self.talk.count()) * 60)
            .max(60)
    }

    /// Whether a number can be drawn.
    pub fn takes(&self, now: DateTime<Utc>) -> Result<(), DrawError> {
        if now < self.open.from() {
            return Err(DrawError::TooEarly(self.open.from()));
        }
        if now >= self.open.before() {
            return Err(DrawError::Over);
        }
        if self.is_shut {
            return Err(DrawError::Shut);
        }
        let wait = self.estimate(self.waiting().len(), now).time_delta();
        if now + wait >= self.open.before() {
            return Err(DrawError::Full);
        }
        Ok(())
    }

    /// Draws the next number.
    pub fn draw(&self, id: TicketId, now: DateTime<Utc>) -> Result<Ticket, DrawError> {
        self.takes(now)?;
        let last = self.tickets.iter().map(|ticket| ticket.number).max();
        Ok(Ticket {
            id,
            number: last.unwrap_or_default() + 1,
            turn: self.last_turn() + 1,
            missed: false,
            drawn_at: now,
            called_at: None,
            started_at: None,
            ended_at: None,
            status: TicketStatus::Waiting,
        })
    }

    /// Calls whose turn it is; `None` when nobody waits.
    #[must_use]
    pub fn call_next(&self, now: DateTime<Utc>) -> Option<Ticket> {
        let next = (*self.waiting().first()?).clone();
        Some(Ticket {
            status: TicketStatus::Called,
            called_at: Some(now),
            ..next
        })
    }

    fn last_turn(&self) -> u32 {
        let turns = self.tickets.iter().map(|ticket| ticket.turn);
        turns.max().unwrap_or_default()
    }

    /// Nobody comes when called: back of the queue, and the second time out of it.
    pub fn not_there(&self, ticket: &Ticket, now: DateTime<Utc>) -> Result<Ticket, WrongTurn> {
        ticket.must_be(&[TicketStatus::Called])?;
        if ticket.missed {
            return Ok(ticket.ended(TicketStatus::NotThere, now));
        }
        Ok(Ticket {
            status: TicketStatus::Waiting,
            missed: true,
            turn: self.last_turn() + 1,
            called_at: None,
            ..ticket.clone()
        })
    }
}

impl Ticket {
    pub fn start(&self, now: DateTime<Utc>) -> Result<Self, WrongTurn> {
        self.must_be(&[TicketStatus::Called])?;
        Ok(Self {
            status: TicketStatus::InTalk,
            started_at: Some(now),
            ..self.clone()
        })
    }

    pub fn finish(&self, now: DateTime<Utc>) -> Result<Self, WrongTurn> {
        self.must_be(&[TicketStatus::InTalk])?;
        Ok(self.ended(TicketStatus::Done, now))
    }

    pub fn leave(&self, now: DateTime<Utc>) -> Result<Self, WrongTurn> {
        self.must_be(&[TicketStatus::Waiting, TicketStatus::Called])?;
        Ok(self.ended(TicketStatus::Left, now))
    }

    fn ended(&self, status: TicketStatus, now: DateTime<Utc>) -> Self {
        Self {
            status,
            ended_at: Some(now),
            ..self.clone()
        }
    }

    fn must_be(&self, allowed: &[TicketStatus]) -> Result<(), WrongTurn> {
        if allowed.contains(&self.status) {
            Ok(())
        } else {
            Err(WrongTurn(self.status))
        }
    }

    /// For how many seconds more it keeps somebody busy, if it does.
    fn busy_for(&self, talk: i64, now: DateTime<Utc>) -> Option<i64> {
        let since = |begun: Option<DateTime<Utc>>| {
            begun
                .map_or(TimeDelta::zero(), |begun| now - begun)
                .num_seconds()
        };
        match self.status {
            TicketStatus::Called => Some(talk),
            TicketStatus::InTalk => Some((talk - since(self.started_at)).clamp(0, talk)),
            _ => None,
        }
    }

    fn talked_for(&self) -> Option<i64> {
        let is_done = self.status == TicketStatus::Done;
        let talked = self.ended_at? - self.started_at?;
        is_done.then(|| talked.num_seconds().max(0))
    }
}

#[cfg(test)]
mod tests;
