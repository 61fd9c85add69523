//! Who changed what. Every change queues its entry in its own transaction.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::{Actor, Staff};
use domain::appointment::Appointment;
use domain::ids::{AccountId, OrganisationId};
use domain::proposal::Proposal;
use domain::waitlist::WaitlistEntry;
use uuid::Uuid;

use crate::statement::Statement;
use crate::transaction::Transaction;

/// One change: what was done to what, by whom (nobody: a visitor, or the program itself).
#[derive(Debug, Clone)]
pub struct Entry {
    pub organisation_id: OrganisationId,
    pub account_id: Option<AccountId>,
    pub action: &'static str,
    pub subject_kind: &'static str,
    pub subject_id: Uuid,
    /// The names of the fields that changed, never what they hold.
    pub fields: Vec<String>,
    pub at: DateTime<Utc>,
}

impl Entry {
    #[must_use]
    pub fn by(
        staff: &Staff,
        organisation_id: OrganisationId,
        action: &'static str,
        (subject_kind, subject_id): (&'static str, Uuid),
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            organisation_id,
            account_id: Some(staff.account_id),
            action,
            subject_kind,
            subject_id,
            fields: Vec::new(),
            at,
        }
    }

    #[must_use]
    pub fn of_appointment(
        action: &'static str,
        appointment: &Appointment,
        actor: &Actor,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            organisation_id: appointment.organisation_id,
            account_id: actor.account_id(),
            action,
            subject_kind: "appointment",
            subject_id: appointment.id.uuid(),
            fields: Vec::new(),
            at,
        }
    }

    /// What nobody did but the program by itself.
    #[must_use]
    pub const fn by_program(
        organisation_id: OrganisationId,
        action: &'static str,
        (subject_kind, subject_id): (&'static str, Uuid),
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            organisation_id,
            account_id: None,
            action,
            subject_kind,
            subject_id,
            fields: Vec::new(),
            at,
        }
    }

    #[must_use]
    pub fn of_proposal(
        action: &'static str,
        proposal: &Proposal,
        actor: &Actor,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            organisation_id: proposal.organisation_id,
            account_id: actor.account_id(),
            action,
            subject_kind: "proposal",
            subject_id: proposal.id.uuid(),
            fields: Vec::new(),
            at,
        }
    }

    #[must_use]
    pub fn of_entry(
        action: &'static str,
        entry: &WaitlistEntry,
        actor: &Actor,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            organisation_id: entry.organisation_id,
            account_id: actor.account_id(),
            action,
            subject_kind: "waitlist_entry",
            subject_id: entry.id.uuid(),
            fields: Vec::new(),
            at,
        }
    }

    #[must_use]
    pub fn touching(mut self, fields: Vec<String>) -> Self {
        self.fields = fields;
        self
    }
}

impl Transaction {
    pub fn audit(&mut self, entry: Entry) {
        let insert = Statement::new(
            "INSERT INTO audit_entries
                 (organisation_id, id, occurred_at, account_id, action, subject_kind, subject_id, fields)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        );
        self.write(
            insert
                .bind::<SqlUuid, _>(entry.organisation_id.uuid())
                .bind::<SqlUuid, _>(Uuid::now_v7())
                .bind::<Timestamptz, _>(entry.at)
                .bind::<Nullable<SqlUuid>, _>(entry.account_id.map(AccountId::uuid))
                .bind::<Text, _>(entry.action)
                .bind::<Text, _>(entry.subject_kind)
                .bind::<SqlUuid, _>(entry.subject_id)
                .bind::<Array<Text>, _>(entry.fields),
        );
    }
}
