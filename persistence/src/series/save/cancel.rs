use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::appointment::Appointment;
use domain::ids::OrganisationId;
use domain::reason::ReasonCode;

use super::{each, ids, release, traces};
use crate::appointments::StatusColumns;
use crate::statement::Statement;
use crate::transaction::Transaction;

/// Locked appointments of a series that are cancelled now.
#[derive(Debug)]
pub struct Cancelled<'a> {
    pub organisation: OrganisationId,
    pub appointments: Vec<&'a Appointment>,
    /// Why, of the list.
    pub reason: Option<&'a ReasonCode>,
    /// Why in words, sealed for each of the appointments; or nothing.
    pub sealed_reasons: Vec<Vec<u8>>,
    pub actor: &'a Actor,
    pub now: DateTime<Utc>,
}

impl Cancelled<'_> {
    pub fn save(self, transaction: &mut Transaction) {
        let appointments = &self.appointments;
        release(transaction, self.organisation, appointments);
        let columns = appointments
            .first()
            .map(|one| StatusColumns::from(&one.status));
        transaction.write(
            Statement::new(
                "UPDATE appointments SET status = 'cancelled', ended_at = $3, cancelled_by = $4, cancel_reason = $5, version = version + 1
                 WHERE organisation_id = $1 AND id = ANY ($2)",
            )
            .bind::<SqlUuid, _>(self.organisation.uuid())
            .bind::<Array<SqlUuid>, _>(ids(appointments))
            .bind::<Timestamptz, _>(self.now)
            .bind::<Nullable<Text>, _>(columns.and_then(|columns| columns.cancelled_by))
            .bind::<Nullable<Text>, _>(self.reason.map(ToString::to_string)),
        );
        traces(
            transaction,
            ("appointment.cancelled", "cancel"),
            self.organisation,
            &ids(appointments),
            self.actor.account_id(),
            self.now,
        );
        if !self.sealed_reasons.is_empty() {
            transaction.write(
                Statement::new(KEEP_REASONS)
                    .bind::<SqlUuid, _>(self.organisation.uuid())
                    .bind::<Array<SqlUuid>, _>(ids(appointments))
                    .bind::<Array<Timestamptz>, _>(each(appointments, |one| {
                        one.place.span.before()
                    }))
                    .bind::<Array<Binary>, _>(self.sealed_reasons),
            );
        }
    }
}

/// A visitor does not see an organisation that was unpublished meanwhile: the usual time then.
const KEEP_REASONS: &str = "
    INSERT INTO contacts (organisation_id, appointment_id, sealed_reason, delete_after)
    SELECT $1, why.id, why.sealed,
           why.ends_at + coalesce((SELECT retention_days FROM organisations WHERE id = $1), 90) * interval '1 day'
    FROM unnest($2, $3, $4) AS why (id, ends_at, sealed)
    ON CONFLICT (organisation_id, appointment_id) DO UPDATE SET sealed_reason = excluded.sealed_reason";
