//! From what is stored to what it means to a calendar.

use std::collections::{BTreeMap, BTreeSet};

use domain::calendar::SiteCalendar;
use domain::caps::{CounsellorCaps, Talks};
use domain::ids::SessionId;
use domain::minutes::Minutes;
use domain::places::Places;
use domain::slots::{Reason, Timing, TimingRules};
use domain::texts::LanguageTag;
use uuid::Uuid;

use crate::counsellors::caps_of;
use crate::error::{Error, Result};
use crate::places;
use crate::stored::parsed;

/// Who closed: a site, a room of it, or else the organisation.
pub(super) fn closed(site: Option<Uuid>, room: Option<Uuid>, organisation: Uuid) -> Reason {
    match (site, room) {
        (Some(site), _) => Reason::SiteClosure(site.into()),
        (None, Some(room)) => Reason::RoomClosure(room.into()),
        (None, None) => Reason::OrganisationClosure(organisation.into()),
    }
}

/// The rules of a service, as they are stored.
pub(super) struct Rules {
    pub(super) length: i32,
    pub(super) start_every: i32,
    pub(super) buffer_before: i32,
    pub(super) buffer_after: i32,
    pub(super) minimum_notice: i32,
    pub(super) horizon_days: i32,
}

impl Rules {
    pub(super) fn timing(&self) -> Result<Timing> {
        let rules = TimingRules {
            length: Self::minutes(self.length)?,
            start_every: Self::minutes(self.start_every)?,
            buffer_before: Self::minutes(self.buffer_before)?,
            buffer_after: Self::minutes(self.buffer_after)?,
            minimum_notice: Self::minutes(self.minimum_notice)?,
            horizon: Self::minutes(self.horizon_days.saturating_mul(24 * 60))?,
        };
        Timing::new(rules).map_err(|error| Error::corrupt("service", error))
    }

    /// No time to answer means that nothing wants to be approved.
    pub(super) fn approval(within: i32) -> Result<Option<Minutes>> {
        let within = Self::minutes(within)?;
        Ok(Some(within).filter(|within| *within > Minutes::NONE))
    }

    /// No talks in a week means that there is no cap.
    pub(super) fn most(per_week: i32) -> Result<Option<Talks>> {
        let most = Some(per_week).filter(|most| *most != 0);
        most.map(|most| Talks::new(most.into()).map_err(|error| Error::corrupt("service", error)))
            .transpose()
    }

    pub(super) fn minutes(count: i32) -> Result<Minutes> {
        let count = u32::try_from(count).map_err(|error| Error::corrupt("service", error))?;
        Minutes::new(count).map_err(|error| Error::corrupt("service", error))
    }
}

/// The places of sessions that many attend.
pub(super) fn places_of<'l>(
    lines: impl IntoIterator<Item = &'l String>,
) -> Result<BTreeMap<SessionId, Places>> {
    let known = lines.into_iter().filter(|line| !line.is_empty());
    known.map(|line| places::parsed(line)).collect()
}

/// `max_per_day,pause_after,pause_minutes` and the languages; a cap that there is not is empty.
pub(super) fn counsellor(text: &str) -> Result<(BTreeSet<LanguageTag>, CounsellorCaps)> {
    let (caps, spoken) = text.split_once(' ').unwrap_or((text, ""));
    let languages = words("language", spoken)?;
    let mut numbers = caps.split(',').map(|number| match number {
        "" => Ok(None),
        number => parsed("counsellor", number).map(Some),
    });
    let mut next = || numbers.next().unwrap_or(Ok(None));
    Ok((languages, caps_of::read(next()?, next()?, next()?)?))
}

pub(super) fn site(text: &str) -> Result<SiteCalendar> {
    let (time_zone, federal_state) = text
        .split_once(' ')
        .ok_or_else(|| Error::corrupt("site", "its federal state is missing"))?;
    Ok(SiteCalendar {
        time_zone: parsed("site", time_zone)?,
        federal_state: parsed("site", federal_state)?,
    })
}

/// The words of a text, as a set of what they mean.
pub(super) fn words<T>(what: &'static str, text: &str) -> Result<BTreeSet<T>>
where
    T: std::str::FromStr<Err: std::fmt::Display> + Ord,
{
    parsed_words(what, text.split_ascii_whitespace())
}

/// Words, as a set of what they mean.
pub(super) fn parsed_words<T>(
    what: &'static str,
    words: impl IntoIterator<Item: AsRef<str>>,
) -> Result<BTreeSet<T>>
where
    T: std::str::FromStr<Err: std::fmt::Display> + Ord,
{
    let words = words.into_iter();
    words.map(|word| parsed(what, word.as_ref())).collect()
}
