//! Ways, areas, and that nobody is ever on two ways at once.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_oneof, proptest};
use proptest::{collection, option};
use uuid::Uuid;

use super::*;
use crate::calendar::{Bookable, Calendar, SessionOpening, SiteCalendar};
use crate::holidays::FederalState;
use crate::ids::CounsellorId;
use crate::modality::Modality;
use crate::service::{ContactRule, Format};
use crate::slots::{BusySpans, Occupied, Opening, Reason, Timing, TimingRules, Unbookable};
use crate::span::Span;

fn at(latitude: f64, longitude: f64) -> Coordinates {
    Coordinates::new(latitude, longitude).expect("coordinates")
}

fn rules(minutes_per_km: i64, minimum: i64, volunteers: Volunteers) -> VisitRules {
    VisitRules::new(minutes_per_km, minimum, volunteers).expect("rules")
}

#[test]
fn a_radius_of_the_planet_is_no_radius() {
    let leipzig = at(51.34, 12.37);
    for radius in [0.0, -3.0, 100.1, 6371.0, f64::INFINITY, f64::NAN] {
        assert_eq!(VisitingArea::new(leipzig, radius), Err(RadiusOutOfRange));
    }
    assert!(VisitingArea::new(leipzig, LARGEST_RADIUS_KM).is_ok());
}

#[test]
fn ways_have_rules_that_somebody_would_go_by() {
    let new = |speed, minimum| VisitRules::new(speed, minimum, Volunteers::One);
    for speed in [0, -1, 31, i64::MAX] {
        assert_eq!(new(speed, 10), Err(VisitRulesError::Speed));
    }
    for minimum in [-1, 241, i64::MAX] {
        assert_eq!(new(4, minimum), Err(VisitRulesError::Minimum));
    }
    assert!(new(30, 240).is_ok() && new(1, 0).is_ok());
    assert_eq!([0, 3, -1].map(Volunteers::new), [Err(TooMany); 3]);
}

#[test]
fn a_way_is_reckoned_upwards_in_steps_and_never_below_the_minimum() {
    let rules = rules(4, 10, Volunteers::One);
    let base = at(51.34, 12.37);
    // A hundredth of a degree of latitude is 1.112 kilometres: 5.8 minutes on the road.
    let ways =
        [0.0, 0.01, 0.02, 0.1].map(|north| rules.way(base, at(51.34 + north, 12.37)).count());
    assert_eq!(ways, [10, 10, 15, 60]);
}

#[test]
fn where_people_live_is_told_no_closer_than_needed() {
    let area = VisitingArea::new(at(51.343_21, 12.378_91), 5.0).expect("an area");
    assert_eq!(area.base(), at(51.34, 12.38));
    let doorstep = Doorstep::new(51.343_21, 12.378_91).expect("a doorstep");
    assert_eq!(doorstep.coordinates(), at(51.343, 12.379));
    for edge in [
        (90.0, 180.0),
        (-90.0, -180.0),
        (89.9999, 179.9999),
        (-0.0001, -0.0001),
    ] {
        assert!(
            Doorstep::new(edge.0, edge.1).is_ok_and(|it| it.coordinates().latitude().abs() <= 90.0)
        );
    }
    assert!(Doorstep::new(90.1, 0.0).is_err() && Doorstep::new(f64::NAN, 0.0).is_err());
}

const FIRST: u128 = 4;

fn who(number: u128) -> CounsellorId {
    Uuid::from_u128(number).into()
}

/// From 22:00 UTC, for ten hours, people can be visited: in the nights in which the clocks change, and
/// that in which the year does.
const NIGHTS: [&str; 3] = ["2026-03-28", "2026-10-24", "2026-12-31"];

fn night(day: &str) -> DateTime<Utc> {
    format!("{day}T22:00:00Z").parse().expect("an instant")
}

/// A volunteer's circle, and when they are busy.
#[derive(Debug, Clone)]
struct Neighbour {
    area: Option<VisitingArea>,
    /// From a minute of the night on, so many minutes.
    busy: Vec<(i64, i64)>,
}

#[derive(Debug, Clone)]
struct World {
    rules: VisitRules,
    timing: Timing,
    first: Neighbour,
    /// With the hours of each, in which alone they come along.
    others: Vec<(Neighbour, (i64, i64))>,
    doorstep: Doorstep,
    night: DateTime<Utc>,
}

/// The whole night.
const OPEN: (i64, i64) = (0, 600);

impl World {
    fn span(&self, (from, minutes): (i64, i64)) -> Span {
        let from = self.night + TimeDelta::minutes(from);
        Span::new(from, from + TimeDelta::minutes(minutes)).expect("a span")
    }

    fn spans(&self, of: &[(i64, i64)]) -> Vec<Span> {
        of.iter().map(|it| self.span(*it)).collect()
    }

