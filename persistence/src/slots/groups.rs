//! From the sessions of one service, grouped by counsellor and place, to their calendar.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{
    Array, Bool, Integer, Jsonb, Nullable, Record, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::calendar::{Bookable, Calendar, SessionOpening, SiteCalendar};
use domain::ids::{RoomId, SessionId};
use domain::slots::{Occupied, Opening, Pool, Reason};
use domain::span::Span;
use serde_json::Value;
use uuid::Uuid;

use super::meaning::{Rules, closed, parsed_words, places_of};
use super::needs;
use crate::counsellors::caps_of;
use crate::error::{Error, Result};
use crate::kept;
use crate::spans::span;
use crate::stored::parsed;

type Instant = DateTime<Utc>;

/// The sessions that one counsellor gives in one place. What is not there any more is NULL.
#[derive(QueryableByName)]
pub(crate) struct Group {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
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
    #[diesel(sql_type = Array<SqlUuid>)]
    sessions: Vec<Uuid>,
    #[diesel(sql_type = Array<Timestamptz>)]
    starts: Vec<Instant>,
    #[diesel(sql_type = Array<Timestamptz>)]
    ends: Vec<Instant>,
    #[diesel(sql_type = Nullable<Array<Text>>)]
    spoken: Option<Vec<String>>,
    #[diesel(sql_type = Nullable<Integer>)]
    max_per_day: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pause_after: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pause_minutes: Option<i32>,
    #[diesel(sql_type = Nullable<Text>)]
    time_zone: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    federal_state: Option<String>,
    #[diesel(sql_type = Bool)]
    room_is_there: bool,
    #[diesel(sql_type = Nullable<Array<SqlUuid>>)]
    claimed: Option<Vec<Uuid>>,
    #[diesel(sql_type = Nullable<Array<Timestamptz>>)]
    claims_start: Option<Vec<Instant>>,
    #[diesel(sql_type = Nullable<Array<Timestamptz>>)]
    claims_end: Option<Vec<Instant>>,
    #[diesel(sql_type = Array<Record<(Timestamptz, Timestamptz)>>)]
    absences: Vec<(Instant, Instant)>,
    #[diesel(sql_type = Array<Record<(Nullable<SqlUuid>, Nullable<SqlUuid>, Timestamptz, Timestamptz)>>)]
    closures: Vec<(Option<Uuid>, Option<Uuid>, Instant, Instant)>,
    /// Of sessions that many attend.
    #[diesel(sql_type = Nullable<Array<Text>>)]
    places: Option<Vec<String>>,
    #[diesel(sql_type = Nullable<Array<Text>>)]
    kept: Option<Vec<String>>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    needed: Option<Value>,
    /// Where their room is on loan.
    #[diesel(sql_type = Nullable<Jsonb>)]
    lent: Option<Value>,
    #[diesel(embed)]
    service: Service,
}

/// The service of all of them.
#[derive(QueryableByName)]
struct Service {
    #[diesel(sql_type = SqlUuid)]
    service_id: Uuid,
    #[diesel(sql_type = Text)]
    format: String,
    #[diesel(sql_type = Integer)]
    length_minutes: i32,
    #[diesel(sql_type = Integer)]
    start_every_minutes: i32,
    #[diesel(sql_type = Integer)]
    buffer_before_minutes: i32,
    #[diesel(sql_type = Integer)]
    buffer_after_minutes: i32,
    #[diesel(sql_type = Integer)]
    minimum_notice_minutes: i32,
    #[diesel(sql_type = Integer)]
    horizon_days: i32,
    #[diesel(sql_type = Integer)]
    cancellation_deadline_minutes: i32,
    #[diesel(sql_type = Integer)]
    reschedule_deadline_minutes: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    max_per_week: Option<i32>,
    #[diesel(sql_type = Integer)]
    approval_within_minutes: i32,
    #[diesel(sql_type = Text)]
    contact_rule: String,
    #[diesel(sql_type = Array<Text>)]
    languages: Vec<String>,
}

/// Sessions whose counsellor, site or room is not there any more are among the openings, so that
/// they count, and get no slots.
pub(super) fn calendar(groups: &[Group]) -> Result<Calendar> {
    let mut calendar = Calendar::default();
    if let Some(first) = groups.first() {
        let service = first.service.bookable()?;
        let id = first.service.service_id.into();
        calendar.services.insert(id, service);
    }
    let mut occupied = Vec::new();
    for group in groups {
        group.tell_who_is_there(&mut calendar)?;
        calendar.openings.append(&mut group.openings()?);
        group.tell_what_is_occupied(&mut occupied)?;
        group.tell_caps(&mut calendar)?;
    }
    calendar.occupied = Occupied::from_unsorted(occupied);
    Ok(calendar)
}

impl Group {
    /// What a claim takes.
    pub(super) fn resources(&self) -> Vec<Uuid> {
        std::iter::once(self.counsellor_id)
            .chain(self.room_id)
            .chain(self.service.max_per_week.map(|_| self.service.service_id))
            .collect()
    }

    pub(super) const fn is_choosing(&self) -> bool {
        self.needed.is_some()
    }

    /// Whether claims on rooms of others have to be looked after.
    pub(super) fn tells_of_loans(&self) -> bool {
        self.lent.is_some() || self.needed.as_ref().is_some_and(needs::tells_of_loans)
    }

    fn pools(&self, length: TimeDelta) -> Result<Arc<[Pool]>> {
        let room = self.room_id.map(RoomId::new).zip(self.lent.as_ref());
        let pools = needs::pools(self.needed.as_ref(), length)?;
        needs::with_room(room, pools, length)
    }

