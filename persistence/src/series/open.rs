//! The round trips before the decision: what is asked, and what is locked. As for one appointment,
//! resources are locked first, in the order of their ids, and the appointments behind them.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::calendar::Calendar;
use domain::ids::{AppointmentId, OrganisationId, SeriesId};
use domain::slot_id::SlotId;
use futures_util::future::{join, join3};
use uuid::Uuid;

use super::{FoundSeries, SeriesRow, found, select_series};
use crate::appointments::{Locked, answers, known_of, select_appointment};
use crate::claims::clear_lent;
use crate::error::Result;
use crate::idempotency::{Attempt, Known};
use crate::slots::{Dates, SlotRow, calendar_of, locked_calendar_of, of_dates, of_slot};
use crate::statement::Statement;
use crate::stored::uuids_of;
use crate::transaction::{Transaction, rows};

/// Whether the request was answered before, and the calendar of the first slot: by its place the
/// dates are counted. Locks nothing. One round trip.
pub async fn look(
    transaction: &mut Transaction,
    slot: &SlotId,
    attempt: Option<&Attempt>,
    now: DateTime<Utc>,
) -> Result<(Known, Calendar)> {
    if let Some(attempt) = attempt {
        transaction.show_key(attempt.key_hash);
    }
    let questions = attempt.map(|attempt| attempt.questions(now));
    let calendar = of_slot(slot, None, None, None, now);
    let (known, calendar) = transaction
        .together(|connection| {
            join(
                answers(connection, questions),
                rows::<SlotRow>(connection, calendar),
            )
        })
        .await?;
    Ok((known_of(attempt, known?), calendar_of(calendar?)?))
}

/// Locks what slots at these starts claim, and reads their calendar. One round trip.
pub async fn open_dates(
    transaction: &mut Transaction,
    dates: &Dates,
    now: DateTime<Utc>,
) -> Result<Calendar> {
    let lock = lock(dates, &[]);
    let calendar = of_dates(dates, Vec::new(), now);
    let (locked, calendar) = transaction
        .together(|connection| {
            join(
                rows::<Locked>(connection, lock),
                rows::<SlotRow>(connection, calendar),
            )
        })
        .await?;
    locked_calendar(transaction, dates, &locked?, calendar?, now)
}

/// As [`open_dates`], for these appointments of the series, which are to move there: locks also what
/// they claim and the series' appointments, and reads those, and the calendar without their claims.
pub async fn open_moves(
    transaction: &mut Transaction,
    series: SeriesId,
    moving: &[AppointmentId],
    dates: &Dates,
    now: DateTime<Utc>,
) -> Result<(Option<FoundSeries>, Calendar)> {
    let lock = lock(dates, moving);
    let appointments = for_update(series);
    let calendar = of_dates(dates, uuids_of(moving), now);
    let (locked, appointments, calendar) = transaction
        .together(|connection| {
            join3(
                rows::<Locked>(connection, lock),
                rows::<SeriesRow>(connection, appointments),
                rows::<SlotRow>(connection, calendar),
            )
        })
        .await?;
    let (locked, appointments) = (locked?, found(appointments?)?);
    let calendar = locked_calendar(transaction, dates, &locked, calendar?, now)?;
    Ok((appointments, calendar))
}

/// Whether the request was answered before, and the series, its appointments locked. One round trip.
pub async fn open_series(
    transaction: &mut Transaction,
    id: SeriesId,
    attempt: Option<&Attempt>,
    now: DateTime<Utc>,
) -> Result<(Known, Option<FoundSeries>)> {
    ask_series(transaction, for_update(id), attempt, now).await
}

/// As [`open_series`], with nothing locked yet.
pub async fn read_series(
    transaction: &mut Transaction,
    id: SeriesId,
    attempt: Option<&Attempt>,
    now: DateTime<Utc>,
) -> Result<(Known, Option<FoundSeries>)> {
    let query = Statement::new(select_series!(
        "WHERE a.organisation_id = s.organisation_id AND a.series_id = s.id",
        "WHERE s.id = $1"
    ));
    let query = query.bind::<SqlUuid, _>(id.uuid());
    ask_series(transaction, query, attempt, now).await
}

