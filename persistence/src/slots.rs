//! The calendar that slots are cut from, in one statement whatever its size.

mod explain;
mod groups;
mod meaning;
mod needs;
mod one;
mod rows;
mod statements;
mod visits;

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Double, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::calendar::{Calendar, LONGEST_SESSION, SessionOpening};
use domain::distance::Near;
use domain::gender::Gender;
use domain::ids::{CounsellorId, OrganisationId, ServiceId, SessionId, SiteId};
use domain::modality::Modality;
use domain::service::Topic;
use domain::slot_id::SlotId;
use domain::texts::LanguageTag;

use crate::acting::Reader;
use crate::error::Result;
use crate::statement::Statement;
pub use explain::{AskedStart, load_start};
use groups::Group;
pub use one::Dates;
pub(crate) use one::{
    SlotRow, calendar_of, locked_calendar_of, of_dates, of_slot, of_slot_for, of_time,
};
use rows::{Row, calendar};
pub(crate) use statements::{BOOKABLE_COURSE, COURSE, COURSES};
use statements::{BY_SERVICE, BY_SERVICE_AS_WISHED, BY_TOPIC, BY_TOPIC_AS_WISHED};

/// What slots are wanted of.
#[derive(Debug, Clone)]
pub enum Subject {
    Service(ServiceId),
    Topic(Topic),
}

/// Which sessions are of interest.
#[derive(Debug, Clone)]
pub struct Filter {
    pub subject: Subject,
    pub organisation_id: Option<OrganisationId>,
    pub counsellor_id: Option<CounsellorId>,
    pub site_id: Option<SiteId>,
    pub language: Option<LanguageTag>,
    pub modality: Option<Modality>,
    /// The language for which an interpreter has to be free.
    pub interpreter_language: Option<LanguageTag>,
    pub near: Option<Near>,
    /// Only counsellors who say so of themselves, of services that allow that wish.
    pub counsellor_gender: Option<Gender>,
}

/// Which part of the time from now to the horizon is read at once.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    pub from: DateTime<Utc>,
    /// Behind it no more is wanted than what comes next.
    pub until: DateTime<Utc>,
    /// How many sessions are read at most, in the order of their starts and ids.
    pub limit: i64,
}

/// What was read, and how far.
#[derive(Debug)]
pub struct Read {
    pub calendar: Calendar,
    /// The last session up to which all are there: its start and id. `None` when nothing is missing
    /// up to the horizon.
    pub complete_until: Option<(DateTime<Utc>, SessionId)>,
}

/// How many sessions are read of the time behind the window: enough to say what comes next.
const BEHIND: i64 = 8;

/// How many sessions of a topic are looked at for each one that is wanted: in a large network most
/// are in the wrong place or language.
const LOOKED_AT: i64 = 64;

/// The sessions of a stretch, with everything that decides about their slots.
pub async fn load(
    reader: &mut Reader,
    filter: &Filter,
    stretch: Stretch,
    now: DateTime<Utc>,
) -> Result<Read> {
    match &filter.subject {
        Subject::Service(id) => {
            let text = if filter.wishes() {
                BY_SERVICE_AS_WISHED
            } else {
                BY_SERVICE
            };
            let statement = Statement::new(text).bind::<SqlUuid, _>(id.uuid());
            let statement = within(statement, stretch, now).bind::<BigInt, _>(BEHIND);
            let statement = filter.wish(statement).bind::<Timestamptz, _>(stretch.until);
            let groups: Vec<Group> = reader.ask(statement).await?;
            let calendar = groups::calendar(&groups)?;
            Ok(Read {
                complete_until: complete_until(&calendar, stretch.limit, Some(stretch.until)),
                calendar,
            })
        }
        Subject::Topic(topic) => {
            let text = if filter.wishes() {
                BY_TOPIC_AS_WISHED
            } else {
                BY_TOPIC
            };
            let statement = Statement::new(text).bind::<Text, _>(topic.to_string());
            let looked_at = stretch.limit.saturating_mul(LOOKED_AT);
            let statement = within(statement, stretch, now).bind::<BigInt, _>(looked_at);
            let rows: Vec<Row> = reader.ask(filter.wish(statement)).await?;
            let looked_at_until = rows::looked_at_until(&rows);
            let calendar = calendar(rows)?;
            Ok(Read {
                complete_until: complete_until(&calendar, stretch.limit, None).or(looked_at_until),
                calendar,
            })
        }
    }
}