    fn calendar(&self) -> Calendar {
        let one = Uuid::from_u128(1);
        let companion = |(place, (it, hours)): (usize, &(Neighbour, (i64, i64)))| {
            Some(Companion {
                area: it.area?,
                member: Member {
                    resource_id: Uuid::from_u128(FIRST + 1 + place as u128).into(),
                    claims: BusySpans::from_unsorted(self.spans(&it.busy)),
                    unavailable: BusySpans::outside(vec![self.span(*hours)], Vec::new()),
                    timing: None,
                    ration: None,
                    capped: None,
                },
            })
        };
        let visits = Visits {
            rules: self.rules,
            area: self.first.area,
            others: self
                .others
                .iter()
                .enumerate()
                .filter_map(companion)
                .collect(),
        };
        let opening = SessionOpening {
            organisation_id: one.into(),
            session_id: one.into(),
            service_id: one.into(),
            site_id: one.into(),
            counsellor_id: who(FIRST),
            room_id: None,
            opening: Opening::new(self.span(OPEN)).expect("whole minutes"),
            modalities: [Modality::AtHome]
                .into_iter()
                .collect::<std::collections::BTreeSet<_>>()
                .into(),
            opens_on_holidays: true,
            pools: [].into(),
            visits: Some(visits.into()),
            way: None,
            places: None,
            kept: crate::kept::Kept::default(),
        };
        let service = Bookable {
            format: Format::Visit,
            timing: self.timing,
            contact_rule: ContactRule::None,
            approval_within: None,
            cancellation_deadline: Minutes::NONE,
            reschedule_deadline: Minutes::NONE,
            max_per_week: None,
            languages: [].into(),
        };
        let site = SiteCalendar {
            time_zone: chrono_tz::Europe::Berlin,
            federal_state: FederalState::Saxony,
        };
        let busy = self.spans(&self.first.busy).into_iter();
        Calendar {
            openings: vec![opening],
            services: BTreeMap::from([(one.into(), service)]),
            sites: BTreeMap::from([(one.into(), site)]),
            counsellors: BTreeMap::from([(who(FIRST), [].into())]),
            occupied: Occupied::from_unsorted(
                busy.map(|span| (Reason::Claim(who(FIRST).into()), span))
                    .collect(),
            ),
            ..Calendar::default()
        }
    }

    /// Minute by minute: how long somebody is away for a visit from that minute on, if they can come.
    fn comes(&self, it: &Neighbour, hours: (i64, i64), start: i64) -> Option<Span> {
        let (area, there) = (it.area?, self.doorstep.coordinates());
        if kilometres(area.base(), there) > area.radius_km() {
            return None;
        }
        let mut way = 0;
        while f64::from(way)
            < kilometres(area.base(), there) * 1.3 * f64::from(self.rules.minutes_per_km())
        {
            way += 5;
        }
        let way = i64::from(way.max(self.rules.minimum().count()));
        let timing = self.timing.rules();
        let count = |minutes: Minutes| i64::from(minutes.count());
        let (slot, hours) = (self.span((start, count(timing.length))), self.span(hours));
        let before = way + count(timing.buffer_before);
        let after = count(timing.length) + count(timing.buffer_after) + way;
        let claim = self.span((start - before, before + after));
        let is_day = claim.length() <= TimeDelta::days(1);
        let is_open = hours.from() <= slot.from() && slot.before() <= hours.before();
        let is_free = !self.spans(&it.busy).iter().any(|busy| busy.overlaps(claim));
        (is_day && is_open && is_free).then_some(claim)
    }

    /// Who comes to a visit that starts then, and for how long each is away.
    fn by_brute_force(&self, start: i64) -> Option<Vec<(u128, Span)>> {
        let first = self.comes(&self.first, OPEN, start)?;
        if self.rules.volunteers == Volunteers::One {
            return Some(vec![(FIRST, first)]);
        }
        let mut others = self.others.iter().zip(FIRST + 1..);
        let second =
            others.find_map(|((it, hours), number)| Some((number, self.comes(it, *hours, start)?)));
        Some(vec![(FIRST, first), second?])
    }
}

fn any_place() -> impl Strategy<Value = (f64, f64)> {
    let near = |degrees: i32| f64::from(degrees) / 1000.0;
    (-80..80_i32, -120..120_i32)
        .prop_map(move |(north, east)| (51.34 + near(north), 12.37 + near(east)))
}

fn any_neighbour() -> impl Strategy<Value = Neighbour> {
    let area = (any_place(), 1..20_u32).prop_map(|((latitude, longitude), radius)| {
        VisitingArea::new(at(latitude, longitude), f64::from(radius)).expect("an area")
    });
    let busy = collection::vec((-300..900_i64, 1..200_i64), 0..3);
    (option::weighted(0.9, area), busy).prop_map(|(area, busy)| Neighbour { area, busy })
}

