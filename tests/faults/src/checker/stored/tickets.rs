//! Numbers of open hours.

use std::collections::BTreeMap;

use tokio_postgres::{Error, Row, Transaction};
use uuid::Uuid;

use super::{Trace, all, traces};
use crate::database::key;

#[derive(Debug)]
pub(crate) struct Ticket {
    pub(crate) id: Uuid,
    pub(crate) organisation_id: Uuid,
    pub(crate) session_id: Uuid,
    pub(crate) number: i32,
    pub(crate) status: String,
}

const TICKETS: &str =
    "SELECT id::text, organisation_id::text, session_id::text, number, status FROM tickets";
const AUDIT: &str = "SELECT subject_id::text, id::text, action FROM audit_entries
     WHERE subject_kind = 'ticket' ORDER BY id";
const EVENTS: &str = "SELECT subject_id::text, id::text,
            CASE kind WHEN 'ticket.drawn' THEN 'draw' WHEN 'ticket.called' THEN 'call' WHEN 'ticket.started' THEN 'start'
                WHEN 'ticket.done' THEN 'finish' WHEN 'ticket.left' THEN 'leave' WHEN 'ticket.missed' THEN 'not-there' ELSE kind END
     FROM outbox_events WHERE kind LIKE 'ticket.%' ORDER BY id";

#[derive(Debug)]
pub(crate) struct Tickets {
    pub(crate) all: BTreeMap<Uuid, Ticket>,
    /// In the order of their ids.
    audit: BTreeMap<Uuid, Vec<Trace>>,
    events: BTreeMap<Uuid, Vec<Trace>>,
}

impl Tickets {
    pub(super) async fn read(snapshot: &Transaction<'_>) -> Result<Self, Error> {
        let tickets = all(snapshot, TICKETS, ticket).await?;
        Ok(Self {
            all: tickets.into_iter().map(|one| (one.id, one)).collect(),
            audit: traces(snapshot, AUDIT).await?,
            events: traces(snapshot, EVENTS).await?,
        })
    }

    pub(crate) fn audit_of(&self, ticket: Uuid) -> &[Trace] {
        self.audit.get(&ticket).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn events_of(&self, ticket: Uuid) -> &[Trace] {
        self.events.get(&ticket).map_or(&[], Vec::as_slice)
    }
}

fn ticket(row: &Row) -> Ticket {
    Ticket {
        id: key(row, 0),
        organisation_id: key(row, 1),
        session_id: key(row, 2),
        number: row.get(3),
        status: row.get(4),
    }
}
