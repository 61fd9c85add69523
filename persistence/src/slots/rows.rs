//! From the rows of several kinds to the calendar that they tell.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::calendar::{Bookable, Calendar, SessionOpening, SiteCalendar};
use domain::minutes::Minutes;
use domain::slots::{Occupied, Opening, Reason, Timing, TimingRules};
use domain::span::Span;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::stored::{parsed, parsed_set};

/// One row: what its columns mean hangs on its kind.
#[derive(QueryableByName)]
pub(crate) struct Row {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = Array<Nullable<SqlUuid>>)]
    ids: Vec<Option<Uuid>>,
    #[diesel(sql_type = Nullable<Array<SqlUuid>>)]
    sessions: Option<Vec<Uuid>>,
    #[diesel(sql_type = Nullable<Array<Timestamptz>>)]
    starts: Option<Vec<DateTime<Utc>>>,
    #[diesel(sql_type = Nullable<Array<Timestamptz>>)]
    ends: Option<Vec<DateTime<Utc>>>,
    #[diesel(sql_type = Nullable<Array<Integer>>)]
    numbers: Option<Vec<i32>>,
    #[diesel(sql_type = Nullable<Array<Text>>)]
    texts: Option<Vec<String>>,
    #[diesel(sql_type = Nullable<Array<Text>>)]
    labels: Option<Vec<String>>,
}

pub(crate) fn calendar(rows: Vec<Row>) -> Result<Calendar> {
    let mut occupied = Vec::new();
    let mut calendar = Calendar {
        openings: Vec::new(),
        services: BTreeMap::new(),
        sites: BTreeMap::new(),
        counsellors: BTreeMap::new(),
        occupied: Occupied::from_unsorted(Vec::new()),
    };
    for row in rows {
        match row.kind.as_str() {
            "opening" => calendar.openings.extend(row.openings()?),
            "service" => {
                calendar.services.insert(row.id(0)?.into(), row.service()?);
            }
            "site" => {
                calendar.sites.insert(row.id(0)?.into(), row.site()?);
            }
            "counsellor" => {
                let languages = parsed_set("language", row.texts.as_deref().unwrap_or_default())?;
                calendar.counsellors.insert(row.id(0)?.into(), languages);
            }
            _ => {
                let reason = row.reason()?;
                for span in row.spans() {
                    occupied.push((reason, span?));
                }
            }
        }
    }
    calendar.occupied = Occupied::from_unsorted(occupied);
    Ok(calendar)
}

impl Row {
    fn id(&self, place: usize) -> Result<Uuid> {
        self.optional_id(place)
            .ok_or_else(|| Error::corrupt("calendar", "an id is missing"))
    }

    fn optional_id(&self, place: usize) -> Option<Uuid> {
        self.ids.get(place).copied().flatten()
    }

    fn spans(&self) -> impl Iterator<Item = Result<Span>> {
        let starts = self.starts.iter().flatten();
        starts
            .zip(self.ends.iter().flatten())
            .map(|(starts_at, ends_at)| {
                Span::new(*starts_at, *ends_at).map_err(|error| Error::corrupt("span", error))
            })
    }

    fn openings(&self) -> Result<Vec<SessionOpening>> {
        let modalities = parsed_set("modality", self.texts.as_deref().unwrap_or_default())?;
        let sessions = self.sessions.iter().flatten();
        sessions
            .zip(self.spans())
            .map(|(session, span)| {
                Ok(SessionOpening {
                    organisation_id: self.organisation_id.into(),
                    session_id: (*session).into(),
                    service_id: self.id(0)?.into(),
                    counsellor_id: self.id(1)?.into(),
                    site_id: self.id(2)?.into(),
                    room_id: self.optional_id(3).map(Into::into),
                    opening: Opening::new(span?)
                        .map_err(|error| Error::corrupt("session", error))?,
                    modalities: BTreeSet::clone(&modalities),
                    opens_on_holidays: self.numbers.as_deref() == Some(&[1]),
                })
            })
            .collect()
    }

    fn service(&self) -> Result<Bookable> {
        let Some(
            &[
                length,
                start_every,
                before,
                after,
                notice,
                horizon_days,
                deadline,
            ],
        ) = self.numbers.as_deref()
        else {
            return Err(Error::corrupt("service", "its rules are missing"));
        };
        let corrupt = |error: &dyn std::fmt::Display| Error::corrupt("service", error);
        let minutes = |count: i32| {
            let count = u32::try_from(count).map_err(|error| corrupt(&error))?;
            Minutes::new(count).map_err(|error| corrupt(&error))
        };
        let rules = TimingRules {
            length: minutes(length)?,
            start_every: minutes(start_every)?,
            buffer_before: minutes(before)?,
            buffer_after: minutes(after)?,
            minimum_notice: minutes(notice)?,
            horizon: minutes(horizon_days.saturating_mul(24 * 60))?,
        };
        let labels = self.labels.as_deref().unwrap_or_default();
        let (contact_rule, modalities) = labels
            .split_first()
            .ok_or_else(|| corrupt(&"no contact rule"))?;
        Ok(Bookable {
            timing: Timing::new(rules).map_err(|error| corrupt(&error))?,
            contact_rule: parsed("service", contact_rule)?,
            cancellation_deadline: minutes(deadline)?,
            languages: parsed_set("language", self.texts.as_deref().unwrap_or_default())?,
            modalities: parsed_set("modality", modalities)?,
        })
    }

    fn site(&self) -> Result<SiteCalendar> {
        let Some([time_zone, federal_state]) = self.texts.as_deref() else {
            return Err(Error::corrupt("site", "its time zone is missing"));
        };
        Ok(SiteCalendar {
            time_zone: parsed("site", time_zone)?,
            federal_state: parsed("site", federal_state)?,
        })
    }

    fn reason(&self) -> Result<Reason> {
        Ok(
            match (self.kind.as_str(), self.optional_id(0), self.optional_id(1)) {
                ("claim", Some(resource), _) => Reason::Claim(resource.into()),
                ("absence", Some(counsellor), _) => Reason::Absence(counsellor.into()),
                ("closure", Some(site), None) => Reason::SiteClosure(site.into()),
                ("closure", None, Some(room)) => Reason::RoomClosure(room.into()),
                ("closure", None, None) => Reason::OrganisationClosure(self.organisation_id.into()),
                (kind, ..) => {
                    return Err(Error::corrupt(
                        "calendar",
                        format!("a row of the kind {kind}"),
                    ));
                }
            },
        )
    }
}
