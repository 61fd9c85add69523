use chrono::{Datelike, TimeDelta, Timelike};
use proptest::collection::vec;
use proptest::prelude::{any, proptest};
use uuid::Uuid;

use super::*;
use crate::calendar::{Bookable, SiteCalendar};
use crate::holidays::FederalState;
use crate::kept::Kept;
use crate::minutes::{Minutes, WholeMinute};
use crate::service::{ContactRule, Format};
use crate::slots::{Occupied, Opening, Reason, Timing, TimingRules};

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn minutes(count: u32) -> Minutes {
    Minutes::new(count).expect("minutes")
}

fn tag(text: &str) -> LanguageTag {
    text.parse().expect("a tag")
}

const SERVICE: u128 = 100;

/// Talks of an hour at a site in Berlin, with so many counsellors at once; the second speaks Arabic.
fn open(counsellors: u128, starts_at: DateTime<Utc>) -> Calendar {
    let id = |number: u128| Uuid::from_u128(number);
    let span = Span::new(starts_at, starts_at + TimeDelta::hours(3)).expect("a span");
    let rules = TimingRules {
        length: minutes(60),
        start_every: minutes(60),
        buffer_before: Minutes::NONE,
        buffer_after: Minutes::NONE,
        minimum_notice: Minutes::NONE,
        horizon: minutes(90 * 24 * 60),
    };
    let opening = |number: u128| SessionOpening {
        organisation_id: id(1).into(),
        session_id: id(number).into(),
        service_id: id(SERVICE).into(),
        site_id: id(1).into(),
        counsellor_id: id(number).into(),
        room_id: None,
        opening: Opening::new(span).expect("whole minutes"),
        modalities: BTreeSet::from([Modality::Phone]).into(),
        opens_on_holidays: true,
        visits: None,
        way: None,
        pools: [].into(),
        places: None,
        kept: Kept::default(),
    };
    let service = Bookable {
        format: Format::Individual,
        timing: Timing::new(rules).expect("timing"),
        contact_rule: ContactRule::None,
        approval_within: None,
        cancellation_deadline: Minutes::NONE,
        reschedule_deadline: Minutes::NONE,
        max_per_week: None,
        languages: BTreeSet::from([tag("de"), tag("ar")]),
    };
    let speaks = |number: u128| match number {
        2 => BTreeSet::from([tag("de"), tag("ar")]),
        _ => BTreeSet::from([tag("de")]),
    };
    Calendar {
        openings: (1..=counsellors).map(opening).collect(),
        services: BTreeMap::from([(id(SERVICE).into(), service)]),
        sites: BTreeMap::from([(
            id(1).into(),
            SiteCalendar {
                time_zone: chrono_tz::Europe::Berlin,
                federal_state: FederalState::Saxony,
            },
        )]),
        counsellors: (1..=counsellors)
            .map(|number| (id(number).into(), speaks(number)))
            .collect(),
        ..Calendar::default()
    }
}

fn any_slot(starts_at: DateTime<Utc>) -> AnySlotId {
    let id = Uuid::from_u128(1);
    AnySlotId {
        organisation_id: id.into(),
        site_id: id.into(),
        service_id: Uuid::from_u128(SERVICE).into(),
        starts_at: WholeMinute::new(starts_at).expect("a minute"),
    }
}

fn chosen(slot: Result<SlotId, Unbookable>) -> Option<u128> {
    slot.ok().map(|slot| slot.session_id.uuid().as_u128())
}

#[test]
fn slots_that_start_together_become_one() {
    let starts_at = instant("2026-12-01T09:00:00Z");
    let now = instant("2026-11-23T09:00:00Z");
    let calendar = open(3, starts_at);
    let window = Span::new(now, now + TimeDelta::days(30)).expect("a window");
    let merged = merge(calendar.slots(window, now));
    assert_eq!(merged.len(), 3);
    for (hours, slot) in (0..).zip(&merged) {
        assert_eq!(slot.id, any_slot(starts_at + TimeDelta::hours(hours)));
        assert_eq!(slot.counsellors, 3);
        assert_eq!(slot.languages.len(), 2);
    }
}

