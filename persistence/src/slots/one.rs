//! One slot, and what decides about it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::calendar::{Calendar, SessionOpening, SiteCalendar};
use domain::slot_id::SlotId;
use domain::slots::{Occupied, Opening, Reason};
use domain::span::Span;
use uuid::Uuid;

use super::rows::{closed, service, span};
use super::statements::BY_SLOT;
use crate::error::{Error, Result};
use crate::statement::Statement;
use crate::stored::{parsed, parsed_set};

/// Spans come as two arrays of one length.
type Instants = Option<Vec<DateTime<Utc>>>;
type Ids = Option<Vec<Option<Uuid>>>;

#[derive(QueryableByName)]
pub(crate) struct SlotRow {
    #[diesel(sql_type = Timestamptz)]
    starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    ends_at: DateTime<Utc>,
    #[diesel(sql_type = SqlUuid)]
    counsellor_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    site_id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    room_id: Option<Uuid>,
    #[diesel(sql_type = Bool)]
    opens_on_holidays: bool,
    #[diesel(sql_type = Array<Text>)]
    modalities: Vec<String>,
    #[diesel(sql_type = Array<Integer>)]
    service_numbers: Vec<i32>,
    #[diesel(sql_type = Text)]
    contact_rule: String,
    #[diesel(sql_type = Array<Text>)]
    service_languages: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    service_modalities: Vec<String>,
    #[diesel(sql_type = Text)]
    time_zone: String,
    #[diesel(sql_type = Text)]
    federal_state: String,
    #[diesel(sql_type = Array<Text>)]
    counsellor_languages: Vec<String>,
    #[diesel(sql_type = Nullable<Array<Nullable<SqlUuid>>>)]
    claimed: Ids,
    #[diesel(sql_type = Nullable<Array<Timestamptz>>)]
    claim_starts: Instants,
    #[diesel(sql_type = Nullable<Array<Timestamptz>>)]
    claim_ends: Instants,
    #[diesel(sql_type = Nullable<Bool>)]
    expired: Option<bool>,
    #[diesel(sql_type = Nullable<Array<Timestamptz>>)]
    absence_starts: Instants,
    #[diesel(sql_type = Nullable<Array<Timestamptz>>)]
    absence_ends: Instants,
    #[diesel(sql_type = Nullable<Array<Nullable<SqlUuid>>>)]
    closed_sites: Ids,
    #[diesel(sql_type = Nullable<Array<Nullable<SqlUuid>>>)]
    closed_rooms: Ids,
    #[diesel(sql_type = Nullable<Array<Timestamptz>>)]
    closure_starts: Instants,
    #[diesel(sql_type = Nullable<Array<Timestamptz>>)]
    closure_ends: Instants,
}

/// Asks for the calendar of one slot, without the claim of whoever takes another place for it.
pub(crate) fn of_slot(
    slot: &SlotId,
    but_for: Option<Uuid>,
    now: DateTime<Utc>,
) -> Statement<'static> {
    Statement::new(BY_SLOT)
        .bind::<SqlUuid, _>(slot.organisation_id.uuid())
        .bind::<SqlUuid, _>(slot.session_id.uuid())
        .bind::<SqlUuid, _>(slot.service_id.uuid())
        .bind::<Timestamptz, _>(slot.starts_at.instant())
        .bind::<Timestamptz, _>(now)
        // No claim has the id that is all zeroes.
        .bind::<SqlUuid, _>(but_for.unwrap_or_default())
}

impl SlotRow {
    /// What a claim for it takes.
    pub(crate) fn resources(&self) -> Vec<Uuid> {
        std::iter::once(self.counsellor_id)
            .chain(self.room_id)
            .collect()
    }

    /// Whether claims that have expired are still stored around it.
    pub(crate) fn is_among_expired(&self) -> bool {
        self.expired.unwrap_or_default()
    }

    pub(crate) fn calendar(self, slot: &SlotId) -> Result<Calendar> {
        let occupied = self.occupied(slot)?;
        let bookable = service(
            &self.service_numbers,
            &self.contact_rule,
            parsed_set("service", &self.service_languages)?,
            parsed_set("service", &self.service_modalities)?,
        )?;
        let site = SiteCalendar {
            time_zone: parsed("site", &self.time_zone)?,
            federal_state: parsed("site", &self.federal_state)?,
        };
        let opening = SessionOpening {
            organisation_id: slot.organisation_id,
            session_id: slot.session_id,
            service_id: slot.service_id,
            site_id: self.site_id.into(),
            counsellor_id: self.counsellor_id.into(),
            room_id: self.room_id.map(Into::into),
            opening: Opening::new(span(self.starts_at, self.ends_at)?)
                .map_err(|error| Error::corrupt("session", error))?,
            modalities: Arc::new(parsed_set("session", &self.modalities)?),
            opens_on_holidays: self.opens_on_holidays,
        };
        let languages = parsed_set("counsellor", &self.counsellor_languages)?;
        Ok(Calendar {
            services: BTreeMap::from([(slot.service_id, bookable)]),
            sites: BTreeMap::from([(opening.site_id, site)]),
            counsellors: BTreeMap::from([(opening.counsellor_id, languages)]),
            rooms: opening.room_id.into_iter().collect(),
            openings: vec![opening],
            occupied,
        })
    }

    fn occupied(&self, slot: &SlotId) -> Result<Occupied> {
        let mut occupied = Vec::new();
        let claimed = self.claimed.iter().flatten().flatten();
        for (resource, span) in claimed.zip(spans(&self.claim_starts, &self.claim_ends)) {
            occupied.push((Reason::Claim((*resource).into()), span?));
        }
        for span in spans(&self.absence_starts, &self.absence_ends) {
            occupied.push((Reason::Absence(self.counsellor_id.into()), span?));
        }
        let sites = self.closed_sites.iter().flatten();
        let places = sites.zip(self.closed_rooms.iter().flatten());
        for ((site, room), span) in places.zip(spans(&self.closure_starts, &self.closure_ends)) {
            let reason = closed(*site, *room, slot.organisation_id.uuid());
            occupied.push((reason, span?));
        }
        Ok(Occupied::from_unsorted(occupied))
    }
}

fn spans(starts: &Instants, ends: &Instants) -> impl Iterator<Item = Result<Span>> {
    let starts = starts.iter().flatten();
    starts
        .zip(ends.iter().flatten())
        .map(|(starts_at, ends_at)| span(*starts_at, *ends_at))
}
