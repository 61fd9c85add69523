//! From the rows of several kinds to the calendar that they tell.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::calendar::{Bookable, Calendar, SessionOpening};
use domain::ids::{RoomId, SessionId};
use domain::kept::Kept;
use domain::modality::Modality;
use domain::slots::{Occupied, Opening, Pool, Reason};
use domain::span::Span;
use serde_json::Value;
use uuid::Uuid;

use super::meaning::{Rules, closed, counsellor, places_of, site, words};
use super::needs::{self, Needy, who_needs};
use crate::error::{Error, Result};
use crate::kept;
use crate::spans::span;
use crate::stored::parsed;

type Ids = Option<Vec<Option<Uuid>>>;

/// One row: what its columns mean hangs on its kind. All of its arrays are of one length, but for
/// those of a service, which has a row of its own.
#[derive(QueryableByName)]
pub(crate) struct Row {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Nullable<Array<Nullable<SqlUuid>>>)]
    ids: Ids,
    #[diesel(sql_type = Nullable<Array<Nullable<SqlUuid>>>)]
    services: Ids,
    #[diesel(sql_type = Nullable<Array<Nullable<SqlUuid>>>)]
    sessions: Ids,
    #[diesel(sql_type = Nullable<Array<Nullable<SqlUuid>>>)]
    counsellors: Ids,
    #[diesel(sql_type = Nullable<Array<Nullable<SqlUuid>>>)]
    sites: Ids,
    #[diesel(sql_type = Nullable<Array<Nullable<SqlUuid>>>)]
    rooms: Ids,
    #[diesel(sql_type = Nullable<Array<Timestamptz>>)]
    starts: Option<Vec<DateTime<Utc>>>,
    #[diesel(sql_type = Nullable<Array<Timestamptz>>)]
    ends: Option<Vec<DateTime<Utc>>>,
    #[diesel(sql_type = Nullable<Array<Integer>>)]
    numbers: Option<Vec<i32>>,
    #[diesel(sql_type = Nullable<Array<Text>>)]
    texts: Option<Vec<String>>,
}

/// The last session that a search looked at, when it gave up early.
pub(super) fn looked_at_until(rows: &[Row]) -> Option<(DateTime<Utc>, SessionId)> {
    let row = rows.iter().find(|row| row.kind == "looked_at")?;
    Some((
        *row.starts.as_ref()?.first()?,
        at(&row.sessions, 0).ok()?.into(),
    ))
}

/// Sessions whose counsellor, site or room is not there any more are among the openings, so that
/// they count, and get no slots.
pub(crate) fn calendar(rows: Vec<Row>) -> Result<Calendar> {
    let mut occupied = Vec::new();
    let mut calendar = Calendar::default();
    let mut places = BTreeMap::new();
    let mut needs_of = BTreeMap::new();
    let mut lent: BTreeMap<RoomId, Value> = BTreeMap::new();
    let mut kept = BTreeMap::new();
    for row in rows {
        match row.kind.as_str() {
            "session" => calendar.openings = row.openings()?,
            "service" => {
                // Behind its own words.
                let lines = || row.texts.iter().flatten().skip(3);
                kept.append(&mut kept::told(lines())?);
                let of_places = lines().filter(|line| !line.starts_with("kept "));
                places.append(&mut places_of(of_places)?);
                calendar
                    .services
                    .insert(at(&row.ids, 0)?.into(), row.service()?);
            }
            "site" => {
                for (place, text) in row.texts.iter().flatten().enumerate() {
                    calendar
                        .sites
                        .insert(at(&row.ids, place)?.into(), site(text)?);
                }
            }
            "counsellor" => {
                for (place, text) in row.texts.iter().flatten().enumerate() {
                    let id = at(&row.ids, place)?.into();
                    let (languages, caps) = counsellor(text)?;
                    calendar.counsellors.insert(id, languages);
                    if !caps.is_none() {
                        calendar.caps.insert(id, caps);
                    }
                }
            }
            "room" => {
                let rooms = row.ids.iter().flatten().flatten();
                calendar.rooms = rooms.map(|room| (*room).into()).collect();
                lent = row.lent()?;
            }
            "need" => {
                needs_of.insert(row.who_needs()?, row.needed()?);
            }
            "claim" | "absence" | "closure" => row.occupied(&mut occupied)?,
            _ => (),
        }
    }
    tell_talks(&mut calendar, &occupied);
    tell_places_taken(&mut calendar, &mut occupied);
    for opening in &mut calendar.openings {
        opening.places = places.remove(&opening.session_id);
        opening.kept = kept.get(&opening.session_id).copied().unwrap_or_default();
    }
    calendar.occupied = Occupied::from_unsorted(occupied);
    tell_pools(&mut calendar, &needs_of, &lent)?;
    Ok(calendar)
}