fn any_world() -> impl Strategy<Value = World> {
    let volunteers = prop_oneof![Just(Volunteers::One), Just(Volunteers::Two)];
    let rules = (1..31_i64, 0..60_i64, volunteers)
        .prop_map(|(speed, minimum, volunteers)| rules(speed, minimum, volunteers));
    let minutes = |count| Minutes::new(count).expect("minutes");
    let timing = (1..120_u32, 1..60_u32, 0..20_u32, 0..20_u32).prop_map(
        move |(length, every, before, after)| {
            let rules = TimingRules {
                length: minutes(length),
                start_every: minutes(every),
                buffer_before: minutes(before),
                buffer_after: minutes(after),
                minimum_notice: Minutes::NONE,
                horizon: Minutes::MAX,
            };
            Timing::new(rules).expect("a timing")
        },
    );
    let hours = (0..500_i64, 1..400_i64);
    let others = collection::vec((any_neighbour(), hours), 0..4);
    let night = (0..NIGHTS.len()).prop_map(|number| night(NIGHTS[number]));
    (rules, timing, any_neighbour(), others, any_place(), night).prop_map(
        |(rules, timing, first, others, (latitude, longitude), night)| World {
            rules,
            timing,
            first,
            others,
            doorstep: Doorstep::new(latitude, longitude).expect("a doorstep"),
            night,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn visits_are_offered_and_claimed_as_by_brute_force(world in any_world()) {
        let mut calendar = world.calendar();
        let (long_ago, night) = (world.night - TimeDelta::days(2), world.span((-600, 1800)));
        assert!(calendar.slots(night, long_ago).is_empty(), "nobody said where to");
        calendar.lead_to(world.doorstep);
        let offered = calendar.slots(night, long_ago);
        let every = usize::try_from(world.timing.rules().start_every.count()).expect("minutes");
        let expected: Vec<_> = (0..600).step_by(every)
            .filter(|start| world.by_brute_force(*start).is_some())
            .map(|start| world.night + TimeDelta::minutes(start))
            .collect();
        assert_eq!(offered.iter().map(|it| it.slot.span.from()).collect::<Vec<_>>(), expected);
        for slot in &offered {
            let start = (slot.slot.span.from() - world.night).num_minutes();
            let bid = calendar.bid(&slot.slot.id, long_ago).expect("offered");
            let mut parts: Vec<_> = bid.claimed().parts().collect();
            parts.sort_unstable();
            let expected = world.by_brute_force(start).expect("offered").into_iter();
            let expected: Vec<_> = expected.map(|(who, span)| (Uuid::from_u128(who).into(), span)).collect();
            assert_eq!(parts, expected);
        }
    }

    #[test]
    fn between_two_visits_there_is_time_for_the_way(
        (base, one, other) in (any_place(), any_place(), any_place()),
        speed in 1..31_i64,
        minimum in 0..60_i64,
    ) {
        let rules = rules(speed, minimum, Volunteers::One);
        let area = VisitingArea::new(at(base.0, base.1), LARGEST_RADIUS_KM).expect("an area");
        let doorsteps = [one, other].map(|(latitude, longitude)| Doorstep::new(latitude, longitude).expect("a doorstep"));
        let kept_free: u32 = doorsteps.iter()
            .map(|it| area.way_to(*it, rules).expect("near").count())
            .sum();
        let [from, to] = doorsteps.map(Doorstep::coordinates);
        assert!(rules.way(from, to).count() <= kept_free);
    }
}

#[test]
fn whoever_lives_too_far_away_is_told_so() {
    let timing = TimingRules {
        length: Minutes::new(60).expect("minutes"),
        start_every: Minutes::new(60).expect("minutes"),
        buffer_before: Minutes::NONE,
        buffer_after: Minutes::NONE,
        minimum_notice: Minutes::NONE,
        horizon: Minutes::MAX,
    };
    let world = World {
        rules: rules(4, 10, Volunteers::One),
        timing: Timing::new(timing).expect("a timing"),
        first: Neighbour {
            area: VisitingArea::new(at(51.34, 12.37), 5.0).ok(),
            busy: Vec::new(),
        },
        others: Vec::new(),
        doorstep: Doorstep::new(51.34, 12.40).expect("a doorstep"),
        night: night(NIGHTS[0]),
    };
    let mut calendar = world.calendar();
    let long_ago = world.night - TimeDelta::days(2);
    calendar.lead_to(world.doorstep);
    let slot = calendar.slots(world.span(OPEN), long_ago)[0].slot.id;
    assert!(calendar.bid(&slot, long_ago).is_ok());
    calendar.lead_to(Doorstep::new(51.48, 11.97).expect("Halle"));
    assert_eq!(
        calendar.bid(&slot, long_ago).err(),
        Some(Unbookable::TooFar)
    );
    assert_eq!(
        calendar.asks_for(slot.service_id, None),
        Err(crate::calendar::HomeError::Missing)
    );
}
