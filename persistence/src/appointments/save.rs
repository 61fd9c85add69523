//! The second round trip: plain writes, each guarded by a constraint.

use chrono::{DateTime, Utc};
use diesel::sql_types::{
    BigInt, Binary, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::appointment::{Appointment, Status};
use domain::booking::{Claimed, Terms};
use domain::ids::{AppointmentId, OrganisationId};
use domain::minutes::Minutes;
use domain::reason::ReasonCode;
use domain::span::Span;
use uuid::Uuid;

use super::rows::StatusColumns;
use crate::claims::{NewClaim, release};
use crate::statement::Statement;
use crate::transaction::Transaction;

/// What a visitor gave, sealed.
#[derive(Debug, Clone)]
pub struct NewContact {
    pub sealed: Vec<u8>,
}

/// An appointment as it is to be stored, with what it claims.
#[derive(Debug)]
pub struct Saved<'a> {
    pub appointment: &'a Appointment,
    pub claim: &'a Claimed,
    /// For whose visitors a place is booked, if for a partner's.
    pub kept_for: Option<OrganisationId>,
    pub terms: Terms,
    /// Why it is moved, if somebody said so.
    pub reason: Option<&'a ReasonCode>,
    pub now: DateTime<Utc>,
}

impl Saved<'_> {
    fn claim(&self, transaction: &mut Transaction) {
        let claim = NewClaim {
            organisation: self.appointment.organisation_id,
            id: self.appointment.id.uuid(),
            claimed: self.claim,
            expires_at: None,
            kept_for: self.kept_for,
            now: self.now,
        };
        claim.insert(transaction);
    }

    /// Books: the claim, the appointment, and what the visitor gave.
    pub fn insert(
        &self,
        transaction: &mut Transaction,
        secret_hash: [u8; 32],
        contact: Option<NewContact>,
    ) {
        let appointment = self.appointment;
        let place = appointment.place;
        let organisation = appointment.organisation_id.uuid();
        // Behind the hold that it redeems.
        transaction.in_order();
        self.claim(transaction);
        transaction.write(
            Statement::new(
                "INSERT INTO appointments (organisation_id, id, code, secret_hash, session_id, service_id, site_id,
                     counsellor_id, room_id, starts_at, ends_at, modality, language, interpreter_needed, status, booked_at,
                     time_zone, cancellation_deadline_minutes, answer_by, interpreter_id, reschedule_deadline_minutes,
                     second_counsellor_id)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                         $22)",
            )
            .bind::<SqlUuid, _>(organisation)
            .bind::<SqlUuid, _>(appointment.id.uuid())
            .bind::<Text, _>(appointment.code.letters().to_owned())
            .bind::<Binary, _>(secret_hash.to_vec())
            .bind::<SqlUuid, _>(place.session_id.uuid())
            .bind::<SqlUuid, _>(place.service_id.uuid())
            .bind::<SqlUuid, _>(place.site_id.uuid())
            .bind::<SqlUuid, _>(place.counsellor_id.uuid())
            .bind::<Nullable<SqlUuid>, _>(place.room_id.map(Uuid::from))
            .bind::<Timestamptz, _>(place.span.from())
            .bind::<Timestamptz, _>(place.span.before())
            .bind::<Text, _>(place.modality.as_str())
            .bind::<Nullable<Text>, _>(appointment.language.as_ref().map(ToString::to_string))
            .bind::<Bool, _>(appointment.interpreter_needed)
            .bind::<Text, _>(appointment.status.as_str())
            .bind::<Timestamptz, _>(appointment.booked_at)
            .bind::<Text, _>(self.terms.time_zone.name())
            .bind::<Integer, _>(deadline_minutes(self.terms))
            .bind::<Nullable<Timestamptz>, _>(appointment.status.answer_by())
            .bind::<Nullable<SqlUuid>, _>(place.interpreter_id.map(Uuid::from))
            .bind::<Integer, _>(move_deadline_minutes(self.terms))
            .bind::<Nullable<SqlUuid>, _>(place.second_counsellor_id.map(Uuid::from)),
        );
        let kind = match appointment.status {
            Status::Requested { .. } => "appointment.requested",
            _ => "appointment.booked",
        };
        happened(transaction, kind, key(appointment), self.now);
        if let Some(contact) = contact {
            // The walls let a visitor add a contact only to what the shown secret opens.
            transaction.show_secret(secret_hash);
            transaction.queue(
                Statement::new(
                    "INSERT INTO contacts (organisation_id, appointment_id, sealed, delete_after)
                     SELECT $1, $2, $3, $4 + retention_days * interval '1 day' FROM organisations WHERE id = $1",
                )
                .bind::<SqlUuid, _>(organisation)
                .bind::<SqlUuid, _>(appointment.id.uuid())
                .bind::<Binary, _>(contact.sealed)
                .bind::<Timestamptz, _>(place.span.before()),
            );
        }
    }

    /// Moves a locked appointment: frees the old place and takes the new one, or neither.
    pub fn update_place(&self, transaction: &mut Transaction, before: Span, version: i64) {
        let appointment = self.appointment;
        let place = appointment.place;
        let organisation = appointment.organisation_id;
        release(transaction, organisation, appointment.id.uuid());
        transaction.in_order();
        self.claim(transaction);
        transaction.write(
            Statement::new(
                "UPDATE appointments SET session_id = $3, site_id = $4, counsellor_id = $5, room_id = $6,
                     starts_at = $7, ends_at = $8, modality = $9, version = $10,
                     time_zone = $11, cancellation_deadline_minutes = $12,
                     answer_by = coalesce($13, answer_by), interpreter_id = $14,
                     reschedule_deadline_minutes = $15, move_reason = $16, second_counsellor_id = $17
                 WHERE organisation_id = $1 AND id = $2",
            )
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<SqlUuid, _>(appointment.id.uuid())
            .bind::<SqlUuid, _>(place.session_id.uuid())
            .bind::<SqlUuid, _>(place.site_id.uuid())
            .bind::<SqlUuid, _>(place.counsellor_id.uuid())
            .bind::<Nullable<SqlUuid>, _>(place.room_id.map(Uuid::from))
            .bind::<Timestamptz, _>(place.span.from())
            .bind::<Timestamptz, _>(place.span.before())
            .bind::<Text, _>(place.modality.as_str())
            .bind::<BigInt, _>(version + 1)
            .bind::<Text, _>(self.terms.time_zone.name())
            .bind::<Integer, _>(deadline_minutes(self.terms))
            .bind::<Nullable<Timestamptz>, _>(appointment.status.answer_by())
            .bind::<Nullable<SqlUuid>, _>(place.interpreter_id.map(Uuid::from))
            .bind::<Integer, _>(move_deadline_minutes(self.terms))
            .bind::<Nullable<Text>, _>(self.reason.map(ToString::to_string))
            .bind::<Nullable<SqlUuid>, _>(place.second_counsellor_id.map(Uuid::from)),
        );
        transaction.write(
            Statement::new(
                "UPDATE contacts SET delete_after = delete_after + ($4::timestamptz - $3::timestamptz)
                 WHERE organisation_id = $1 AND appointment_id = $2",
            )
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<SqlUuid, _>(appointment.id.uuid())
            .bind::<Timestamptz, _>(before.before())
            .bind::<Timestamptz, _>(place.span.before()),
        );
        happened(transaction, "appointment.moved", key(appointment), self.now);
    }
}

