//! Sessions are written in sets: one statement, however many a schedule publishes.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::sql_types::{
    Array, Bool, Integer, Nullable, Text, Timestamp, Timestamptz, Uuid as SqlUuid,
};
use domain::ids::{OrganisationId, RoomId, ScheduleId, SessionId};
use domain::publication::SessionContent;
use domain::session::Session;
use domain::span::Span;
use uuid::Uuid;

use crate::kept;
use crate::places;
use crate::statement::Statement;
use crate::stored::{Stored, texts_of, uuids_of};
use crate::transaction::Transaction;

/// Sessions of one organisation that differ in nothing but their time.
#[derive(Debug)]
pub(crate) struct Batch<'b> {
    pub organisation_id: OrganisationId,
    /// All but the span holds for each.
    pub content: &'b SessionContent,
    pub ids: Vec<SessionId>,
    pub spans: Vec<Span>,
}

impl Batch<'_> {
    fn starts(&self) -> Vec<DateTime<Utc>> {
        self.spans.iter().map(|span| span.from()).collect()
    }

    fn ends(&self) -> Vec<DateTime<Utc>> {
        self.spans.iter().map(|span| span.before()).collect()
    }

    /// `$1` organisation, `$2` ids, `$3` starts, `$4` ends, `$5` counsellor, `$6` site, `$7` room,
    /// `$8` modalities, `$9` opens on holidays, `$10` to `$12` what is kept for staff.
    fn bound_to(&self, text: &'static str) -> Statement<'static> {
        Statement::new(text)
            .bind::<SqlUuid, _>(self.organisation_id.uuid())
            .bind::<Array<SqlUuid>, _>(uuids_of(&self.ids))
            .bind::<Array<Timestamptz>, _>(self.starts())
            .bind::<Array<Timestamptz>, _>(self.ends())
            .bind::<SqlUuid, _>(self.content.counsellor_id.uuid())
            .bind::<SqlUuid, _>(self.content.site_id.uuid())
            .bind::<Nullable<SqlUuid>, _>(self.content.room_id.map(RoomId::uuid))
            .bind::<Array<Text>, _>(texts_of(&self.content.modalities))
            .bind::<Bool, _>(self.content.opens_on_holidays)
            .bind::<Text, _>(kept::audience(self.content.kept))
            .bind::<Nullable<Integer>, _>(kept::opens_to_all(self.content.kept))
            .bind::<Integer, _>(i32::from(self.content.kept.desk_places.count()))
    }

    fn offer_services(&self, transaction: &mut Transaction) {
        if self.content.kept.is_something() {
            self.tell_services(transaction);
        }
        let offer = Statement::new(
            "INSERT INTO session_services (organisation_id, session_id, service_id, starts_at)
             SELECT $1, n.id, service_id, n.starts_at
             FROM unnest($2, $3) AS n (id, starts_at) CROSS JOIN unnest($4) AS service_id
             ON CONFLICT ON CONSTRAINT session_services_pkey DO NOTHING",
        );
        transaction.queue(
            offer
                .bind::<SqlUuid, _>(self.organisation_id.uuid())
                .bind::<Array<SqlUuid>, _>(uuids_of(&self.ids))
                .bind::<Array<Timestamptz>, _>(self.starts())
                .bind::<Array<SqlUuid>, _>(uuids_of(&self.content.service_ids)),
        );
    }
}

impl Batch<'_> {
    /// Lets searches for these services ask what their sessions keep, before they are offered.
    fn tell_services(&self, transaction: &mut Transaction) {
        let tell = Statement::new(
            "WITH told AS (
                 SELECT id FROM services WHERE organisation_id = $1 AND id = ANY ($2) AND NOT keeps_for_staff
                 ORDER BY id FOR NO KEY UPDATE)
             UPDATE services v SET keeps_for_staff = true FROM told WHERE v.organisation_id = $1 AND v.id = told.id",
        );
        transaction.queue(
            tell.bind::<SqlUuid, _>(self.organisation_id.uuid())
                .bind::<Array<SqlUuid>, _>(uuids_of(&self.content.service_ids)),
        );
    }
}