/// What openings take besides. Those alike share it, but for sessions that many attend, which claim
/// all of their time.
fn tell_pools(
    calendar: &mut Calendar,
    needs_of: &BTreeMap<Needy, Option<Value>>,
    lent: &BTreeMap<RoomId, Value>,
) -> Result<()> {
    if needs_of.is_empty() && lent.is_empty() {
        return Ok(());
    }
    let mut known: BTreeMap<(Needy, TimeDelta), Arc<[Pool]>> = BTreeMap::new();
    for opening in &mut calendar.openings {
        let Some(service) = calendar.services.get(&opening.service_id) else {
            continue;
        };
        let told = needs_of.get(&who_needs(opening)).and_then(Option::as_ref);
        opening.visits = needs::visits(told)?;
        let (who, length) = (who_needs(opening), service.claim_length(opening.opening));
        let room = opening
            .room_id
            .and_then(|room| Some((room, lent.get(&room)?)));
        if let Some(pools) = known.get(&(who, length)) {
            opening.pools = Arc::clone(pools);
        } else if room.is_some() || needs_of.contains_key(&who) {
            let needed = needs_of.get(&who).and_then(Option::as_ref);
            let pools = needs::with_room(room, needs::pools(needed, length)?, length)?;
            opening.pools = Arc::clone(&pools);
            known.insert((who, length), pools);
        }
    }
    Ok(())
}

impl Row {
    fn spans(&self) -> impl Iterator<Item = Result<Span>> {
        let starts = self.starts.iter().flatten();
        starts
            .zip(self.ends.iter().flatten())
            .map(|(starts_at, ends_at)| span(*starts_at, *ends_at))
    }

    fn openings(&self) -> Result<Vec<SessionOpening>> {
        let mut known: BTreeMap<&str, Arc<BTreeSet<Modality>>> = BTreeMap::new();
        let texts = self.texts.iter().flatten();
        let sessions = self.spans().zip(texts).enumerate();
        sessions
            .map(|(place, (span, text))| {
                let modalities = match known.get(text.as_str()) {
                    Some(modalities) => Arc::clone(modalities),
                    None => {
                        let modalities = Arc::new(words("modality", text)?);
                        known.insert(text, Arc::clone(&modalities));
                        modalities
                    }
                };
                Ok(SessionOpening {
                    organisation_id: at(&self.ids, place)?.into(),
                    session_id: at(&self.sessions, place)?.into(),
                    service_id: at(&self.services, place)?.into(),
                    counsellor_id: at(&self.counsellors, place)?.into(),
                    site_id: at(&self.sites, place)?.into(),
                    room_id: optional_at(&self.rooms, place).map(Into::into),
                    opening: Opening::new(span?)
                        .map_err(|error| Error::corrupt("session", error))?,
                    modalities,
                    opens_on_holidays: self.numbers.as_ref().and_then(|it| it.get(place))
                        == Some(&1),
                    pools: Arc::new([]),
                    visits: None,
                    way: None,
                    places: None,
                    kept: Kept::default(),
                })
            })
            .collect()
    }