async fn ask_series(
    transaction: &mut Transaction,
    query: Statement<'static>,
    attempt: Option<&Attempt>,
    now: DateTime<Utc>,
) -> Result<(Known, Option<FoundSeries>)> {
    if let Some(attempt) = attempt {
        transaction.show_key(attempt.key_hash);
    }
    let questions = attempt.map(|attempt| attempt.questions(now));
    let (series, known) = transaction
        .together(|connection| {
            join(
                rows::<SeriesRow>(connection, query),
                answers(connection, questions),
            )
        })
        .await?;
    let (series, known) = (found(series?)?, known?);
    Ok((known_of(attempt, known), series))
}

fn for_update(id: SeriesId) -> Statement<'static> {
    Statement::new(select_series!(
        "WHERE a.organisation_id = s.organisation_id AND a.series_id = s.id ORDER BY a.id FOR NO KEY UPDATE OF a",
        "WHERE s.id = $1"
    ))
    .bind::<SqlUuid, _>(id.uuid())
}

fn lock(dates: &Dates, moving: &[AppointmentId]) -> Statement<'static> {
    Statement::new(LOCK)
        .bind::<SqlUuid, _>(dates.organisation.uuid())
        .bind::<SqlUuid, _>(dates.service.uuid())
        .bind::<SqlUuid, _>(dates.counsellor.uuid())
        .bind::<Array<Timestamptz>, _>(dates.instants())
        .bind::<Array<SqlUuid>, _>(uuids_of(moving))
        .bind::<Nullable<Text>, _>(dates.interpreted())
}

/// As for one slot: a session that got another counsellor or room between the lock and the reading
/// is offered no more, and what is left of expired holds goes with the next write.
fn locked_calendar(
    transaction: &mut Transaction,
    dates: &Dates,
    locked: &[Locked],
    mut rows: Vec<SlotRow>,
    now: DateTime<Utc>,
) -> Result<Calendar> {
    let locked: Vec<Uuid> = locked.iter().map(|resource| resource.id).collect();
    rows.retain(|row| row.resources().iter().all(|id| locked.contains(id)));
    if rows
        .iter()
        .any(|row| row.is_among_expired() || row.is_choosing())
    {
        remove_expired(transaction, dates.organisation, dates, &locked, now);
    }
    if rows.iter().any(SlotRow::tells_of_loans) {
        let starts = dates.instants();
        let between = starts.iter().min().zip(starts.iter().max());
        if let Some((first, last)) = between {
            let organisation = dates.organisation;
            clear_lent(transaction, organisation, &locked, (*first, *last), now);
        }
    }
    locked_calendar_of(rows, |id| locked.contains(&id))
}

fn remove_expired(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    dates: &Dates,
    resources: &[Uuid],
    now: DateTime<Utc>,
) {
    transaction.queue(
        Statement::new(
            "DELETE FROM allocations a
             WHERE a.organisation_id = $1 AND a.resource_id = ANY ($2) AND a.expires_at <= $3
               AND EXISTS (SELECT FROM unnest($4) AS date (starts_at)
                           WHERE a.starts_at > date.starts_at - interval '9 days'
                             AND a.starts_at < date.starts_at + interval '48 hours')",
        )
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Array<SqlUuid>, _>(resources.to_vec())
        .bind::<Timestamptz, _>(now)
        .bind::<Array<Timestamptz>, _>(dates.instants()),
    );
}

const LOCK: &str = "
    SELECT r.id FROM resources r
    WHERE r.id IN (
        SELECT unnest(ARRAY[o.counsellor_id, o.room_id, (
            SELECT q.lent_room_id FROM rooms q WHERE q.organisation_id = $1 AND q.id = o.room_id)] || (
            SELECT CASE WHEN v.needs_room OR v.equipment_ids <> '{}' OR v.books_interpreters
                THEN who_could_serve(v.organisation_id, v.id, o.site_id, o.room_id, o.counsellor_id, $6) END
            FROM services v WHERE v.organisation_id = $1 AND v.id = $2))
        FROM unnest($4) AS date (starts_at)
        JOIN session_services o ON o.organisation_id = $1 AND o.service_id = $2 AND o.counsellor_id = $3
            AND o.starts_at <= date.starts_at AND o.starts_at > date.starts_at - interval '25 hours'
            AND o.ends_at > date.starts_at
        UNION ALL
        SELECT unnest(ARRAY[a.counsellor_id, a.room_id]) FROM appointments a
        WHERE a.organisation_id = $1 AND a.id = ANY ($5)
        UNION ALL
        SELECT $2)
    ORDER BY r.id
    FOR NO KEY UPDATE OF r";