/// The last session of a part that was cut off by its limit.
fn complete_until(
    calendar: &Calendar,
    limit: i64,
    until: Option<DateTime<Utc>>,
) -> Option<(DateTime<Utc>, SessionId)> {
    let position =
        |opening: &SessionOpening| (opening.opening.from().instant(), opening.session_id);
    let is_behind =
        |(start, _): &(DateTime<Utc>, SessionId)| until.is_some_and(|until| *start >= until);
    let (behind, window): (Vec<_>, Vec<_>) =
        calendar.openings.iter().map(position).partition(is_behind);
    let cut = |part: Vec<_>, limit| {
        let is_full = i64::try_from(part.len()).is_ok_and(|count| count >= limit);
        part.into_iter().max().filter(|_| is_full)
    };
    cut(window, limit).or_else(|| cut(behind, BEHIND))
}

/// Binds the parameters from the second to the fifth.
fn within(
    statement: Statement<'static>,
    stretch: Stretch,
    now: DateTime<Utc>,
) -> Statement<'static> {
    statement
        .bind::<Timestamptz, _>(now)
        .bind::<BigInt, _>(stretch.limit)
        .bind::<Timestamptz, _>(stretch.from)
        .bind::<Timestamptz, _>(stretch.from - LONGEST_SESSION)
}

impl Filter {
    /// Whether not just any slot of the subject will do.
    fn wishes(&self) -> bool {
        self.organisation_id.is_some()
            || self.counsellor_id.is_some()
            || self.site_id.is_some()
            || self.language.is_some()
            || self.modality.is_some()
            || self.near.is_some()
            || self.interpreter_language.is_some()
            || self.counsellor_gender.is_some()
    }

    /// Binds the parameters from the seventh to the sixteenth, if there are wishes.
    fn wish(&self, statement: Statement<'static>) -> Statement<'static> {
        if !self.wishes() {
            return statement;
        }
        statement
            .bind::<Nullable<SqlUuid>, _>(self.organisation_id.map(OrganisationId::uuid))
            .bind::<Nullable<SqlUuid>, _>(self.counsellor_id.map(CounsellorId::uuid))
            .bind::<Nullable<SqlUuid>, _>(self.site_id.map(SiteId::uuid))
            .bind::<Nullable<Text>, _>(self.language.as_ref().map(ToString::to_string))
            .bind::<Nullable<Text>, _>(self.modality.map(|modality| modality.to_string()))
            .bind::<Nullable<Double>, _>(self.near.map(|near| near.centre().latitude()))
            .bind::<Nullable<Double>, _>(self.near.map(|near| near.centre().longitude()))
            .bind::<Nullable<Double>, _>(self.near.map(Near::within_km))
            .bind::<Nullable<Text>, _>(self.interpreter_language.as_ref().map(ToString::to_string))
            .bind::<Nullable<Text>, _>(self.counsellor_gender.map(|gender| gender.to_string()))
    }
}

/// The calendar of one slot, as the public sees it; empty when it is not offered.
pub async fn load_slot(reader: &mut Reader, slot: &SlotId, now: DateTime<Utc>) -> Result<Calendar> {
    calendar_of(reader.ask(of_slot(slot, None, None, None, now)).await?)
}

/// The calendar around some starts, in one statement whatever their number.
pub async fn load_dates(
    reader: &mut Reader,
    dates: &Dates,
    now: DateTime<Utc>,
) -> Result<Calendar> {
    calendar_of(reader.ask(of_dates(dates, Vec::new(), now)).await?)
}
