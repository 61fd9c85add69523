//! Who may have claimed what, and from when to when, by what is known.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::changes::happened;
use super::discovered;
use super::facts::{FOR_EVER, Facts, Intent, State};
use super::places::Claim;
use super::stored::Stored;
use crate::history::Operation;

/// How long a hold lasts, with a second for clocks.
const HOLD_LASTS: u64 = 601_000_000;

#[derive(Debug)]
pub(crate) struct Possible {
    pub(crate) claim: Claim,
    /// The appointment or hold, where it is known.
    pub(crate) holder: Option<Uuid>,
    /// The intent; what was there before has none.
    pub(crate) intent: Option<Uuid>,
    /// It cannot have begun before, and was over for sure afterwards.
    pub(crate) from: u64,
    pub(crate) until: u64,
}

pub(crate) fn possible(facts: &Facts, stored: &Stored) -> Vec<Possible> {
    let discovered = discovered::appointments(facts, stored);
    let rows: BTreeSet<(Uuid, DateTime<Utc>)> = discovered
        .by_intent
        .values()
        .chain(&discovered.unexplained)
        .filter_map(|id| stored.appointments.get(id))
        .map(|row| (row.service_id, row.booked_at))
        .collect();
    let mut claims: Vec<Possible> = before(facts);
    for intent in facts.intents.iter().filter(|one| one.may_have_happened()) {
        let holder = match intent.operation() {
            Operation::Hold | Operation::Book => intent.answered_id(),
            Operation::Move => intent.first().appointment_id,
            _ => continue,
        };
        let Some(place) = stored.place(intent.first().slot_id.as_deref()) else {
            continue;
        };
        let open = intent.state() == State::Open;
        let made_nothing = match intent.operation() {
            // Every appointment stays: where no row is left over, no open booking of the service
            // has happened.
            Operation::Book => {
                open && !rows.iter().any(|(service, _)| *service == place.service_id)
            }
            Operation::Move => {
                open && holder.is_some_and(|id| all_moves_are_known(facts, stored, id))
            }
            _ => false,
        };
        if !made_nothing {
            claims.push(Possible {
                claim: place.claim,
                holder,
                intent: Some(intent.first().intent),
                from: intent.sent(),
                until: until(facts, intent, holder),
            });
        }
    }
    claims
}

fn before(facts: &Facts) -> Vec<Possible> {
    let claims = facts.baseline.claims.iter();
    claims
        .map(|one| Possible {
            claim: Claim {
                resources: vec![one.resource],
                starts_at: one.starts_at,
                ends_at: one.ends_at,
            },
            holder: Some(one.claim),
            intent: None,
            from: 0,
            until: freed(facts, one.claim, 0),
        })
        .collect()
}

fn all_moves_are_known(facts: &Facts, stored: &Stored, appointment: Uuid) -> bool {
    let moves = facts.changes(Operation::Move, appointment);
    let done = moves.filter(|one| one.state() == State::Done).count();
    happened(facts, stored, "reschedule", appointment).1 <= done
}

fn until(facts: &Facts, intent: &Intent, holder: Option<Uuid>) -> u64 {
    let Some(holder) = holder else {
        // Nobody knows when it was made, nor who ended it.
        return FOR_EVER;
    };
    if intent.operation() == Operation::Hold {
        let ends = facts
            .intents
            .iter()
            .filter(|end| end.first().hold_id == Some(holder));
        let ended = ends.map(Intent::done_by).min().unwrap_or(FOR_EVER);
        ended.min(intent.heard().saturating_add(HOLD_LASTS))
    } else {
        freed(facts, holder, intent.done_by())
    }
}

/// When a place that was taken before `since` was left for sure: by a move or a cancellation that
/// began after that.
fn freed(facts: &Facts, appointment: Uuid, since: u64) -> u64 {
    let moves = facts.changes(Operation::Move, appointment);
    let ends = moves.chain(facts.changes(Operation::Cancel, appointment));
    let later = ends.filter(|end| end.sent() >= since);
    later.map(Intent::done_by).min().unwrap_or(FOR_EVER)
}
