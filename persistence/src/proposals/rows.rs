use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::QueryableByName;
use diesel::sql_types::{Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use domain::appointment::Place;
use domain::proposal::{Answer, Proposal};
use domain::span::Span;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::stored::parsed;

/// A proposal with the time zone of its site.
#[derive(Debug, Clone)]
pub struct Found {
    pub proposal: Proposal,
    pub time_zone: Tz,
}

#[derive(QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    appointment_id: Uuid,
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
    #[diesel(sql_type = Timestamptz)]
    starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    ends_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    time_zone: String,
    #[diesel(sql_type = Text)]
    modality: String,
    #[diesel(sql_type = SmallInt)]
    rank: i16,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Timestamptz)]
    proposed_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    expires_at: DateTime<Utc>,
}

impl TryFrom<Row> for Found {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let corrupt = |why: &dyn std::fmt::Display| Error::corrupt("proposal", why);
        let answer = match row.state.as_str() {
            "open" => Answer::Open,
            "accepted" => Answer::Accepted,
            "declined" => Answer::Declined,
            "withdrawn" => Answer::Withdrawn,
            other => return Err(corrupt(&other)),
        };
        let place = Place {
            session_id: row.session_id.into(),
            service_id: row.service_id.into(),
            site_id: row.site_id.into(),
            counsellor_id: row.counsellor_id.into(),
            room_id: row.room_id.map(Into::into),
            // Chosen when it is accepted.
            interpreter_id: None,
            second_counsellor_id: None,
            span: Span::new(row.starts_at, row.ends_at).map_err(|error| corrupt(&error))?,
            modality: parsed("proposal", &row.modality)?,
        };
        Ok(Self {
            proposal: Proposal {
                id: row.id.into(),
                organisation_id: row.organisation_id.into(),
                appointment_id: row.appointment_id.into(),
                place,
                rank: u8::try_from(row.rank).map_err(|error| corrupt(&error))?,
                proposed_at: row.proposed_at,
                expires_at: row.expires_at,
                answer,
            },
            time_zone: parsed("proposal", &row.time_zone)?,
        })
    }
}