impl Transaction {
    /// Stores where a locked appointment is in its life; what is cancelled claims nothing any more.
    pub fn save_status(&mut self, appointment: &Appointment, version: i64, now: DateTime<Utc>) {
        // Behind whatever was saved of it before.
        self.in_order();
        if matches!(appointment.status, Status::Cancelled { .. }) {
            self.save_cancelled(key(appointment), &appointment.status, version, None, now);
        } else {
            self.save_attendance(appointment, version, now);
        }
    }

    /// As [`Transaction::save_status`], for one that is cancelled for a reason of the list.
    pub fn save_cancelled_for(
        &mut self,
        appointment: &Appointment,
        version: i64,
        reason: Option<&ReasonCode>,
        now: DateTime<Utc>,
    ) {
        self.in_order();
        self.save_cancelled(key(appointment), &appointment.status, version, reason, now);
    }

    /// Keeps why an appointment was cancelled: sealed, and as long as what the visitor gave.
    pub fn keep_cancel_reason(&mut self, appointment: &Appointment, sealed: Vec<u8>) {
        self.write(
            Statement::new(KEEP_REASON)
                .bind::<SqlUuid, _>(appointment.organisation_id.uuid())
                .bind::<SqlUuid, _>(appointment.id.uuid())
                .bind::<Binary, _>(sealed)
                .bind::<Timestamptz, _>(appointment.place.span.before()),
        );
    }

