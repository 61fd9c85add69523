use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{
    Array, BigInt, Bool, Integer, Nullable, Text, Timestamp, Timestamptz, Uuid as SqlUuid,
};
use domain::ids::{RoomId, ServiceId};
use domain::minutes::Minutes;
use domain::places::{Capacity, Minimum};
use domain::publication::{Attended, SessionContent};
use domain::session::{self, Origin, Session};
use domain::span::Span;
use uuid::Uuid;

use super::{Found, Group};
use crate::error::{Error, Result};
use crate::kept;
use crate::stored::{Stored, parsed, parsed_set};

#[derive(QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    schedule_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Timestamp>)]
    original_start: Option<NaiveDateTime>,
    #[diesel(sql_type = SqlUuid)]
    counsellor_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    site_id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    room_id: Option<Uuid>,
    #[diesel(sql_type = Timestamptz)]
    starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    ends_at: DateTime<Utc>,
    #[diesel(sql_type = Array<Text>)]
    modalities: Vec<String>,
    #[diesel(sql_type = Bool)]
    opens_on_holidays: bool,
    #[diesel(sql_type = Text)]
    audience: String,
    #[diesel(sql_type = Integer)]
    desk_places: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    opens_to_all_minutes: Option<i32>,
    #[diesel(sql_type = Bool)]
    withdrawn: bool,
    #[diesel(sql_type = Bool)]
    edited_by_hand: bool,
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = Text)]
    time_zone: String,
    #[diesel(sql_type = Array<SqlUuid>)]
    service_ids: Vec<Uuid>,
    #[diesel(sql_type = Nullable<Integer>)]
    capacity: Option<i32>,
    #[diesel(sql_type = Bool)]
    capacity_by_hand: bool,
    #[diesel(sql_type = Bool)]
    takes_place: bool,
    #[diesel(sql_type = Nullable<Integer>)]
    minimum_participants: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    minimum_deadline_minutes: Option<i32>,
    #[diesel(sql_type = Nullable<BigInt>)]
    participants: Option<i64>,
    #[diesel(sql_type = Nullable<Integer>)]
    drop_ins: Option<i32>,
}

impl Row {
    fn group(&self) -> Result<Option<Group>> {
        let Some(capacity) = self.capacity else {
            return Ok(None);
        };
        let corrupt = |why: &dyn std::fmt::Display| Error::corrupt("session", why);
        let places = |count: i32| Capacity::new(count.into()).map_err(|error| corrupt(&error));
        let minimum = self.minimum_participants.zip(self.minimum_deadline_minutes);
        let minimum = minimum.map(|(participants, deadline)| {
            let deadline = u32::try_from(deadline).map_err(|error| corrupt(&error))?;
            Ok::<_, Error>(Minimum {
                participants: places(participants)?,
                deadline: Minutes::new(deadline).map_err(|error| corrupt(&error))?,
            })
        });
        let participants = u32::try_from(self.participants.unwrap_or_default());
        let drop_ins = self.drop_ins.map(u32::try_from).transpose();
        Ok(Some(Group {
            capacity: places(capacity)?,
            minimum: minimum.transpose()?,
            participants: participants.map_err(|error| corrupt(&error))?,
            drop_ins: drop_ins.map_err(|error| corrupt(&error))?,
        }))
    }
}

impl TryFrom<Row> for Found {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let span = Span::new(row.starts_at, row.ends_at);
        let origin = row.schedule_id.zip(row.original_start);
        let group = row.group()?;
        let by_hand = group.filter(|_| row.capacity_by_hand);
        let value = Session {
            id: row.id.into(),
            organisation_id: row.organisation_id.into(),
            origin: origin.map(|(schedule, original_start)| Origin {
                schedule_id: schedule.into(),
                original_start,
            }),
            content: SessionContent {
                span: span.map_err(|error| Error::corrupt("session", error))?,
                counsellor_id: row.counsellor_id.into(),
                site_id: row.site_id.into(),
                room_id: row.room_id.map(RoomId::new),
                service_ids: row.service_ids.into_iter().map(ServiceId::new).collect(),
                modalities: parsed_set("session", &row.modalities)?,
                opens_on_holidays: row.opens_on_holidays,
                kept: kept::read(&row.audience, row.desk_places, row.opens_to_all_minutes)?,
            },
            withdrawn: row.withdrawn,
            attended: session::Attended {
                capacity: by_hand.map(|group| group.capacity),
                takes_place: row.takes_place,
            },
            edited_by_hand: row.edited_by_hand,
        };
        Ok(Self {
            session: Stored {
                value,
                version: row.version,
            },
            time_zone: parsed("site", &row.time_zone)?,
            group,
        })
    }
}

#[derive(QueryableByName)]
pub(super) struct AttendedRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    session_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    service_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    counsellor_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    site_id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    room_id: Option<Uuid>,
    #[diesel(sql_type = Bool)]
    takes_any_room: bool,
    #[diesel(sql_type = Text)]
    modality: String,
    #[diesel(sql_type = Timestamptz)]
    starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    ends_at: DateTime<Utc>,
}

impl TryFrom<AttendedRow> for Attended {
    type Error = Error;

    fn try_from(row: AttendedRow) -> Result<Self> {
        let span = Span::new(row.starts_at, row.ends_at);
        Ok(Self {
            id: row.id.into(),
            session_id: row.session_id.into(),
            service_id: row.service_id.into(),
            counsellor_id: row.counsellor_id.into(),
            site_id: row.site_id.into(),
            room_id: row.room_id.map(RoomId::new),
            takes_any_room: row.takes_any_room,
            modality: parsed("appointment", &row.modality)?,
            span: span.map_err(|error| Error::corrupt("appointment", error))?,
        })
    }
}