/// Inserts sessions of a schedule with their original local starts.
pub(crate) fn insert_all(
    transaction: &mut Transaction,
    batch: &Batch<'_>,
    schedule: ScheduleId,
    original_starts: Vec<NaiveDateTime>,
) {
    if batch.ids.is_empty() {
        return;
    }
    let insert = batch.bound_to(
        "INSERT INTO sessions (organisation_id, id, schedule_id, original_start, counsellor_id,
                               site_id, room_id, starts_at, ends_at, modalities,
                               opens_on_holidays, status, audience, opens_to_all_minutes, desk_places)
         SELECT $1, n.id, $13, n.original_start, $5, $6, $7, n.starts_at, n.ends_at, $8, $9, 'published', $10, $11, $12
         FROM unnest($2, $3, $4, $14) AS n (id, starts_at, ends_at, original_start)",
    );
    transaction.queue(
        insert
            .bind::<SqlUuid, _>(schedule.uuid())
            .bind::<Array<Timestamp>, _>(original_starts),
    );
    batch.offer_services(transaction);
}

/// Gives sessions the content, and publishes them if they were withdrawn.
pub(crate) fn update_all(transaction: &mut Transaction, batch: &Batch<'_>) {
    if batch.ids.is_empty() {
        return;
    }
    transaction.queue(batch.bound_to(
        "UPDATE sessions s
         SET counsellor_id = $5, site_id = $6, room_id = $7, starts_at = n.starts_at,
             ends_at = n.ends_at, modalities = $8, opens_on_holidays = $9, audience = $10,
             opens_to_all_minutes = $11, desk_places = $12, status = 'published',
             version = s.version + 1
         FROM unnest($2, $3, $4) AS n (id, starts_at, ends_at)
         WHERE s.organisation_id = $1 AND s.id = n.id",
    ));
    let withdraw = Statement::new(
        "DELETE FROM session_services
         WHERE organisation_id = $1 AND session_id = ANY ($2) AND service_id <> ALL ($3)",
    );
    transaction.queue(
        withdraw
            .bind::<SqlUuid, _>(batch.organisation_id.uuid())
            .bind::<Array<SqlUuid>, _>(uuids_of(&batch.ids))
            .bind::<Array<SqlUuid>, _>(uuids_of(&batch.content.service_ids)),
    );
    batch.offer_services(transaction);
}

pub(crate) fn withdraw_all(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    sessions: &[SessionId],
) {
    if sessions.is_empty() {
        return;
    }
    let withdraw = Statement::new(
        "UPDATE sessions SET status = 'withdrawn', version = version + 1
         WHERE organisation_id = $1 AND id = ANY ($2)",
    );
    transaction.queue(
        withdraw
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<Array<SqlUuid>, _>(uuids_of(sessions)),
    );
}

/// Enters a one-off session.
pub fn insert(transaction: &mut Transaction, session: &Session, now: DateTime<Utc>) {
    let batch = alone(session);
    transaction.queue(batch.bound_to(
        "INSERT INTO sessions (organisation_id, id, counsellor_id, site_id, room_id, starts_at,
                               ends_at, modalities, opens_on_holidays, status, edited_by_hand,
                               audience, opens_to_all_minutes, desk_places)
         SELECT $1, n.id, $5, $6, $7, n.starts_at, n.ends_at, $8, $9, 'published', true, $10, $11, $12
         FROM unnest($2, $3, $4) AS n (id, starts_at, ends_at)",
    ));
    batch.offer_services(transaction);
    follow(transaction, session, now);
}

/// Stores the next version of a session that a person has edited and the transaction has locked.
pub fn update(transaction: &mut Transaction, changed: &Stored<Session>, now: DateTime<Utc>) {
    let session = &changed.value;
    update_all(transaction, &alone(session));
    let edit = Statement::new(
        "UPDATE sessions SET edited_by_hand = true, status = $3, version = $4
         WHERE organisation_id = $1 AND id = $2",
    );
    let status = if session.withdrawn {
        "withdrawn"
    } else {
        "published"
    };
    transaction.queue(
        edit.bind::<SqlUuid, _>(session.organisation_id.uuid())
            .bind::<SqlUuid, _>(Uuid::from(session.id))
            .bind::<Text, _>(status)
            .bind::<diesel::sql_types::BigInt, _>(changed.version),
    );
    follow(transaction, session, now);
}

/// Brings what many attend in line with what the session is now.
fn follow(transaction: &mut Transaction, session: &Session, now: DateTime<Utc>) {
    places::set_capacity(transaction, session, now);
    places::follow(transaction, session.organisation_id, &[session.id]);
}

fn alone(session: &Session) -> Batch<'_> {
    Batch {
        organisation_id: session.organisation_id,
        content: &session.content,
        ids: vec![session.id],
        spans: vec![session.content.span],
    }
}
