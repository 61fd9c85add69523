//! Counsellors: everything for staff, and what the public may know.

use diesel::prelude::*;
use domain::counsellor::{Counsellor, PublishedCounsellor};
use domain::ids::{AccountId, CounsellorId, OrganisationId};
use domain::line::Line;
use domain::site::Coordinates;
use domain::visits::VisitingArea;
use uuid::Uuid;

use crate::acting::Reader;
use crate::error::{Error, Result};
use crate::resources;
use crate::schema::counsellors;
use crate::stored::{Stored, parsed, parsed_set, texts_of, uuids_of};
use crate::transaction::Transaction;
use crate::versioned::versioned;

pub(crate) mod caps_of;
mod published;

pub use published::{find_published, list_published};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = counsellors, primary_key(organisation_id, id), treat_none_as_null = true)]
struct Row {
    organisation_id: Uuid,
    id: Uuid,
    account_id: Option<Uuid>,
    display_name: String,
    languages: Vec<String>,
    skills: Vec<String>,
    max_per_day: Option<i32>,
    pause_after: Option<i32>,
    pause_minutes: Option<i32>,
    interprets: Vec<String>,
    gender: Option<String>,
    visits_from_latitude: Option<f64>,
    visits_from_longitude: Option<f64>,
    visits_within_km: Option<f64>,
    published: bool,
    version: i64,
}

/// At most `limit` counsellors of these organisations in the order of their ids, those after
/// `after`.
pub async fn list(
    reader: &mut Reader,
    within: &[OrganisationId],
    after: Option<CounsellorId>,
    limit: i64,
) -> Result<Vec<Stored<Counsellor>>> {
    let mut query = counsellors::table
        .select(Row::as_select())
        .filter(counsellors::archived_at.is_null())
        .filter(counsellors::organisation_id.eq_any(uuids_of(within)))
        .order(counsellors::id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(counsellors::id.gt(after.uuid()));
    }
    let rows: Vec<Row> = reader.ask(query).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Enters the counsellor, and the resource that they are.
pub fn insert(transaction: &mut Transaction, counsellor: &Stored<Counsellor>) {
    let Counsellor {
        id,
        organisation_id,
        ..
    } = counsellor.value;
    resources::insert(transaction, organisation_id, id.into(), "counsellor");
    transaction.queue(diesel::insert_into(counsellors::table).values(Row::from(counsellor)));
}

versioned!(counsellors of Counsellor, by CounsellorId);

impl Row {
    fn key(&self) -> (Uuid, Uuid) {
        (self.organisation_id, self.id)
    }
}

/// An area as it is stored.
pub(crate) fn visiting_area(
    latitude: Option<f64>,
    longitude: Option<f64>,
    within_km: Option<f64>,
) -> Result<Option<VisitingArea>> {
    let (Some(latitude), Some(longitude), Some(within_km)) = (latitude, longitude, within_km)
    else {
        return Ok(None);
    };
    let corrupt = |why: &dyn std::fmt::Display| Error::corrupt("counsellor", why);
    let base = Coordinates::new(latitude, longitude).map_err(|error| corrupt(&error))?;
    let area = VisitingArea::new(base, within_km).map_err(|error| corrupt(&error))?;
    Ok(Some(area))
}

impl From<&Stored<Counsellor>> for Row {
    fn from(stored: &Stored<Counsellor>) -> Self {
        let counsellor = &stored.value;
        let caps = counsellor.caps;
        let area = counsellor.visiting_area;
        Self {
            organisation_id: counsellor.organisation_id.uuid(),
            id: counsellor.id.uuid(),
            account_id: counsellor.account_id.map(AccountId::uuid),
            display_name: counsellor.display_name.to_string(),
            languages: texts_of(&counsellor.languages),
            skills: texts_of(&counsellor.skills),
            max_per_day: caps.max_per_day.map(caps_of::talks),
            pause_after: caps.pause.map(|pause| caps_of::talks(pause.after())),
            pause_minutes: caps.pause.map(|pause| caps_of::minutes(pause.length())),
            interprets: texts_of(&counsellor.interprets),
            gender: counsellor.gender.map(|gender| gender.to_string()),
            visits_from_latitude: area.map(|area| area.base().latitude()),
            visits_from_longitude: area.map(|area| area.base().longitude()),
            visits_within_km: area.map(VisitingArea::radius_km),
            published: counsellor.published,
            version: stored.version,
        }
    }
}

impl TryFrom<Row> for Stored<Counsellor> {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let line =
            |text: &String| Line::new(text).map_err(|error| Error::corrupt("counsellor", error));
        let value = Counsellor {
            id: row.id.into(),
            organisation_id: row.organisation_id.into(),
            account_id: row.account_id.map(AccountId::new),
            display_name: line(&row.display_name)?,
            languages: parsed_set("counsellor", &row.languages)?,
            caps: caps_of::read(row.max_per_day, row.pause_after, row.pause_minutes)?,
            skills: row.skills.iter().map(line).collect::<Result<_>>()?,
            interprets: parsed_set("counsellor", &row.interprets)?,
            gender: row
                .gender
                .map(|gender| parsed("counsellor", &gender))
                .transpose()?,
            visiting_area: visiting_area(
                row.visits_from_latitude,
                row.visits_from_longitude,
                row.visits_within_km,
            )?,
            published: row.published,
        };
        Ok(Self {
            value,
            version: row.version,
        })
    }
}
