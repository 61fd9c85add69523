use chrono::{DateTime, Utc};
use diesel::deserialize;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::row::NamedRow;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Uuid as SqlUuid};
use domain::course::{Course, Enrolment};
use domain::ids::SessionId;
use domain::minutes::Minutes;
use domain::places::{Capacity, Minimum};
use serde_json::Value;
use uuid::Uuid;

use super::Found;
use crate::error::{Error, Result};
use crate::schema::courses;
use crate::slots::{SlotRow, calendar_of};
use crate::stored::{Stored, texts_from_json, texts_to_json};

#[derive(Queryable, Selectable, Insertable, AsChangeset, QueryableByName, Clone)]
#[diesel(table_name = courses, primary_key(organisation_id, id), treat_none_as_null = true)]
pub(crate) struct CourseRow {
    organisation_id: Uuid,
    id: Uuid,
    service_id: Uuid,
    title: Value,
    description: Option<Value>,
    capacity: Option<i32>,
    opens_at: Option<DateTime<Utc>>,
    closes_at: Option<DateTime<Utc>>,
    joins_late: bool,
    takes_place: bool,
    published: bool,
    version: i64,
}

/// What else is told of a course.
#[derive(QueryableByName)]
struct Besides {
    #[diesel(sql_type = Array<SqlUuid>)]
    session_ids: Vec<Uuid>,
    #[diesel(sql_type = Nullable<Integer>)]
    capacity_of_service: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    minimum_participants: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    minimum_deadline_minutes: Option<i32>,
}

/// A course, and one of its dates if there is any.
pub(crate) struct DateRow {
    course: CourseRow,
    besides: Besides,
    pub(super) date: Option<SlotRow>,
    participants: i64,
}

impl QueryableByName<Pg> for DateRow {
    fn build<'a>(row: &impl NamedRow<'a, Pg>) -> deserialize::Result<Self> {
        let participants: Option<i64> = NamedRow::get::<Nullable<BigInt>, _>(row, "participants")?;
        Ok(Self {
            course: <CourseRow as QueryableByName<Pg>>::build(row)?,
            besides: Besides::build(row)?,
            date: participants.map(|_| SlotRow::build(row)).transpose()?,
            participants: participants.unwrap_or_default(),
        })
    }
}

/// The courses of rows that stand together, each with its own calendar.
pub(super) fn found(rows: Vec<DateRow>) -> Result<Vec<Found>> {
    let mut all: Vec<Found> = Vec::new();
    let mut rows = rows.into_iter().peekable();
    while let Some(first) = rows.next() {
        let mut of_one = vec![first];
        let id = of_one[0].course.id;
        while let Some(next) = rows.next_if(|row| row.course.id == id) {
            of_one.push(next);
        }
        all.extend(one(of_one)?);
    }
    Ok(all)
}

/// The course of which all rows tell.
pub(super) fn one(rows: Vec<DateRow>) -> Result<Option<Found>> {
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let (course, besides) = (first.course.clone(), &first.besides);
    let sessions = besides.session_ids.iter().copied();
    let (session_ids, minimum) = (sessions.map(SessionId::new).collect(), besides.minimum()?);
    let capacity_of_service = besides.capacity_of_service.map(capacity).transpose()?;
    let participants = rows.iter().map(|row| row.participants).max();
    let participants = u32::try_from(participants.unwrap_or_default());
    let dates = rows.into_iter().filter_map(|row| row.date).collect();
    Ok(Some(Found {
        course: course.try_into()?,
        session_ids,
        calendar: calendar_of(dates)?,
        participants: participants.map_err(corrupt)?,
        minimum,
        capacity_of_service,
    }))
}

fn corrupt(why: impl std::fmt::Display) -> Error {
    Error::corrupt("course", why)
}

fn capacity(count: i32) -> Result<Capacity> {
    Capacity::new(count.into()).map_err(corrupt)
}

impl Besides {
    fn minimum(&self) -> Result<Option<Minimum>> {
        let minimum = self.minimum_participants.zip(self.minimum_deadline_minutes);
        let minimum = minimum.map(|(participants, deadline)| {
            let deadline = u32::try_from(deadline).map_err(corrupt)?;
            Ok(Minimum {
                participants: capacity(participants)?,
                deadline: Minutes::new(deadline).map_err(corrupt)?,
            })
        });
        minimum.transpose()
    }
}

impl CourseRow {
    pub(super) fn key(&self) -> (Uuid, Uuid) {
        (self.organisation_id, self.id)
    }
}

impl From<&Stored<Course>> for CourseRow {
    fn from(stored: &Stored<Course>) -> Self {
        let course = &stored.value;
        Self {
            organisation_id: course.organisation_id.uuid(),
            id: course.id.uuid(),
            service_id: course.service_id.uuid(),
            title: texts_to_json(&course.title),
            description: course.description.as_ref().map(texts_to_json),
            capacity: course.capacity.map(|capacity| capacity.count().into()),
            opens_at: course.enrolment.opens_at,
            closes_at: course.enrolment.closes_at,
            joins_late: course.enrolment.joins_late,
            takes_place: course.takes_place,
            published: course.published,
            version: stored.version,
        }
    }
}

impl TryFrom<CourseRow> for Stored<Course> {
    type Error = Error;

    fn try_from(row: CourseRow) -> Result<Self> {
        let enrolment = Enrolment::new(row.opens_at, row.closes_at, row.joins_late);
        let value = Course {
            id: row.id.into(),
            organisation_id: row.organisation_id.into(),
            service_id: row.service_id.into(),
            title: texts_from_json(row.title)?,
            description: row.description.map(texts_from_json).transpose()?,
            capacity: row.capacity.map(capacity).transpose()?,
            enrolment: enrolment.map_err(corrupt)?,
            takes_place: row.takes_place,
            published: row.published,
        };
        Ok(Self {
            value,
            version: row.version,
        })
    }
}
