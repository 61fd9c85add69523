//! Who missed talks, as keyed hashes of what they gave; and what an organisation makes of it.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Binary, Integer, Nullable, Timestamptz, Uuid as SqlUuid};
use domain::appointment::{Appointment, Status};
use domain::ids::OrganisationId;
use domain::no_show::NoShowRule;

use crate::error::{Error, Result};
use crate::statement::Statement;
use crate::transaction::Transaction;

/// What is known of somebody who gave an address or a number, where the organisation has a rule.
#[derive(Debug)]
pub struct Missed {
    rule: NoShowRule,
    at: Vec<DateTime<Utc>>,
}

impl Missed {
    /// Whether what they book needs approval.
    #[must_use]
    pub fn needs_approval(&self, now: DateTime<Utc>) -> bool {
        self.rule.needs_approval_until(&self.at, now).is_some()
    }
}

#[derive(QueryableByName)]
pub(crate) struct Row {
    #[diesel(sql_type = Nullable<Integer>)]
    no_show_after: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    no_show_within_days: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    no_show_approval_days: Option<i32>,
    #[diesel(sql_type = Array<Timestamptz>)]
    missed: Vec<DateTime<Utc>>,
}

/// Asks what is known of whoever gave what has these hashes; an appointment with several counts once.
pub(crate) fn missed_by(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    hashes: &[[u8; 32]],
) -> Statement<'static> {
    transaction.show_contacts(hashes);
    let hashes: Vec<_> = hashes.iter().map(|hash| hash.to_vec()).collect();
    Statement::new(
        "SELECT o.no_show_after, o.no_show_within_days, o.no_show_approval_days,
                ARRAY(SELECT max(n.missed_at) FROM no_shows n
                      WHERE n.organisation_id = o.id AND n.contact_hash = ANY ($2)
                      GROUP BY n.appointment_id) AS missed
         FROM organisations o WHERE o.id = $1 AND o.no_show_after IS NOT NULL",
    )
    .bind::<SqlUuid, _>(organisation.uuid())
    .bind::<Array<Binary>, _>(hashes)
}

pub(crate) fn first(rows: Vec<Row>) -> Result<Option<Missed>> {
    let Some(row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let (within, approval) = (row.no_show_within_days, row.no_show_approval_days);
    let rule = rule(row.no_show_after, within, approval)?;
    let at = row.missed;
    Ok(rule.map(|rule| Missed { rule, at }))
}

/// What is known of whoever gave what has these hashes. A round trip.
pub async fn missed(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    hashes: &[[u8; 32]],
) -> Result<Option<Missed>> {
    let asked = missed_by(transaction, organisation, hashes);
    first(transaction.ask(asked).await?)
}

pub(crate) fn rule(
    after: Option<i32>,
    within_days: Option<i32>,
    approval_days: Option<i32>,
) -> Result<Option<NoShowRule>> {
    let (Some(after), Some(within), Some(approval)) = (after, within_days, approval_days) else {
        return Ok(None);
    };
    let rule = NoShowRule::new(after.into(), within.into(), approval.into());
    rule.map(Some)
        .map_err(|error| Error::corrupt("organisation", error))
}

/// Notes that nobody came, where the organisation has a rule for it, or that somebody came after all.
/// The appointment is locked.
pub fn follow(
    transaction: &mut Transaction,
    appointment: &Appointment,
    hashes: &[[u8; 32]],
    now: DateTime<Utc>,
) {
    let (organisation, id) = (appointment.organisation_id.uuid(), appointment.id.uuid());
    if !matches!(appointment.status, Status::NoShow { .. }) {
        let forget = "DELETE FROM no_shows WHERE organisation_id = $1 AND appointment_id = $2";
        let forget = Statement::new(forget).bind::<SqlUuid, _>(organisation);
        transaction.write(forget.bind::<SqlUuid, _>(id));
    } else if !hashes.is_empty() {
        let hashes: Vec<_> = hashes.iter().map(|hash| hash.to_vec()).collect();
        let note = Statement::new(
            "INSERT INTO no_shows (organisation_id, appointment_id, contact_hash, missed_at, delete_after)
             SELECT o.id, $2, hash, $4, $4 + (o.no_show_within_days + o.no_show_approval_days) * interval '1 day'
             FROM organisations o CROSS JOIN unnest($3) AS hash
             WHERE o.id = $1 AND o.no_show_after IS NOT NULL
             ON CONFLICT ON CONSTRAINT no_shows_pkey DO NOTHING",
        );
        transaction.write(
            note.bind::<SqlUuid, _>(organisation)
                .bind::<SqlUuid, _>(id)
                .bind::<Array<Binary>, _>(hashes)
                .bind::<Timestamptz, _>(now),
        );
    }
}

/// Forgets all that the organisation knows of whoever missed that appointment.
pub fn forgive(transaction: &mut Transaction, appointment: &Appointment) {
    let forgive = Statement::new(
        "DELETE FROM no_shows WHERE organisation_id = $1 AND contact_hash IN (
             SELECT contact_hash FROM no_shows WHERE organisation_id = $1 AND appointment_id = $2)",
    );
    transaction.write(
        forgive
            .bind::<SqlUuid, _>(appointment.organisation_id.uuid())
            .bind::<SqlUuid, _>(appointment.id.uuid()),
    );
}