    fn who_needs(&self) -> Result<Needy> {
        Ok((
            at(&self.services, 0)?.into(),
            at(&self.counsellors, 0)?.into(),
            at(&self.sites, 0)?.into(),
            optional_at(&self.rooms, 0).map(Into::into),
        ))
    }

    fn needed(&self) -> Result<Option<Value>> {
        let told = self.texts.iter().flatten().next();
        let told = told.map(|text| serde_json::from_str(text));
        told.transpose()
            .map_err(|error| Error::corrupt("need", error))
    }

    /// What was told of the rooms that are on loan; of all others nothing.
    fn lent(&self) -> Result<BTreeMap<RoomId, Value>> {
        let told = self.texts.iter().flatten().enumerate();
        let told = told.filter(|(_, text)| !text.is_empty());
        told.map(|(place, text)| {
            let value =
                serde_json::from_str(text).map_err(|error| Error::corrupt("loan", error))?;
            Ok((at(&self.ids, place)?.into(), value))
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
                move_deadline,
                max_per_week,
                approval,
            ],
        ) = self.numbers.as_deref()
        else {
            return Err(Error::corrupt("service", "its rules are missing"));
        };
        let rules = Rules {
            length,
            start_every,
            buffer_before: before,
            buffer_after: after,
            minimum_notice: notice,
            horizon_days,
        };
        let Some([contact_rule, languages, format, ..]) = self.texts.as_deref() else {
            return Err(Error::corrupt("service", "its words are missing"));
        };
        Ok(Bookable {
            format: parsed("service", format)?,
            timing: rules.timing()?,
            contact_rule: parsed("service", contact_rule)?,
            approval_within: Rules::approval(approval)?,
            cancellation_deadline: Rules::minutes(deadline)?,
            reschedule_deadline: Rules::minutes(move_deadline)?,
            max_per_week: Rules::most(max_per_week)?,
            languages: words("language", languages)?,
        })
    }

    fn occupied(&self, occupied: &mut Vec<(Reason, Span)>) -> Result<()> {
        for (place, span) in self.spans().enumerate() {
            let id = at(&self.ids, place)?;
            let (site, room) = (
                optional_at(&self.sites, place),
                optional_at(&self.rooms, place),
            );
            let reason = match self.kind.as_str() {
                "claim" => Reason::Claim(id.into()),
                "absence" => Reason::Absence(id.into()),
                _ => closed(site, room, id),
            };
            occupied.push((reason, span?));
        }
        Ok(())
    }
}

fn optional_at(ids: &Ids, place: usize) -> Option<Uuid> {
    ids.as_ref()?.get(place).copied().flatten()
}

fn at(ids: &Ids, place: usize) -> Result<Uuid> {
    optional_at(ids, place).ok_or_else(|| Error::corrupt("calendar", "an id is missing"))
}

/// What claims the counsellors who have caps.
fn tell_talks(calendar: &mut Calendar, occupied: &[(Reason, Span)]) {
    for counsellor in calendar.caps.keys() {
        let theirs = Reason::Claim((*counsellor).into());
        let talks = occupied.iter().filter(|(reason, _)| *reason == theirs);
        let talks = talks.map(|(_, span)| *span).collect();
        calendar.talks.insert(*counsellor, talks);
    }
}

/// What claims services claims their weeks.
fn tell_places_taken(calendar: &mut Calendar, occupied: &mut Vec<(Reason, Span)>) {
    let Calendar {
        services,
        places_taken,
        ..
    } = calendar;
    for (service, bookable) in services {
        if bookable.max_per_week.is_some() {
            let theirs = Reason::Claim((*service).into());
            let places = occupied.extract_if(.., |(reason, _)| *reason == theirs);
            places_taken.insert(*service, places.map(|(_, place)| place.from()).collect());
        }
    }
}
