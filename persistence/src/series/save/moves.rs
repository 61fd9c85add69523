use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::Actor;
use domain::appointment::Appointment;
use domain::ids::OrganisationId;
use domain::reason::ReasonCode;
use domain::series::Step;

use super::{claims_of, each, ids, interpreter, release, room, traces};
use crate::appointments::{deadline_minutes, move_deadline_minutes};
use crate::statement::Statement;
use crate::transaction::Transaction;

impl Transaction {
    /// Moves locked appointments: frees the old places and takes the new ones, or none.
    pub fn move_all(
        &mut self,
        moves: &[Step],
        organisation: OrganisationId,
        reason: Option<&ReasonCode>,
        actor: &Actor,
        now: DateTime<Utc>,
    ) {
        let appointments: Vec<&Appointment> = moves.iter().map(|one| &one.appointment).collect();
        release(self, organisation, &appointments);
        self.in_order();
        let claims = moves.iter().map(|one| (&one.appointment, &one.claim));
        self.write(claims_of(organisation, claims));
        self.write(moved(moves, organisation, reason, &appointments));
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
            &ids(&appointments),
            actor.account_id(),
            now,
        );
    }
}

fn moved(
    moves: &[Step],
    organisation: OrganisationId,
    reason: Option<&ReasonCode>,
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
             room_id = place.room_id, interpreter_id = place.interpreter_id, starts_at = place.starts_at, ends_at = place.ends_at,
             modality = place.modality, time_zone = place.time_zone,
             cancellation_deadline_minutes = place.deadline, answer_by = coalesce(place.answer_by, a.answer_by),
             reschedule_deadline_minutes = place.move_deadline, move_reason = $14, version = a.version + 1
         FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $15)
              AS place (id, session_id, site_id, counsellor_id, room_id, starts_at, ends_at, modality, time_zone, deadline, answer_by, move_deadline, interpreter_id)
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
    .bind::<Array<Integer>, _>(terms.clone().map(deadline_minutes).collect::<Vec<_>>())
    .bind::<Array<Nullable<Timestamptz>>, _>(each(appointments, |one| one.status.answer_by()))
    .bind::<Array<Integer>, _>(terms.map(move_deadline_minutes).collect::<Vec<_>>())
    .bind::<Nullable<Text>, _>(reason.map(ToString::to_string))
    .bind::<Array<Nullable<SqlUuid>>, _>(each(appointments, interpreter))
}
