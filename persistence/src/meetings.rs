//! Meetings of staff, and the rooms that they claim.

mod rooms;
mod save;

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::ids::{MeetingDateId, MeetingId, OrganisationId};
use domain::line::Line;
use domain::meeting::{Meeting, MeetingDate};
use domain::span::Span;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::spans::span;
use crate::statement::Statement;
use crate::stored::{parsed, uuids_of};
use crate::transaction::Transaction;
pub use rooms::{clear_expired, lock, rooms};
pub use save::{cancel, insert};

/// A meeting with its dates, by their start.
#[derive(Debug, Clone)]
pub struct Found {
    pub meeting: Meeting,
    pub dates: Vec<MeetingDate>,
}

/// A row for each date.
#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    meeting_id: Uuid,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Nullable<Text>)]
    rule: Option<String>,
    #[diesel(sql_type = Text)]
    time_zone: String,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    room_id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    ends_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    cancelled_at: Option<DateTime<Utc>>,
}

/// Dates `d` of meetings `m`; needs a condition behind.
macro_rules! select_dates {
    ($rest:literal) => {
        concat!(
            "SELECT m.organisation_id, m.id AS meeting_id, m.title, m.rule, m.time_zone, m.created_at,
       d.id, d.room_id, d.starts_at, d.ends_at, d.cancelled_at
FROM meetings m
JOIN meeting_dates d ON d.organisation_id = m.organisation_id AND d.meeting_id = m.id
WHERE ",
            $rest
        )
    };
}

/// The meeting, as the walls let it through.
pub async fn find(transaction: &mut Transaction, id: MeetingId) -> Result<Option<Found>> {
    let query = Statement::new(select_dates!("m.id = $1 ORDER BY d.starts_at"));
    found(transaction.ask(query.bind::<SqlUuid, _>(id.uuid())).await?)
}

/// As [`find`], for a change: its dates are locked.
pub async fn find_for_update(
    transaction: &mut Transaction,
    id: MeetingId,
) -> Result<Option<Found>> {
    let query = Statement::new(select_dates!(
        "m.id = $1 ORDER BY d.starts_at FOR NO KEY UPDATE OF d"
    ));
    found(transaction.ask(query.bind::<SqlUuid, _>(id.uuid())).await?)
}

/// At most `limit` dates that are not cancelled and start in the window, in the order of their
/// starts, those after `after`, each with its meeting.
pub async fn agenda(
    transaction: &mut Transaction,
    within: &[OrganisationId],
    window: Span,
    after: Option<(DateTime<Utc>, MeetingDateId)>,
    limit: i64,
) -> Result<Vec<(Meeting, MeetingDate)>> {
    let query = Statement::new(select_dates!(
        "m.organisation_id = ANY ($1) AND d.starts_at >= $2 AND d.starts_at < $3 AND d.cancelled_at IS NULL
  AND ($4 IS NULL OR (d.starts_at, d.id) > ($4, $5))
ORDER BY d.starts_at, d.id LIMIT $6"
    ))
    .bind::<Array<SqlUuid>, _>(uuids_of(within))
    .bind::<Timestamptz, _>(window.from())
    .bind::<Timestamptz, _>(window.before())
    .bind::<Nullable<Timestamptz>, _>(after.map(|(starts_at, _)| starts_at))
    .bind::<Nullable<SqlUuid>, _>(after.map(|(_, id)| id.uuid()))
    .bind::<BigInt, _>(limit);
    let rows: Vec<Row> = transaction.ask(query).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

fn found(rows: Vec<Row>) -> Result<Option<Found>> {
    let mut found: Option<Found> = None;
    for row in rows {
        let (meeting, date) = row.try_into()?;
        let found = found.get_or_insert(Found {
            meeting,
            dates: Vec::new(),
        });
        found.dates.push(date);
    }
    Ok(found)
}

impl TryFrom<Row> for (Meeting, MeetingDate) {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let meeting = Meeting {
            id: row.meeting_id.into(),
            organisation_id: row.organisation_id.into(),
            title: Line::new(&row.title).map_err(|error| Error::corrupt("meeting", error))?,
            rule: row.rule,
            time_zone: parsed("meeting", &row.time_zone)?,
            created_at: row.created_at,
        };
        let date = MeetingDate {
            id: row.id.into(),
            room_id: row.room_id.into(),
            span: span(row.starts_at, row.ends_at)?,
            cancelled_at: row.cancelled_at,
        };
        Ok((meeting, date))
    }
}
