//! One slot search, to count its instructions: `scripts/count-instructions.sh` runs it under
//! callgrind and compares the number with `instructions.txt`. What is searched is always the same.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::calendar::{Bookable, Calendar, SessionOpening, SiteCalendar};
use domain::holidays::FederalState;
use domain::kept::{Kept, Reader};
use domain::minutes::Minutes;
use domain::modality::Modality;
use domain::service::{ContactRule, Format};
use domain::slots::{Occupied, Opening, Reason, Timing, TimingRules};
use domain::span::Span;
use domain::texts::LanguageTag;
use uuid::Uuid;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let (calendar, wanted, expected) = match std::env::args().nth(1).as_deref() {
        Some("week") => (week()?, usize::MAX, 120),
        Some("topic") => (topic()?, usize::MAX, 384),
        Some("next") => (topic()?, 21, 21),
        _ => return Err("which search: `week`, `topic` or `next`?".into()),
    };
    let now = monday()? - TimeDelta::days(3);
    let window = Span::new(monday()?, monday()? + TimeDelta::weeks(1))?;
    let found = search(&calendar, window, now, wanted);
    if found == expected {
        Ok(())
    } else {
        Err(format!("{found} slots and not {expected}: that is another search").into())
    }
}

/// What is counted; the name is the script's.
#[inline(never)]
fn search(calendar: &Calendar, window: Span, now: DateTime<Utc>, wanted: usize) -> usize {
    let slots = black_box(calendar).slots_as_needed(black_box(window), black_box(now));
    slots.take(wanted).map(black_box).count()
}

/// A service's week: four counsellors with a session of ten hours on each of five days, and of
/// each twenty claims of an hour.
fn week() -> Outcome<Calendar> {
    let mut calendar = empty();
    let mut claims = Vec::new();
    calendar.services.insert(id(1), service()?);
    calendar.sites.insert(id(2), site());
    for counsellor in 0..4 {
        let counsellor_id = 100 + counsellor;
        calendar.counsellors.insert(id(counsellor_id), languages()?);
        for day in 0..5 {
            let starts_at = monday()? + TimeDelta::days(day) + TimeDelta::hours(7);
            let session = [u128::try_from(day)?, counsellor_id, 2, 1];
            calendar.openings.push(opening(session, starts_at, 10)?);
            for claim in 0..4 {
                let from = starts_at + TimeDelta::hours(2 * claim + i64::try_from(counsellor)? % 2);
                claims.push((
                    Reason::Claim(id(counsellor_id)),
                    Span::new(from, from + TimeDelta::hours(1))?,
                ));
            }
        }
    }
    calendar.occupied = Occupied::from_unsorted(claims);
    Ok(calendar)
}

/// The next sessions of a topic: sixty-four of eight hours, of forty-eight counsellors in sixteen
/// organisations, with two claims each.
fn topic() -> Outcome<Calendar> {
    let mut calendar = empty();
    let mut claims = Vec::new();
    for session in 0..64_u128 {
        let (counsellor_id, of_organisation) = (100 + session % 48, session % 48 / 3);
        let (site, service_id) = (1_000 + of_organisation, 2_000 + of_organisation);
        calendar.services.insert(id(service_id), service()?);
        calendar.sites.insert(id(site), self::site());
        calendar.counsellors.insert(id(counsellor_id), languages()?);
        let day = TimeDelta::days(i64::try_from(session / 16)?);
        let starts_at = monday()? + day + TimeDelta::hours(8);
        let numbers = [session, counsellor_id, site, service_id];
        calendar.openings.push(opening(numbers, starts_at, 8)?);
        for hour in [1, 4] {
            let from = starts_at + TimeDelta::hours(hour);
            claims.push((
                Reason::Claim(id(counsellor_id)),
                Span::new(from, from + TimeDelta::hours(1))?,
            ));
        }
    }
    calendar.occupied = Occupied::from_unsorted(claims);
    Ok(calendar)
}

fn empty() -> Calendar {
    Calendar {
        reader: Reader::Public,
        openings: Vec::new(),
        services: BTreeMap::new(),
        sites: BTreeMap::new(),
        counsellors: BTreeMap::new(),
        caps: BTreeMap::new(),
        talks: BTreeMap::new(),
        places_taken: BTreeMap::new(),
        rooms: BTreeSet::new(),
        occupied: Occupied::from_unsorted(Vec::new()),
    }
}

fn opening(
    [session, counsellor, site, service]: [u128; 4],
    starts_at: DateTime<Utc>,
    hours: i64,
) -> Outcome<SessionOpening> {
    let span = Span::new(starts_at, starts_at + TimeDelta::hours(hours))?;
    Ok(SessionOpening {
        kept: Kept::default(),
        organisation_id: id(site),
        session_id: id(10_000 + session * 1_000 + counsellor),
        service_id: id(service),
        site_id: id(site),
        counsellor_id: id(counsellor),
        room_id: None,
        opening: Opening::new(span)?,
        modalities: Arc::new(BTreeSet::from([Modality::InPerson, Modality::Video])),
        opens_on_holidays: false,
        visits: None,
        way: None,
        pools: Arc::new([]),
        places: None,
    })
}

fn service() -> Outcome<Bookable> {
    let rules = TimingRules {
        length: Minutes::new(50)?,
        start_every: Minutes::new(60)?,
        buffer_before: Minutes::NONE,
        buffer_after: Minutes::new(10)?,
        minimum_notice: Minutes::new(60)?,
        horizon: Minutes::new(90 * 24 * 60)?,
    };
    Ok(Bookable {
        format: Format::Individual,
        timing: Timing::new(rules)?,
        contact_rule: ContactRule::Optional,
        approval_within: None,
        cancellation_deadline: Minutes::new(60)?,
        reschedule_deadline: Minutes::new(60)?,
        max_per_week: None,
        languages: languages()?,
    })
}

const fn site() -> SiteCalendar {
    SiteCalendar {
        time_zone: chrono_tz::Europe::Berlin,
        federal_state: FederalState::Saxony,
    }
}

fn languages() -> Outcome<BTreeSet<LanguageTag>> {
    let tags = ["de", "ar", "uk"].map(str::parse::<LanguageTag>);
    Ok(tags.into_iter().collect::<Result<_, _>>()?)
}

fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(number).into()
}

fn monday() -> Outcome<DateTime<Utc>> {
    Ok("2026-03-02T00:00:00Z".parse()?)
}
