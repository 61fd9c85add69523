//! Series: appointments that were booked together.

mod open;
mod save;

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::actor::Staff;
use domain::code::Code;
use domain::ids::{AccountId, SeriesId};
use domain::series::Series;
use uuid::Uuid;

use crate::acting::{as_holder, as_staff};
use crate::appointments::{Found, Row, select_appointment};
use crate::database::Database;
use crate::error::{Error, Result};
use crate::statement::Statement;
use crate::stored::parsed;
pub use open::{look, open_dates, open_moves, open_series, read_series};
pub(crate) use save::traces;
pub use save::{Cancelled, NewSeries};

/// A series with all of its appointments, by their start.
#[derive(Debug, Clone)]
pub struct FoundSeries {
    pub series: Series,
    pub appointments: Vec<Found>,
}

/// One of its appointments, and the series beside it.
#[derive(QueryableByName)]
pub(crate) struct SeriesRow {
    #[diesel(sql_type = SqlUuid)]
    of_series: Uuid,
    #[diesel(sql_type = SqlUuid)]
    series_organisation: Uuid,
    #[diesel(sql_type = SqlUuid)]
    series_service: Uuid,
    #[diesel(sql_type = Text)]
    series_code: String,
    #[diesel(sql_type = Nullable<Text>)]
    series_rule: Option<String>,
    #[diesel(sql_type = Text)]
    series_time_zone: String,
    #[diesel(sql_type = Timestamptz)]
    series_booked_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    series_course: Option<Uuid>,
    #[diesel(embed)]
    appointment: Row,
}

/// The appointments of a series `s` with it; needs a condition behind, and may lock them.
macro_rules! select_series {
    ($appointments:literal, $condition:literal) => {
        concat!(
            "SELECT s.id AS of_series, s.organisation_id AS series_organisation, s.service_id AS series_service,
       s.code AS series_code, s.rule AS series_rule, s.time_zone AS series_time_zone, s.booked_at AS series_booked_at,
       s.course_id AS series_course, b.*
FROM series s
CROSS JOIN LATERAL (",
            select_appointment!($appointments),
            ") AS b ",
            $condition
        )
    };
}
pub(crate) use select_series;

/// Nothing when there are no rows.
pub(crate) fn found(rows: Vec<SeriesRow>) -> Result<Option<FoundSeries>> {
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let code = first.series_code.parse::<Code>();
    let series = Series {
        id: first.of_series.into(),
        organisation_id: first.series_organisation.into(),
        service_id: first.series_service.into(),
        code: code.map_err(|error| Error::corrupt("series", error))?,
        rule: first.series_rule.clone(),
        course_id: first.series_course.map(Into::into),
        time_zone: parsed("series", &first.series_time_zone)?,
        booked_at: first.series_booked_at,
    };
    let appointments = rows.into_iter().map(|row| row.appointment.try_into());
    let mut appointments = appointments.collect::<Result<Vec<Found>>>()?;
    appointments.sort_by_key(|found| (found.appointment.place.span.from(), found.appointment.id));
    Ok(Some(FoundSeries {
        series,
        appointments,
    }))
}

/// The series, if the secret with that hash opens it.
pub async fn find_as_holder(
    database: &Database,
    secret_hash: [u8; 32],
    id: SeriesId,
) -> Result<Option<FoundSeries>> {
    let query = Statement::new(as_holder!(select_series!(
        "WHERE a.organisation_id = s.organisation_id AND a.series_id = s.id",
        "WHERE s.id = $2"
    )))
    .bind::<Binary, _>(secret_hash.to_vec())
    .bind::<SqlUuid, _>(id.uuid());
    found(database.holder_finds_rows(query).await?)
}

/// The series with that code, if the secret with that hash opens it.
pub async fn find_by_code(
    database: &Database,
    secret_hash: [u8; 32],
    code: &Code,
) -> Result<Option<FoundSeries>> {
    let query = Statement::new(as_holder!(select_series!(
        "WHERE a.organisation_id = s.organisation_id AND a.series_id = s.id",
        "WHERE s.code = $2"
    )))
    .bind::<Binary, _>(secret_hash.to_vec())
    .bind::<Text, _>(code.letters().to_owned());
    found(database.holder_finds_rows(query).await?)
}

/// The series, if the walls let it through to that account, and who that is. `None` when the account
/// is gone.
pub async fn find_as_staff(
    database: &Database,
    account: AccountId,
    id: SeriesId,
) -> Result<Option<(Staff, Option<FoundSeries>)>> {
    let query = Statement::new(as_staff!(select_series!(
        "WHERE a.organisation_id = s.organisation_id AND a.series_id = s.id",
        "WHERE s.id = $2"
    )))
    .bind::<SqlUuid, _>(account.uuid())
    .bind::<SqlUuid, _>(id.uuid());
    let Some((staff, rows)) = database.staff_finds_rows(account, query).await? else {
        return Ok(None);
    };
    Ok(Some((staff, found(rows)?)))
}
