use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Binary, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::ids::{CounsellorId, OrganisationId, SiteId};
use domain::service::ContactRule;
use domain::span::Span;
use domain::waitlist::{WaitlistEntry, WaitlistWish};
use futures_util::future::join;
use uuid::Uuid;

use super::rounds::wake;
use super::save::happened;
use crate::appointments::{NewContact, answers, known_of};
use crate::error::Result;
use crate::idempotency::{Attempt, Known};
use crate::statement::Statement;
use crate::stored::parsed;
use crate::transaction::{Transaction, rows};

/// What decides whether somebody can wait for a service.
#[derive(Debug, Clone)]
pub struct Kept {
    pub organisation_id: OrganisationId,
    pub contact_rule: ContactRule,
    pub keeps_waitlist: bool,
    /// Whether who and where they wish for is there.
    pub knows_counsellor: bool,
    pub knows_site: bool,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = Text)]
    contact_rule: String,
    #[diesel(sql_type = Bool)]
    keeps_waitlist: bool,
    #[diesel(sql_type = Bool)]
    knows_counsellor: bool,
    #[diesel(sql_type = Bool)]
    knows_site: bool,
}

/// Whether the request was answered before, and the published service that is waited for. One round
/// trip.
pub async fn open_join(
    transaction: &mut Transaction,
    wish: &WaitlistWish,
    attempt: Option<&Attempt>,
    now: DateTime<Utc>,
) -> Result<(Known, Option<Kept>)> {
    let asked = Statement::new(SERVICE)
        .bind::<SqlUuid, _>(wish.service_id.uuid())
        .bind::<Nullable<SqlUuid>, _>(wish.counsellor_id.map(CounsellorId::uuid))
        .bind::<Nullable<SqlUuid>, _>(wish.site_id.map(SiteId::uuid));
    if let Some(attempt) = attempt {
        transaction.show_key(attempt.key_hash);
    }
    let questions = attempt.map(|attempt| attempt.questions(now));
    let (found, known) = transaction
        .together(|connection| {
            join(
                rows::<Row>(connection, asked),
                answers(connection, questions),
            )
        })
        .await?;
    let (found, known) = (found?, known?);
    let kept = found.into_iter().next().map(|row| {
        Ok::<_, crate::Error>(Kept {
            organisation_id: row.organisation_id.into(),
            contact_rule: parsed("service", &row.contact_rule)?,
            keeps_waitlist: row.keeps_waitlist,
            knows_counsellor: row.knows_counsellor,
            knows_site: row.knows_site,
        })
    });
    Ok((known_of(attempt, known), kept.transpose()?))
}

/// A new entry as it is to be stored.
#[derive(Debug)]
pub struct Joined<'a> {
    pub entry: &'a WaitlistEntry,
    pub secret_hash: [u8; 32],
    /// Of the idempotency key under which it was entered: nobody waits twice under one.
    pub key_hash: [u8; 32],
    pub contact: Option<NewContact>,
    pub now: DateTime<Utc>,
}

impl Joined<'_> {
    pub fn insert(self, transaction: &mut Transaction) {
        let entry = self.entry;
        let wish = &entry.wish;
        let (organisation, id) = (entry.organisation_id.uuid(), entry.id.uuid());
        let times = |time: fn(Span) -> DateTime<Utc>| wish.spans.iter().copied().map(time);
        transaction.write(
            Statement::new(
                "INSERT INTO waitlist_entries (organisation_id, id, code, secret_hash, key_hash, service_id, counsellor_id,
                     site_id, language, modality, spans_from, spans_before, joined_at, queued_at, valid_until)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            )
            .bind::<SqlUuid, _>(organisation)
            .bind::<SqlUuid, _>(id)
            .bind::<Text, _>(entry.code.letters().to_owned())
            .bind::<Binary, _>(self.secret_hash.to_vec())
            .bind::<Binary, _>(self.key_hash.to_vec())
            .bind::<SqlUuid, _>(wish.service_id.uuid())
            .bind::<Nullable<SqlUuid>, _>(wish.counsellor_id.map(CounsellorId::uuid))
            .bind::<Nullable<SqlUuid>, _>(wish.site_id.map(SiteId::uuid))
            .bind::<Nullable<Text>, _>(wish.language.as_ref().map(ToString::to_string))
            .bind::<Nullable<Text>, _>(wish.modality.map(|modality| modality.to_string()))
            .bind::<Array<Timestamptz>, _>(times(Span::from).collect::<Vec<_>>())
            .bind::<Array<Timestamptz>, _>(times(Span::before).collect::<Vec<_>>())
            .bind::<Timestamptz, _>(entry.joined_at)
            .bind::<Timestamptz, _>(entry.queued_at)
            .bind::<Timestamptz, _>(entry.valid_until),
        );
        happened(transaction, "waitlist_entry.joined", entry, self.now);
        wake(transaction, entry.organisation_id, self.now);
        if let Some(contact) = self.contact {
            // The walls let a visitor add a contact only to what the shown secret opens.
            transaction.show_secret(self.secret_hash);
            transaction.queue(
                Statement::new(
                    "INSERT INTO waitlist_contacts (organisation_id, entry_id, sealed, delete_after)
                     SELECT $1, $2, $3, $4 + retention_days * interval '1 day' FROM organisations WHERE id = $1",
                )
                .bind::<SqlUuid, _>(organisation)
                .bind::<SqlUuid, _>(id)
                .bind::<Binary, _>(contact.sealed)
                .bind::<Timestamptz, _>(entry.valid_until),
            );
        }
    }
}

const SERVICE: &str = "
    SELECT v.organisation_id, v.contact_rule, v.waitlist_offer_minutes IS NOT NULL AS keeps_waitlist,
           $2::uuid IS NULL OR EXISTS (
               SELECT FROM counsellors c
               WHERE c.organisation_id = v.organisation_id AND c.id = $2 AND c.archived_at IS NULL) AS knows_counsellor,
           $3::uuid IS NULL OR EXISTS (
               SELECT FROM sites p
               WHERE p.organisation_id = v.organisation_id AND p.id = $3 AND p.archived_at IS NULL) AS knows_site
    FROM services v
    WHERE v.id = $1 AND v.published AND v.archived_at IS NULL AND v.organisation_listed";