#[test]
fn whoever_speaks_the_language_comes_first_and_modalities_are_kept() {
    let starts_at = instant("2026-12-01T09:00:00Z");
    let now = instant("2026-11-23T09:00:00Z");
    let calendar = open(3, starts_at);
    let busy = Talks::from([(Uuid::from_u128(2).into(), vec![starts_at])]);
    let choose = |wanted| chosen(calendar.choose(&any_slot(starts_at), wanted, &busy, now));
    assert_eq!(choose(Wanted::default()), Some(1));
    let (arabic, persian) = (tag("ar"), tag("fa"));
    let speaking = |language| Wanted {
        language: Some(language),
        ..Wanted::default()
    };
    assert_eq!(choose(speaking(&arabic)), Some(2));
    assert_eq!(choose(speaking(&persian)), Some(1));
    let by = |modality| Wanted {
        modality: Some(modality),
        ..Wanted::default()
    };
    assert_eq!(choose(by(Modality::Phone)), Some(1));
    assert_eq!(choose(by(Modality::Video)), None);
}

/// By the days and hours themselves: since the last Monday at midnight on the clocks of Berlin.
fn is_in_week(talk: DateTime<Utc>, slot: DateTime<Utc>) -> bool {
    let local = slot.with_timezone(&chrono_tz::Europe::Berlin).naive_local();
    let days = i64::from(local.weekday().num_days_from_monday());
    let seconds = i64::from(local.num_seconds_from_midnight());
    let monday = local - TimeDelta::days(days) - TimeDelta::seconds(seconds);
    let talk = talk.with_timezone(&chrono_tz::Europe::Berlin).naive_local();
    monday <= talk && talk < monday + TimeDelta::days(7)
}

proptest! {
    /// Around both changes of the clocks, and New Year.
    #[test]
    fn the_one_with_the_fewest_talks_of_the_week_is_chosen(
        day in 0..3_usize,
        minutes_later in 0..12_000_i64,
        offsets in vec((1..6_u128, -9_000..9_000_i64), 0..40),
        busy in vec(any::<bool>(), 5),
    ) {
        let days = ["2026-03-25T00:00:00Z", "2026-10-20T00:00:00Z", "2026-12-27T00:00:00Z"];
        let starts_at = instant(days[day]) + TimeDelta::minutes(minutes_later);
        let mut calendar = open(5, starts_at);
        let span = Span::new(starts_at, starts_at + TimeDelta::minutes(1)).expect("a span");
        let claims = (1..=5_u128).zip(&busy).filter(|(_, busy)| **busy);
        let claims = claims.map(|(number, _)| {
            let counsellor: CounsellorId = Uuid::from_u128(number).into();
            (Reason::Claim(counsellor.into()), span)
        });
        calendar.occupied = Occupied::from_unsorted(claims.collect());
        let mut talks = Talks::new();
        for (counsellor, offset) in offsets {
            let counsellor = Uuid::from_u128(counsellor).into();
            talks.entry(counsellor).or_default().push(starts_at + TimeDelta::minutes(offset));
        }
        let mut best = None;
        for number in 1..=5_u128 {
            if busy[usize::try_from(number - 1).expect("a place")] {
                continue;
            }
            let mut count = 0;
            for talk in talks.get(&Uuid::from_u128(number).into()).into_iter().flatten() {
                count += usize::from(is_in_week(*talk, starts_at));
            }
            if best.is_none_or(|(fewest, _)| count < fewest) {
                best = Some((count, number));
            }
        }
        let now = starts_at - TimeDelta::days(3);
        let slot = calendar.choose(&any_slot(starts_at), Wanted::default(), &talks, now);
        if best.is_none() {
            assert_eq!(slot, Err(Unbookable::Taken));
        }
        assert_eq!(chosen(slot), best.map(|(_, number)| number));
    }

    #[test]
    fn talks_given_one_by_one_stay_balanced(counsellors in 1..6_u128, bookings in 1..30_usize) {
        let starts_at = instant("2026-12-01T09:00:00Z");
        let now = instant("2026-11-23T09:00:00Z");
        let calendar = open(counsellors, starts_at);
        let mut talks = Talks::new();
        for _ in 0..bookings {
            let slot = calendar.choose(&any_slot(starts_at), Wanted::default(), &talks, now);
            let counsellor = chosen(slot).expect("a counsellor");
            talks.entry(Uuid::from_u128(counsellor).into()).or_default().push(starts_at);
        }
        let of = |number: u128| talks.get(&Uuid::from_u128(number).into()).map_or(0, Vec::len);
        let counts: Vec<_> = (1..=counsellors).map(of).collect();
        let (most, fewest) = (counts.iter().max(), counts.iter().min());
        assert!(most.expect("some") - fewest.expect("some") <= 1, "{counts:?}");
    }
}
