use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Array, Binary, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::actor::Actor;
use domain::appointment::{Appointment, Status};
use domain::booking::Booked;
use domain::ids::OrganisationId;
use domain::series::Series;
use uuid::Uuid;

use super::{claims_of, each, happened, ids, interpreter, room, traces};
use crate::appointments::{deadline_minutes, move_deadline_minutes};
use crate::audit::Entry;
use crate::places::NewPlaces;
use crate::statement::Statement;
use crate::transaction::Transaction;

/// A series as it is to be stored: who books what, and what each of its appointments claims.
#[derive(Debug)]
pub struct NewSeries<'a> {
    pub series: &'a Series,
    pub booked: &'a [Booked],
    pub secret_hash: [u8; 32],
    /// What the visitor gave, sealed for each of the appointments; or nothing.
    pub sealed_contacts: Vec<Vec<u8>>,
    /// For whose visitors places are booked, if for a partner's.
    pub kept_for: Option<OrganisationId>,
    pub actor: &'a Actor,
    pub now: DateTime<Utc>,
}

impl NewSeries<'_> {
    pub fn insert(self, transaction: &mut Transaction) {
        let organisation = self.series.organisation_id;
        let appointments: Vec<&Appointment> = self
            .booked
            .iter()
            .map(|booked| &booked.appointment)
            .collect();
        // The walls let a visitor add a contact only to what the shown secret opens.
        transaction.show_secret(self.secret_hash);
        transaction.write(self.series());
        let claims = self
            .booked
            .iter()
            .map(|booked| (&booked.appointment, &booked.claim));
        transaction.write(claims_of(organisation, claims));
        self.take_places(transaction);
        transaction.write(self.appointments(&appointments));
        happened(
            transaction,
            "series.booked",
            organisation,
            vec![self.series.id.uuid()],
            self.now,
        );
        traces(
            transaction,
            (self.kind(), "book"),
            organisation,
            &ids(&appointments),
            self.actor.account_id(),
            self.now,
        );
        transaction.audit(Entry {
            organisation_id: organisation,
            account_id: self.actor.account_id(),
            action: "book",
            subject_kind: "series",
            subject_id: self.series.id.uuid(),
            fields: Vec::new(),
            at: self.now,
        });
        if !self.sealed_contacts.is_empty() {
            transaction.in_order();
            transaction.write(self.contacts(&appointments));
        }
    }

    /// Of what many attend, one place in each session.
    fn take_places(&self, transaction: &mut Transaction) {
        let taken = self.booked.iter().filter_map(|booked| {
            let session = booked.claim.place_in?;
            Some((session, booked.appointment.id.uuid()))
        });
        let places = NewPlaces {
            organisation: self.series.organisation_id,
            taken: taken.collect(),
            expires_at: None,
            kept_for: self.kept_for,
        };
        places.insert(transaction, self.now);
    }

    /// Either all of them are requested, or none is.
    fn kind(&self) -> &'static str {
        let requested =
            |booked: &Booked| matches!(booked.appointment.status, Status::Requested { .. });
        if self.booked.iter().any(requested) {
            "appointment.requested"
        } else {
            "appointment.booked"
        }
    }

    fn series(&self) -> Statement<'static> {
        let series = self.series;
        Statement::new(
            "INSERT INTO series (organisation_id, id, service_id, code, secret_hash, rule, time_zone, booked_at, course_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind::<SqlUuid, _>(series.organisation_id.uuid())
        .bind::<SqlUuid, _>(series.id.uuid())
        .bind::<SqlUuid, _>(series.service_id.uuid())
        .bind::<Text, _>(series.code.letters().to_owned())
        .bind::<Binary, _>(self.secret_hash.to_vec())
        .bind::<Nullable<Text>, _>(series.rule.clone())
        .bind::<Text, _>(series.time_zone.name())
        .bind::<Timestamptz, _>(series.booked_at)
        .bind::<Nullable<SqlUuid>, _>(series.course_id.map(Uuid::from))
    }

    /// What was wished is the same for all; where and when is not, for rooms and modalities may differ.
    fn appointments(&self, appointments: &[&Appointment]) -> Statement<'static> {
        let wished = appointments.first();
        let language = wished.and_then(|one| one.language.as_ref().map(ToString::to_string));
        let interpreter_needed = wished.is_some_and(|one| one.interpreter_needed);
        let terms = self.booked.iter().map(|booked| booked.terms);
        let text =
            |text: fn(&Appointment) -> String| appointments.iter().map(|one| text(one)).collect();
        let statuses: Vec<String> = text(|one| one.status.as_str().to_owned());
        let codes: Vec<String> = text(|one| one.code.letters().to_owned());
        let modalities: Vec<String> = text(|one| one.place.modality.to_string());
        Statement::new(INSERT)
            .bind::<SqlUuid, _>(self.series.organisation_id.uuid())
            .bind::<SqlUuid, _>(self.series.id.uuid())
            .bind::<SqlUuid, _>(self.series.service_id.uuid())
            .bind::<Binary, _>(self.secret_hash.to_vec())
            .bind::<Nullable<Text>, _>(language)
            .bind::<Bool, _>(interpreter_needed)
            .bind::<Timestamptz, _>(self.series.booked_at)
            .bind::<Array<SqlUuid>, _>(ids(appointments))
            .bind::<Array<Text>, _>(codes)
            .bind::<Array<SqlUuid>, _>(each(appointments, |one| one.place.session_id.uuid()))
            .bind::<Array<SqlUuid>, _>(each(appointments, |one| one.place.site_id.uuid()))
            .bind::<Array<SqlUuid>, _>(each(appointments, |one| one.place.counsellor_id.uuid()))
            .bind::<Array<Nullable<SqlUuid>>, _>(each(appointments, room))
            .bind::<Array<Timestamptz>, _>(each(appointments, |one| one.place.span.from()))
            .bind::<Array<Timestamptz>, _>(each(appointments, |one| one.place.span.before()))
            .bind::<Array<Text>, _>(modalities)
            .bind::<Array<Text>, _>(statuses)
            .bind::<Array<Text>, _>(
                terms
                    .clone()
                    .map(|terms| terms.time_zone.name())
                    .collect::<Vec<_>>(),
            )
            .bind::<Array<Integer>, _>(terms.clone().map(deadline_minutes).collect::<Vec<_>>())
            .bind::<Array<Nullable<Timestamptz>>, _>(each(appointments, |one| {
                one.status.answer_by()
            }))
            .bind::<Array<Integer>, _>(terms.map(move_deadline_minutes).collect::<Vec<_>>())
            .bind::<Array<Nullable<SqlUuid>>, _>(each(appointments, interpreter))
    }

    fn contacts(self, appointments: &[&Appointment]) -> Statement<'static> {
        Statement::new(
            "INSERT INTO contacts (organisation_id, appointment_id, sealed, delete_after)
             SELECT o.id, given.appointment_id, given.sealed, given.ends_at + o.retention_days * interval '1 day'
             FROM organisations o
             CROSS JOIN unnest($2, $3, $4) AS given (appointment_id, sealed, ends_at)
             WHERE o.id = $1",
        )
        .bind::<SqlUuid, _>(self.series.organisation_id.uuid())
        .bind::<Array<SqlUuid>, _>(ids(appointments))
        .bind::<Array<Binary>, _>(self.sealed_contacts)
        .bind::<Array<Timestamptz>, _>(each(appointments, |one| one.place.span.before()))
    }
}

const INSERT: &str = "
    INSERT INTO appointments (organisation_id, series_id, service_id, secret_hash, language, interpreter_needed, booked_at,
        id, code, session_id, site_id, counsellor_id, room_id, starts_at, ends_at, modality, status, time_zone,
        cancellation_deadline_minutes, answer_by, reschedule_deadline_minutes, interpreter_id)
    SELECT $1, $2, $3, $4, $5, $6, $7, date.*
    FROM unnest($8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22) AS date";
