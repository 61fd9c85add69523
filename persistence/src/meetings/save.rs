//! Meetings are written in sets: a few statements, however many dates there are.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::ids::{MeetingDateId, OrganisationId};
use domain::meeting::MeetingDate;
use uuid::Uuid;

use super::Found;
use crate::statement::Statement;
use crate::stored::uuids_of;
use crate::transaction::Transaction;

/// Enters the meeting and claims the room of each date; the rooms are locked.
pub fn insert(transaction: &mut Transaction, found: &Found) {
    let meeting = &found.meeting;
    let organisation = meeting.organisation_id;
    transaction.queue(
        Statement::new(
            "INSERT INTO meetings (organisation_id, id, title, rule, time_zone, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<SqlUuid, _>(meeting.id.uuid())
        .bind::<Text, _>(meeting.title.to_string())
        .bind::<Nullable<Text>, _>(meeting.rule.clone())
        .bind::<Text, _>(meeting.time_zone.name())
        .bind::<Timestamptz, _>(meeting.created_at),
    );
    transaction.queue(
        bound_to(
            "INSERT INTO meeting_dates (organisation_id, id, room_id, starts_at, ends_at, meeting_id)
             SELECT $1, date.*, $6 FROM unnest($2, $3, $4, $5) AS date",
            organisation,
            &found.dates,
        )
        .bind::<SqlUuid, _>(meeting.id.uuid()),
    );
    transaction.queue(bound_to(
        "INSERT INTO allocations (organisation_id, resource_id, claim_id, claimed_by_organisation_id, kind, starts_at, ends_at)
         SELECT $1, date.room_id, date.id, $1, 'meeting', date.starts_at, date.ends_at
         FROM unnest($2, $3, $4, $5) AS date (id, room_id, starts_at, ends_at) ORDER BY 2",
        organisation,
        &found.dates,
    ));
    happened(transaction, "meeting.made", found, meeting.created_at);
}

/// `$1` organisation, `$2` ids, `$3` rooms, `$4` starts, `$5` ends.
fn bound_to(
    text: &'static str,
    organisation: OrganisationId,
    dates: &[MeetingDate],
) -> Statement<'static> {
    Statement::new(text)
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Array<SqlUuid>, _>(each(dates, |date| date.id.uuid()))
        .bind::<Array<SqlUuid>, _>(each(dates, |date| date.room_id.uuid()))
        .bind::<Array<Timestamptz>, _>(each(dates, |date| date.span.from()))
        .bind::<Array<Timestamptz>, _>(each(dates, |date| date.span.before()))
}

fn each<T>(dates: &[MeetingDate], part: impl Fn(&MeetingDate) -> T) -> Vec<T> {
    dates.iter().map(part).collect()
}

/// Cancels dates that are locked, and frees their rooms.
pub fn cancel(
    transaction: &mut Transaction,
    found: &Found,
    dates: &[MeetingDateId],
    now: DateTime<Utc>,
) {
    let organisation = found.meeting.organisation_id;
    transaction.queue(
        Statement::new(
            "DELETE FROM allocations WHERE organisation_id = $1 AND claim_id = ANY ($2)",
        )
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Array<SqlUuid>, _>(uuids_of(dates)),
    );
    transaction.queue(
        Statement::new(
            "UPDATE meeting_dates SET cancelled_at = $3 WHERE organisation_id = $1 AND id = ANY ($2)",
        )
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Array<SqlUuid>, _>(uuids_of(dates))
        .bind::<Timestamptz, _>(now),
    );
    happened(transaction, "meeting.cancelled", found, now);
}

fn happened(transaction: &mut Transaction, kind: &'static str, found: &Found, now: DateTime<Utc>) {
    transaction.queue(
        Statement::new(
            "INSERT INTO outbox_events (organisation_id, id, kind, subject_id, occurred_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind::<SqlUuid, _>(found.meeting.organisation_id.uuid())
        .bind::<SqlUuid, _>(Uuid::now_v7())
        .bind::<Text, _>(kind)
        .bind::<SqlUuid, _>(found.meeting.id.uuid())
        .bind::<Timestamptz, _>(now),
    );
}