    pub(super) fn save_cancelled(
        &mut self,
        key: Key,
        status: &Status,
        version: i64,
        reason: Option<&ReasonCode>,
        now: DateTime<Utc>,
    ) {
        let columns = StatusColumns::from(status);
        release(self, key.0, key.1.uuid());
        let update = match reason {
            // The program gives none, and may not write it.
            None => {
                "UPDATE appointments SET status = $3, ended_at = $4, version = $5, cancelled_by = $6
                      WHERE organisation_id = $1 AND id = $2"
            }
            Some(_) => {
                "UPDATE appointments SET status = $3, ended_at = $4, version = $5, cancelled_by = $6, cancel_reason = $7
                      WHERE organisation_id = $1 AND id = $2"
            }
        };
        let update = with_status(update, key, &columns, version)
            .bind::<Nullable<Text>, _>(columns.cancelled_by);
        self.write(match reason {
            None => update,
            Some(reason) => update.bind::<Text, _>(reason.to_string()),
        });
        happened(self, "appointment.cancelled", key, now);
    }

    fn save_attendance(&mut self, appointment: &Appointment, version: i64, now: DateTime<Utc>) {
        let columns = StatusColumns::from(&appointment.status);
        let update =
            "UPDATE appointments SET status = $3, ended_at = $4, version = $5, checked_in_at = $6,
                 called_at = $7, started_at = $8
                      WHERE organisation_id = $1 AND id = $2";
        self.write(
            with_status(update, key(appointment), &columns, version)
                .bind::<Nullable<Timestamptz>, _>(columns.checked_in_at)
                .bind::<Nullable<Timestamptz>, _>(columns.steps.called_at)
                .bind::<Nullable<Timestamptz>, _>(columns.steps.started_at),
        );
        let kind = match columns.status {
            "checked_in" if columns.steps.started_at.is_some() => "appointment.started",
            "checked_in" if columns.steps.called_at.is_some() => "appointment.called",
            "checked_in" => "appointment.checked_in",
            "completed" => "appointment.completed",
            "booked" => "appointment.approved",
            _ => "appointment.no_show",
        };
        happened(self, kind, key(appointment), now);
    }
}

/// A visitor does not see an organisation that was unpublished meanwhile: the usual time then.
const KEEP_REASON: &str = "
    INSERT INTO contacts (organisation_id, appointment_id, sealed_reason, delete_after)
    VALUES ($1, $2, $3, $4 + coalesce((SELECT retention_days FROM organisations WHERE id = $1), 90) * interval '1 day')
    ON CONFLICT (organisation_id, appointment_id) DO UPDATE SET sealed_reason = excluded.sealed_reason";

/// Which appointment.
type Key = (OrganisationId, AppointmentId);

const fn key(appointment: &Appointment) -> Key {
    (appointment.organisation_id, appointment.id)
}

/// Binds the first five parameters: which appointment, and what every change of its status writes.
fn with_status(
    text: &'static str,
    (organisation, id): Key,
    columns: &StatusColumns,
    version: i64,
) -> Statement<'static> {
    Statement::new(text)
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Text, _>(columns.status)
        .bind::<Nullable<Timestamptz>, _>(columns.ended_at)
        .bind::<BigInt, _>(version + 1)
}

pub(crate) fn deadline_minutes(terms: Terms) -> i32 {
    count(terms.cancellation_deadline)
}

pub(crate) fn move_deadline_minutes(terms: Terms) -> i32 {
    count(terms.reschedule_deadline)
}

fn count(deadline: Minutes) -> i32 {
    // At most 366 days.
    i32::try_from(deadline.count()).unwrap_or(i32::MAX)
}

pub(crate) fn happened(
    transaction: &mut Transaction,
    kind: &'static str,
    (organisation, id): Key,
    now: DateTime<Utc>,
) {
    transaction.write(
        Statement::new(
            "INSERT INTO outbox_events (organisation_id, id, kind, subject_id, occurred_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<SqlUuid, _>(Uuid::now_v7())
        .bind::<Text, _>(kind)
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Timestamptz, _>(now),
    );
}
