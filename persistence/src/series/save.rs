//! The last round trip: a few statements, however many appointments there are.

use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Array, Binary, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::actor::Actor;
use domain::appointment::{Appointment, Status};
use domain::booking::{Booked, Claimed, Terms};
use domain::ids::OrganisationId;
use domain::series::{Series, Step};
use uuid::Uuid;

use crate::appointments::StatusColumns;
use crate::audit::Entry;
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
            &appointments,
            self.actor,
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
            "INSERT INTO series (organisation_id, id, service_id, code, secret_hash, rule, time_zone, booked_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind::<SqlUuid, _>(series.organisation_id.uuid())
        .bind::<SqlUuid, _>(series.id.uuid())
        .bind::<SqlUuid, _>(series.service_id.uuid())
        .bind::<Text, _>(series.code.letters().to_owned())
        .bind::<Binary, _>(self.secret_hash.to_vec())
        .bind::<Nullable<Text>, _>(series.rule.clone())
        .bind::<Text, _>(series.time_zone.name())
        .bind::<Timestamptz, _>(series.booked_at)
    }

    /// What was wished is the same for all; where and when is not, for rooms and modalities may differ.
    fn appointments(&self, appointments: &[&Appointment]) -> Statement<'static> {
        let wished = appointments.first();
        let language = wished.and_then(|one| one.language.as_ref().map(ToString::to_string));
        let interpreter = wished.is_some_and(|one| one.interpreter_needed);
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
            .bind::<Bool, _>(interpreter)
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
            .bind::<Array<Integer>, _>(terms.map(deadline_minutes).collect::<Vec<_>>())
            .bind::<Array<Nullable<Timestamptz>>, _>(each(appointments, |one| {
                one.status.answer_by()
            }))
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

/// Locked appointments of a series that are cancelled now.
#[derive(Debug)]
pub struct Cancelled<'a> {
    pub organisation: OrganisationId,
    pub appointments: Vec<&'a Appointment>,
    /// Why, sealed for each of the appointments; or nothing.
    pub sealed_reasons: Vec<Vec<u8>>,
    pub actor: &'a Actor,
    pub now: DateTime<Utc>,
}