    fn tell_who_is_there(&self, calendar: &mut Calendar) -> Result<()> {
        if let Some(spoken) = &self.spoken {
            let languages = parsed_words("language", spoken)?;
            calendar
                .counsellors
                .insert(self.counsellor_id.into(), languages);
        }
        if let (Some(time_zone), Some(federal_state)) = (&self.time_zone, &self.federal_state) {
            let site = SiteCalendar {
                time_zone: parsed("site", time_zone)?,
                federal_state: parsed("site", federal_state)?,
            };
            calendar.sites.insert(self.site_id.into(), site);
        }
        let room = self.room_id.filter(|_| self.room_is_there);
        calendar.rooms.extend(room.map(domain::ids::RoomId::from));
        Ok(())
    }

    fn openings(&self) -> Result<Vec<SessionOpening>> {
        let modalities = Arc::new(parsed_words("modality", &self.modalities)?);
        // Alike for all but sessions that many attend, which claim all of their time.
        let mut known: Option<(TimeDelta, Arc<[Pool]>)> = None;
        let takes_more = self.lent.is_some() || self.needed.is_some();
        let service = takes_more.then(|| self.service.bookable()).transpose()?;
        let nothing: Arc<[Pool]> = Arc::new([]);
        let visits = needs::visits(self.needed.as_ref())?;
        let mut places = places_of(self.places.iter().flatten())?;
        let kept = kept::told(self.kept.iter().flatten())?;
        let spans = self.starts.iter().zip(&self.ends);
        let sessions = self.sessions.iter().zip(spans);
        sessions
            .map(|(session, (starts_at, ends_at))| {
                let opening = Opening::new(span(*starts_at, *ends_at)?)
                    .map_err(|error| Error::corrupt("session", error))?;
                let length = service.as_ref().map(|it| it.claim_length(opening));
                let pools = match (length, &known) {
                    (None, _) => Arc::clone(&nothing),
                    (Some(length), Some((of, pools))) if *of == length => Arc::clone(pools),
                    (Some(length), _) => {
                        let pools = self.pools(length)?;
                        known = Some((length, Arc::clone(&pools)));
                        pools
                    }
                };
                Ok(SessionOpening {
                    organisation_id: self.organisation_id.into(),
                    session_id: (*session).into(),
                    service_id: self.service.service_id.into(),
                    counsellor_id: self.counsellor_id.into(),
                    site_id: self.site_id.into(),
                    room_id: self.room_id.map(Into::into),
                    opening,
                    modalities: Arc::clone(&modalities),
                    opens_on_holidays: self.opens_on_holidays,
                    pools,
                    visits: visits.clone(),
                    way: None,
                    places: places.remove(&SessionId::new(*session)),
                    kept: kept.get(&(*session).into()).copied().unwrap_or_default(),
                })
            })
            .collect()
    }

    /// What groups share is told by each of them.
    fn tell_caps(&self, calendar: &mut Calendar) -> Result<()> {
        let service = self.service.service_id;
        let taken = self.claims().filter(|(resource, _)| *resource == service);
        let taken: Result<Vec<_>> = taken.map(|(_, place)| Ok(place?.from())).collect();
        let places = calendar.places_taken.entry(service.into()).or_default();
        places.append(&mut taken?);
        let caps = caps_of::read(self.max_per_day, self.pause_after, self.pause_minutes)?;
        if caps.is_none() {
            return Ok(());
        }
        let counsellor = self.counsellor_id.into();
        calendar.caps.insert(counsellor, caps);
        let talks = calendar.talks.entry(counsellor).or_default();
        for (resource, span) in self.claims() {
            if resource == self.counsellor_id {
                talks.push(span?);
            }
        }
        Ok(())
    }

    fn claims(&self) -> impl Iterator<Item = (Uuid, Result<Span>)> {
        let ends = self.claims_end.iter().flatten();
        let claims = self.claims_start.iter().flatten().zip(ends);
        let resources = self.claimed.iter().flatten().copied();
        resources.zip(claims.map(|(starts_at, ends_at)| span(*starts_at, *ends_at)))
    }

    /// What groups share is told by each of them.
    fn tell_what_is_occupied(&self, occupied: &mut Vec<(Reason, Span)>) -> Result<()> {
        let of_people_and_rooms = |(resource, _): &(Uuid, _)| *resource != self.service.service_id;
        for (resource, span) in self.claims().filter(of_people_and_rooms) {
            occupied.push((Reason::Claim(resource.into()), span?));
        }
        for (starts_at, ends_at) in &self.absences {
            let reason = Reason::Absence(self.counsellor_id.into());
            occupied.push((reason, span(*starts_at, *ends_at)?));
        }
        for (site, room, starts_at, ends_at) in &self.closures {
            let reason = closed(*site, *room, self.organisation_id);
            occupied.push((reason, span(*starts_at, *ends_at)?));
        }
        Ok(())
    }
}

impl Service {
    fn bookable(&self) -> Result<Bookable> {
        let rules = Rules {
            length: self.length_minutes,
            start_every: self.start_every_minutes,
            buffer_before: self.buffer_before_minutes,
            buffer_after: self.buffer_after_minutes,
            minimum_notice: self.minimum_notice_minutes,
            horizon_days: self.horizon_days,
        };
        Ok(Bookable {
            format: parsed("service", &self.format)?,
            timing: rules.timing()?,
            contact_rule: parsed("service", &self.contact_rule)?,
            approval_within: Rules::approval(self.approval_within_minutes)?,
            cancellation_deadline: Rules::minutes(self.cancellation_deadline_minutes)?,
            reschedule_deadline: Rules::minutes(self.reschedule_deadline_minutes)?,
            max_per_week: Rules::most(self.max_per_week.unwrap_or_default())?,
            languages: parsed_words("language", &self.languages)?,
        })
    }
}
