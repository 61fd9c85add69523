use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{
    BigInt, Binary, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::appointment::{Appointment, Place, Status, Steps};
use domain::booking::Terms;
use domain::minutes::Minutes;
use domain::span::Span;
use uuid::Uuid;

use super::{Found, Reasons};
use crate::error::{Error, Result};
use crate::stored::parsed;

#[derive(QueryableByName)]
pub(crate) struct Row {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    code: String,
    #[diesel(sql_type = SqlUuid)]
    session_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    service_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    site_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    counsellor_id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    room_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    interpreter_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    second_counsellor_id: Option<Uuid>,
    #[diesel(sql_type = Timestamptz)]
    starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    ends_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    modality: String,
    #[diesel(sql_type = Nullable<Text>)]
    language: Option<String>,
    #[diesel(sql_type = Bool)]
    interpreter_needed: bool,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Timestamptz)]
    booked_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    checked_in_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    ended_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    called_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    started_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    cancelled_by: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    answer_by: Option<DateTime<Utc>>,
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    series_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    time_zone: String,
    #[diesel(sql_type = Integer)]
    cancellation_deadline_minutes: i32,
    #[diesel(sql_type = Integer)]
    reschedule_deadline_minutes: i32,
    #[diesel(sql_type = Nullable<Text>)]
    cancel_reason: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    move_reason: Option<String>,
    #[diesel(sql_type = Nullable<Binary>)]
    sealed_contact: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Binary>)]
    sealed_reason: Option<Vec<u8>>,
}

/// The columns in which a status keeps its facts.
pub(crate) struct StatusColumns {
    pub(crate) status: &'static str,
    pub(crate) checked_in_at: Option<DateTime<Utc>>,
    pub(crate) steps: Steps,
    pub(crate) ended_at: Option<DateTime<Utc>>,
    pub(crate) cancelled_by: Option<&'static str>,
}

impl From<&Status> for StatusColumns {
    fn from(status: &Status) -> Self {
        let none = Self {
            status: status.as_str(),
            checked_in_at: None,
            steps: Steps::default(),
            ended_at: None,
            cancelled_by: None,
        };
        match status {
            Status::Requested { .. } | Status::Booked => none,
            Status::CheckedIn { at, steps } => Self {
                checked_in_at: Some(*at),
                steps: *steps,
                ..none
            },
            Status::Completed {
                checked_in_at,
                steps,
                at,
            } => Self {
                checked_in_at: Some(*checked_in_at),
                steps: *steps,
                ended_at: Some(*at),
                ..none
            },
            Status::NoShow { at } => Self {
                ended_at: Some(*at),
                ..none
            },
            Status::Cancelled { at, by } => Self {
                ended_at: Some(*at),
                cancelled_by: Some(by.as_str()),
                ..none
            },
        }
    }
}

impl Row {
    fn status(&self) -> Result<Status> {
        let steps = Steps {
            called_at: self.called_at,
            started_at: self.started_at,
        };
        let facts = (
            self.status.as_str(),
            self.checked_in_at,
            self.ended_at,
            self.cancelled_by.as_deref(),
        );
        Ok(match facts {
            ("requested", ..) => match self.answer_by {
                Some(answer_by) => Status::Requested { answer_by },
                None => return Err(Error::corrupt("appointment", "a request has no end")),
            },
            ("booked", ..) => Status::Booked,
            ("checked_in", Some(at), ..) => Status::CheckedIn { at, steps },
            ("completed", Some(checked_in_at), Some(at), _) => Status::Completed {
                checked_in_at,
                steps,
                at,
            },
            ("no_show", _, Some(at), _) => Status::NoShow { at },
            ("cancelled", _, Some(at), Some(by)) => Status::Cancelled {
                at,
                by: parsed("appointment", by)?,
            },
            _ => return Err(Error::corrupt("appointment", "its status lacks its facts")),
        })
    }
}

impl TryFrom<Row> for Found {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let corrupt = |why: &dyn std::fmt::Display| Error::corrupt("appointment", why);
        let minutes = |count: i32| {
            let count = u32::try_from(count).map_err(|error| corrupt(&error))?;
            Minutes::new(count).map_err(|error| corrupt(&error))
        };
        let reason = |text: &Option<String>| {
            let text = text.as_deref();
            text.map(|text| parsed("appointment", text)).transpose()
        };
        let appointment = Appointment {
            id: row.id.into(),
            organisation_id: row.organisation_id.into(),
            code: parsed("appointment", &row.code)?,
            place: Place {
                session_id: row.session_id.into(),
                service_id: row.service_id.into(),
                site_id: row.site_id.into(),
                counsellor_id: row.counsellor_id.into(),
                room_id: row.room_id.map(Into::into),
                interpreter_id: row.interpreter_id.map(Into::into),
                second_counsellor_id: row.second_counsellor_id.map(Into::into),
                span: Span::new(row.starts_at, row.ends_at).map_err(|error| corrupt(&error))?,
                modality: parsed("appointment", &row.modality)?,
            },
            language: row
                .language
                .as_deref()
                .map(|tag| parsed("appointment", tag))
                .transpose()?,
            interpreter_needed: row.interpreter_needed,
            booked_at: row.booked_at,
            series_id: row.series_id.map(Into::into),
            status: row.status()?,
        };
        Ok(Self {
            appointment,
            version: row.version,
            terms: Terms {
                time_zone: parsed("appointment", &row.time_zone)?,
                cancellation_deadline: minutes(row.cancellation_deadline_minutes)?,
                reschedule_deadline: minutes(row.reschedule_deadline_minutes)?,
            },
            reasons: Reasons {
                cancelled: reason(&row.cancel_reason)?,
                moved: reason(&row.move_reason)?,
            },
            sealed_contact: row.sealed_contact,
            sealed_reason: row.sealed_reason,
        })
    }
}