impl Cancelled<'_> {
    pub fn save(self, transaction: &mut Transaction) {
        let appointments = &self.appointments;
        transaction.write(release(self.organisation, appointments));
        let columns = appointments
            .first()
            .map(|one| StatusColumns::from(&one.status));
        transaction.write(
            Statement::new(
                "UPDATE appointments SET status = 'cancelled', ended_at = $3, cancelled_by = $4, version = version + 1
                 WHERE organisation_id = $1 AND id = ANY ($2)",
            )
            .bind::<SqlUuid, _>(self.organisation.uuid())
            .bind::<Array<SqlUuid>, _>(ids(appointments))
            .bind::<Timestamptz, _>(self.now)
            .bind::<Nullable<Text>, _>(columns.and_then(|columns| columns.cancelled_by)),
        );
        traces(
            transaction,
            ("appointment.cancelled", "cancel"),
            self.organisation,
            appointments,
            self.actor,
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

impl Transaction {
    /// Moves locked appointments: frees the old places and takes the new ones, or none.
    pub fn move_all(
        &mut self,
        moves: &[Step],
        organisation: OrganisationId,
        actor: &Actor,
        now: DateTime<Utc>,
    ) {
        let appointments: Vec<&Appointment> = moves.iter().map(|one| &one.appointment).collect();
        self.write(release(organisation, &appointments));
        self.in_order();
        let claims = moves.iter().map(|one| (&one.appointment, &one.claim));
        self.write(claims_of(organisation, claims));
        self.write(moved(moves, organisation, &appointments));
        self.write(
            Statement::new(
                "UPDATE contacts c SET delete_after = c.delete_after + moved.later
                 FROM unnest($2, $3, $4) AS place (id, before, after)
                 CROSS JOIN LATERAL (SELECT place.after - place.before AS later) AS moved
                 WHERE c.organisation_id = $1 AND c.appointment_id = place.id",
            )
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<Array<SqlUuid>, _>(ids(&appointments))
            .bind::<Array<Timestamptz>, _>(
                moves
                    .iter()
                    .map(|one| one.before.before())
                    .collect::<Vec<_>>(),
            )
            .bind::<Array<Timestamptz>, _>(each(&appointments, |one| one.place.span.before())),
        );
        traces(
            self,
            ("appointment.moved", "reschedule"),
            organisation,
            &appointments,
            actor,
            now,
        );
    }
}

fn moved(
    moves: &[Step],
    organisation: OrganisationId,
    appointments: &[&Appointment],
) -> Statement<'static> {
    let terms = moves.iter().map(|one| one.terms);
    let zones: Vec<_> = terms.clone().map(|terms| terms.time_zone.name()).collect();
    let modalities = appointments
        .iter()
        .map(|one| one.place.modality.to_string());
    Statement::new(
        "UPDATE appointments a
         SET session_id = place.session_id, site_id = place.site_id, counsellor_id = place.counsellor_id,
             room_id = place.room_id, starts_at = place.starts_at, ends_at = place.ends_at,
             modality = place.modality, time_zone = place.time_zone,
             cancellation_deadline_minutes = place.deadline, answer_by = coalesce(place.answer_by, a.answer_by),
             version = a.version + 1
         FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
              AS place (id, session_id, site_id, counsellor_id, room_id, starts_at, ends_at, modality, time_zone, deadline, answer_by)
         WHERE a.organisation_id = $1 AND a.id = place.id",
    )
    .bind::<SqlUuid, _>(organisation.uuid())
    .bind::<Array<SqlUuid>, _>(ids(appointments))
    .bind::<Array<SqlUuid>, _>(each(appointments, |one| one.place.session_id.uuid()))
    .bind::<Array<SqlUuid>, _>(each(appointments, |one| one.place.site_id.uuid()))
    .bind::<Array<SqlUuid>, _>(each(appointments, |one| one.place.counsellor_id.uuid()))
    .bind::<Array<Nullable<SqlUuid>>, _>(each(appointments, room))
    .bind::<Array<Timestamptz>, _>(each(appointments, |one| one.place.span.from()))
    .bind::<Array<Timestamptz>, _>(each(appointments, |one| one.place.span.before()))
    .bind::<Array<Text>, _>(modalities.collect::<Vec<_>>())
    .bind::<Array<Text>, _>(zones)
    .bind::<Array<Integer>, _>(terms.map(deadline_minutes).collect::<Vec<_>>())
    .bind::<Array<Nullable<Timestamptz>>, _>(each(appointments, |one| one.status.answer_by()))
}

const INSERT: &str = "
    INSERT INTO appointments (organisation_id, series_id, service_id, secret_hash, language, interpreter_needed, booked_at,
        id, code, session_id, site_id, counsellor_id, room_id, starts_at, ends_at, modality, status, time_zone,
        cancellation_deadline_minutes, answer_by)
    SELECT $1, $2, $3, $4, $5, $6, $7, date.*
    FROM unnest($8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) AS date";

/// A visitor does not see an organisation that was unpublished meanwhile: the usual time then.
const KEEP_REASONS: &str = "
    INSERT INTO contacts (organisation_id, appointment_id, sealed_reason, delete_after)
    SELECT $1, why.id, why.sealed,
           why.ends_at + coalesce((SELECT retention_days FROM organisations WHERE id = $1), 90) * interval '1 day'
    FROM unnest($2, $3, $4) AS why (id, ends_at, sealed)
    ON CONFLICT (organisation_id, appointment_id) DO UPDATE SET sealed_reason = excluded.sealed_reason";

/// Claims what each of them takes, in the order of the resources.
fn claims_of<'a>(
    organisation: OrganisationId,
    claims: impl Iterator<Item = (&'a Appointment, &'a Claimed)>,
) -> Statement<'static> {
    let (mut ids, mut resources, mut starts, mut ends) = (vec![], vec![], vec![], vec![]);
    for (appointment, claimed) in claims {
        for (resource, span) in claimed.parts() {
            ids.push(appointment.id.uuid());
            resources.push(resource.uuid());
            starts.push(span.from());
            ends.push(span.before());
        }
    }
    Statement::new(
        "INSERT INTO allocations (organisation_id, resource_id, claim_id, claimed_by_organisation_id, kind, starts_at, ends_at)
         SELECT $1, claim.resource_id, claim.id, $1, 'appointment', claim.starts_at, claim.ends_at
         FROM unnest($2, $3, $4, $5) AS claim (id, resource_id, starts_at, ends_at) ORDER BY 2",
    )
    .bind::<SqlUuid, _>(organisation.uuid())
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<SqlUuid>, _>(resources)
    .bind::<Array<Timestamptz>, _>(starts)
    .bind::<Array<Timestamptz>, _>(ends)
}

fn release(organisation: OrganisationId, appointments: &[&Appointment]) -> Statement<'static> {
    Statement::new("DELETE FROM allocations WHERE organisation_id = $1 AND claim_id = ANY ($2)")
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Array<SqlUuid>, _>(ids(appointments))
}

/// An event and an audit entry for each of the appointments.
fn traces(
    transaction: &mut Transaction,
    (kind, action): (&'static str, &'static str),
    organisation: OrganisationId,
    appointments: &[&Appointment],
    actor: &Actor,
    now: DateTime<Utc>,
) {
    happened(transaction, kind, organisation, ids(appointments), now);
    transaction.write(
        Statement::new(
            "INSERT INTO audit_entries (organisation_id, id, occurred_at, account_id, action, subject_kind, subject_id)
             SELECT $1, entry.id, $2, $3, $4, 'appointment', entry.subject_id
             FROM unnest($5, $6) AS entry (id, subject_id)",
        )
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Timestamptz, _>(now)
        .bind::<Nullable<SqlUuid>, _>(actor.account_id().map(Uuid::from))
        .bind::<Text, _>(action)
        .bind::<Array<SqlUuid>, _>(new_ids(appointments.len()))
        .bind::<Array<SqlUuid>, _>(ids(appointments)),
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

fn each<T>(appointments: &[&Appointment], part: impl Fn(&Appointment) -> T) -> Vec<T> {
    appointments.iter().map(|one| part(one)).collect()
}

fn deadline_minutes(terms: Terms) -> i32 {
    // At most 366 days.
    i32::try_from(terms.cancellation_deadline.count()).unwrap_or(i32::MAX)
}
