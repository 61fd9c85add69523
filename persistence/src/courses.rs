//! Courses, and which sessions are their dates.

mod follow;
mod open;
mod rows;
mod write;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::calendar::Calendar;
use domain::course::Course;
use domain::ids::{CourseId, OrganisationId, ServiceId, SessionId};
use domain::modality::Modality;
use domain::places::{Capacity, Minimum};
use domain::service::Topic;
use domain::texts::LanguageTag;
use uuid::Uuid;

use crate::acting::Reader;
use crate::error::Result;
use crate::schema::courses;
use crate::slots::{COURSE, COURSES};
use crate::statement::Statement;
use crate::stored::{Stored, uuids_of};
use crate::transaction::Transaction;
use crate::versioned::versioned;
pub use follow::follow_date;
pub use open::{OpenedCourse, open_course};
use rows::{CourseRow as Row, DateRow};
pub use write::{
    Candidate, candidates, insert, lock, lock_dates, sessions_ahead, set_capacity, set_dates,
    withdraw_dates,
};

/// A course with what is known of its dates.
#[derive(Debug)]
pub struct Found {
    pub course: Stored<Course>,
    /// All of its sessions, also those that were withdrawn.
    pub session_ids: Vec<SessionId>,
    /// The dates that take place, and what decides about them.
    pub calendar: Calendar,
    /// How many have booked, on the date with the most of them.
    pub participants: u32,
    pub minimum: Option<Minimum>,
    /// What each date has, unless by hand.
    pub capacity_of_service: Option<Capacity>,
}

/// Which courses a list has.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub organisation_id: Option<OrganisationId>,
    pub service_id: Option<ServiceId>,
    pub topic: Option<Topic>,
    pub language: Option<LanguageTag>,
    pub modality: Option<Modality>,
    /// Only those below their minimum about which nobody has decided yet, of these organisations.
    pub below_minimum_of: Option<Vec<OrganisationId>>,
}

/// At most `limit` courses that are not over in the order of their ids, those after `after`.
pub async fn list(
    reader: &mut Reader,
    filter: &Filter,
    after: Option<CourseId>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Found>> {
    let deciding = filter.below_minimum_of.as_deref();
    let query = Statement::new(COURSES)
        .bind::<Timestamptz, _>(now)
        .bind::<Nullable<SqlUuid>, _>(filter.organisation_id.map(OrganisationId::uuid))
        .bind::<Nullable<SqlUuid>, _>(filter.service_id.map(ServiceId::uuid))
        .bind::<Nullable<Text>, _>(filter.topic.as_ref().map(ToString::to_string))
        .bind::<Nullable<Text>, _>(filter.language.as_ref().map(ToString::to_string))
        .bind::<Nullable<Text>, _>(filter.modality.map(|modality| modality.to_string()))
        .bind::<Bool, _>(deciding.is_some())
        .bind::<Array<SqlUuid>, _>(uuids_of(deciding.unwrap_or_default()))
        .bind::<SqlUuid, _>(after.map_or(Uuid::nil(), CourseId::uuid))
        .bind::<BigInt, _>(limit);
    rows::found(reader.ask(query).await?)
}

pub async fn look(reader: &mut Reader, id: CourseId, now: DateTime<Utc>) -> Result<Option<Found>> {
    let rows: Vec<DateRow> = reader.ask(find_one(id, now)).await?;
    Ok(rows::found(rows)?.pop())
}

/// As [`look`], within a transaction.
pub async fn look_again(
    transaction: &mut Transaction,
    id: CourseId,
    now: DateTime<Utc>,
) -> Result<Option<Found>> {
    let rows: Vec<DateRow> = transaction.ask(find_one(id, now)).await?;
    Ok(rows::found(rows)?.pop())
}

/// To whom a course belongs, if there is one.
pub async fn organisation_of(
    transaction: &mut Transaction,
    id: CourseId,
) -> Result<Option<OrganisationId>> {
    let query = courses::table
        .select(courses::organisation_id)
        .filter(courses::id.eq(id.uuid()));
    let found: Option<Uuid> = transaction.ask_one(query).await?;
    Ok(found.map(Into::into))
}

fn find_one(id: CourseId, now: DateTime<Utc>) -> Statement<'static> {
    Statement::new(COURSE)
        .bind::<Timestamptz, _>(now)
        .bind::<SqlUuid, _>(id.uuid())
}

versioned!(courses of Course, by CourseId);
