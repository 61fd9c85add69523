//! The last round trip: a few statements, however many appointments there are.

mod book;
mod cancel;
mod moves;

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::appointment::Appointment;
use domain::booking::Claimed;
use domain::ids::{AccountId, OrganisationId, SessionId};
use uuid::Uuid;

use crate::statement::Statement;
use crate::transaction::Transaction;
pub use book::NewSeries;
pub use cancel::Cancelled;

/// Claims what each of them takes, in the order of the resources. What many attend is claimed by its
/// session, as far as it is not yet; of that, each takes a place.
fn claims_of<'a>(
    organisation: OrganisationId,
    claims: impl Iterator<Item = (&'a Appointment, &'a Claimed)>,
) -> Statement<'static> {
    let (mut ids, mut resources, mut starts, mut ends) = (vec![], vec![], vec![], vec![]);
    let mut kinds = vec![];
    for (appointment, claimed) in claims {
        let session = claimed.place_in.map(SessionId::uuid);
        for (resource, span) in claimed.parts() {
            ids.push(session.unwrap_or(appointment.id.uuid()));
            kinds.push(session.map_or("appointment", |_| "session"));
            resources.push(resource.uuid());
            starts.push(span.from());
            ends.push(span.before());
        }
    }
    Statement::new(
        "INSERT INTO allocations (organisation_id, resource_id, claim_id, claimed_by_organisation_id, kind, starts_at, ends_at)
         SELECT $1, claim.resource_id, claim.id, $1, claim.kind, claim.starts_at, claim.ends_at
         FROM unnest($2, $3, $4, $5, $6) AS claim (id, resource_id, starts_at, ends_at, kind) ORDER BY 2",
    )
    .bind::<SqlUuid, _>(organisation.uuid())
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<SqlUuid>, _>(resources)
    .bind::<Array<Timestamptz>, _>(starts)
    .bind::<Array<Timestamptz>, _>(ends)
    .bind::<Array<Text>, _>(kinds)
}

/// Frees what they have claimed, and the places that they have in what many attend.
fn release(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    appointments: &[&Appointment],
) {
    for text in [
        "DELETE FROM allocations WHERE organisation_id = $1 AND claim_id = ANY ($2)",
        "DELETE FROM places WHERE organisation_id = $1 AND claim_id = ANY ($2)",
    ] {
        transaction.write(
            Statement::new(text)
                .bind::<SqlUuid, _>(organisation.uuid())
                .bind::<Array<SqlUuid>, _>(ids(appointments)),
        );
    }
}

/// An event and an audit entry for each of the appointments.
pub(crate) fn traces(
    transaction: &mut Transaction,
    (kind, action): (&'static str, &'static str),
    organisation: OrganisationId,
    appointments: &[Uuid],
    account: Option<AccountId>,
    now: DateTime<Utc>,
) {
    happened(transaction, kind, organisation, appointments.to_vec(), now);
    transaction.write(
        Statement::new(
            "INSERT INTO audit_entries (organisation_id, id, occurred_at, account_id, action, subject_kind, subject_id)
             SELECT $1, entry.id, $2, $3, $4, 'appointment', entry.subject_id
             FROM unnest($5, $6) AS entry (id, subject_id)",
        )
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Timestamptz, _>(now)
        .bind::<Nullable<SqlUuid>, _>(account.map(Uuid::from))
        .bind::<Text, _>(action)
        .bind::<Array<SqlUuid>, _>(new_ids(appointments.len()))
        .bind::<Array<SqlUuid>, _>(appointments.to_vec()),
    );
}

fn happened(
    transaction: &mut Transaction,
    kind: &'static str,
    organisation: OrganisationId,
    subjects: Vec<Uuid>,
    now: DateTime<Utc>,
) {
    transaction.write(
        Statement::new(
            "INSERT INTO outbox_events (organisation_id, id, kind, subject_id, occurred_at)
             SELECT $1, event.id, $2, event.subject_id, $3 FROM unnest($4, $5) AS event (id, subject_id)",
        )
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Text, _>(kind)
        .bind::<Timestamptz, _>(now)
        .bind::<Array<SqlUuid>, _>(new_ids(subjects.len()))
        .bind::<Array<SqlUuid>, _>(subjects),
    );
}

fn new_ids(count: usize) -> Vec<Uuid> {
    std::iter::repeat_with(Uuid::now_v7).take(count).collect()
}

fn ids(appointments: &[&Appointment]) -> Vec<Uuid> {
    each(appointments, |one| one.id.uuid())
}

fn room(appointment: &Appointment) -> Option<Uuid> {
    appointment.place.room_id.map(Uuid::from)
}

fn interpreter(appointment: &Appointment) -> Option<Uuid> {
    appointment.place.interpreter_id.map(Uuid::from)
}

fn each<T>(appointments: &[&Appointment], part: impl Fn(&Appointment) -> T) -> Vec<T> {
    appointments.iter().map(|one| part(one)).collect()
}
