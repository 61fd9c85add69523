use chrono::{DateTime, Utc};
use diesel::sql_types::{Binary, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::ids::OrganisationId;
use domain::open_hours::{Ticket, TicketStatus};
use uuid::Uuid;

use super::OpenHours;
use crate::statement::Statement;
use crate::transaction::Transaction;

/// Keeps a number that was drawn, and what opens it. The counsellor of the session is locked.
pub fn insert(
    transaction: &mut Transaction,
    open: &OpenHours,
    ticket: &Ticket,
    secret_hash: [u8; 32],
) {
    let insert = Statement::new(
        "INSERT INTO tickets (organisation_id, id, session_id, service_id, number, turn, drawn_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    );
    transaction.queue(
        insert
            .bind::<SqlUuid, _>(open.organisation_id.uuid())
            .bind::<SqlUuid, _>(ticket.id.uuid())
            .bind::<SqlUuid, _>(open.session_id.uuid())
            .bind::<SqlUuid, _>(open.service_id.uuid())
            .bind::<Integer, _>(count(ticket.number))
            .bind::<Integer, _>(count(ticket.turn))
            .bind::<Timestamptz, _>(ticket.drawn_at),
    );
    let secret = Statement::new(
        "INSERT INTO ticket_secrets (organisation_id, ticket_id, secret_hash) VALUES ($1, $2, $3)",
    );
    transaction.queue(
        secret
            .bind::<SqlUuid, _>(open.organisation_id.uuid())
            .bind::<SqlUuid, _>(ticket.id.uuid())
            .bind::<Binary, _>(secret_hash.to_vec()),
    );
    happened(
        transaction,
        "ticket.drawn",
        open.organisation_id,
        ticket,
        ticket.drawn_at,
    );
}

/// Keeps what became of it. A visitor may change nothing but that they have left.
pub fn update(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    ticket: &Ticket,
    now: DateTime<Utc>,
) {
    let (text, kind) = match ticket.status {
        TicketStatus::Left => (
            "UPDATE tickets SET status = $3, ended_at = $4 WHERE organisation_id = $1 AND id = $2",
            "ticket.left",
        ),
        status => (
            "UPDATE tickets SET status = $3, ended_at = $4, started_at = $5, called_at = $6, turn = $7, missed = $8
             WHERE organisation_id = $1 AND id = $2",
            match status {
                TicketStatus::Called => "ticket.called",
                TicketStatus::InTalk => "ticket.started",
                TicketStatus::Done => "ticket.done",
                _ => "ticket.missed",
            },
        ),
    };
    let mut update = Statement::new(text)
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<SqlUuid, _>(ticket.id.uuid())
        .bind::<Text, _>(ticket.status.as_str())
        .bind::<Nullable<Timestamptz>, _>(ticket.ended_at);
    if ticket.status != TicketStatus::Left {
        update = update
            .bind::<Nullable<Timestamptz>, _>(ticket.started_at)
            .bind::<Nullable<Timestamptz>, _>(ticket.called_at)
            .bind::<Integer, _>(count(ticket.turn))
            .bind::<Bool, _>(ticket.missed);
    }
    transaction.queue(update);
    happened(transaction, kind, organisation, ticket, now);
}

fn happened(
    transaction: &mut Transaction,
    kind: &'static str,
    organisation: OrganisationId,
    ticket: &Ticket,
    now: DateTime<Utc>,
) {
    let event = Statement::new(
        "INSERT INTO outbox_events (organisation_id, id, kind, subject_id, occurred_at) VALUES ($1, $2, $3, $4, $5)",
    );
    transaction.queue(
        event
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<SqlUuid, _>(Uuid::now_v7())
            .bind::<Text, _>(kind)
            .bind::<SqlUuid, _>(ticket.id.uuid())
            .bind::<Timestamptz, _>(now),
    );
}

/// No queue is so long that its numbers do not fit.
fn count(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
