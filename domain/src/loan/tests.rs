use chrono::{Datelike, NaiveTime, Weekday};
use chrono_tz::Europe::Berlin;
use proptest::prelude::{Strategy, any, prop_assert_eq, proptest};

use super::*;

fn span(from: &str, before: &str) -> Span {
    let [from, before] = [from, before].map(|text| text.parse().expect(text));
    Span::new(from, before).expect("a span")
}

fn hours(texts: &[&str]) -> WeeklyHours {
    let hours = texts.iter().map(|text| text.parse().expect(text));
    WeeklyHours::new(hours.collect()).expect("hours of a week")
}

fn terms(texts: &[&str], quota: Option<Quota>) -> Terms {
    let day = |text: &str| text.parse().expect(text);
    Terms {
        time_zone: Berlin,
        validity: Validity::new(day("2026-01-01"), Some(day("2027-12-31"))).expect("a validity"),
        hours: hours(texts),
        quota,
    }
}

fn quota(limit: i64, unit: Unit, per: Period) -> Option<Quota> {
    Some(Quota::new(limit, unit, per).expect("a quota"))
}

#[test]
fn hours_are_whole_minutes_of_one_day() {
    let clock = |text: &str| text.parse::<NaiveTime>().expect(text);
    let new = |starts, ends| {
        LentHours::new(Weekday::Wed, clock(starts), clock(ends)).map(|it| it.to_string())
    };
    assert_eq!(new("17:00:00", "20:00:00"), Ok("WE 17:00 20:00".to_owned()));
    assert_eq!(new("00:00:00", "23:59:00"), Ok("WE 00:00 23:59".to_owned()));
    for (starts, ends) in [("22:00:00", "02:00:00"), ("18:00:00", "00:00:00")] {
        assert_eq!(new(starts, ends), Err(HoursError::Midnight));
    }
    let empty = HoursError::Malformed(crate::schedule::LocalHoursError::Equal);
    assert_eq!(new("09:00:00", "09:00:00"), Err(empty));
    for text in ["WE 17:00", "XX 17:00 20:00", "WE 20:00 17:00", ""] {
        assert_eq!(text.parse::<LentHours>(), Err(MalformedLentHours));
    }
}

#[test]
fn hours_of_a_weekday_are_apart() {
    let new = |texts: &[&str]| {
        WeeklyHours::new(texts.iter().map(|text| text.parse().expect(text)).collect())
    };
    assert_eq!(new(&[]), Err(HoursError::Number));
    assert_eq!(new(&["MO 09:00 10:00"; 51]), Err(HoursError::Number));
    assert_eq!(
        new(&["MO 10:00 12:00", "MO 09:00 10:00"]),
        Err(HoursError::Overlap)
    );
    let sorted = new(&["TU 09:00 10:00", "MO 11:00 12:00", "MO 09:00 10:00"]).expect("hours");
    let sorted: Vec<_> = sorted.each().iter().map(ToString::to_string).collect();
    assert_eq!(
        sorted,
        ["MO 09:00 10:00", "MO 11:00 12:00", "TU 09:00 10:00"]
    );
}

#[test]
fn a_quota_is_positive_and_no_more_than_a_month() {
    for limit in [i64::MIN, -1, 0, 44_641, i64::MAX] {
        assert_eq!(Quota::new(limit, Unit::Uses, Period::Week), Err(QuotaError));
    }
    assert!(Quota::new(1, Unit::Minutes, Period::Month).is_ok());
    assert!(Quota::new(44_640, Unit::Minutes, Period::Month).is_ok());
}

#[test]
fn five_o_clock_stays_five_o_clock_when_the_clocks_change() {
    let wednesday = terms(&["WE 17:00 19:00", "SU 17:00 19:00"], None);
    let allow = |from, before| wednesday.allow(span(from, before), &[]);
    // The Wednesdays and Sundays around 29 March and 25 October 2026.
    assert_eq!(
        allow("2026-03-25T16:00:00Z", "2026-03-25T18:00:00Z"),
        Ok(())
    );
    assert_eq!(
        allow("2026-03-29T15:00:00Z", "2026-03-29T17:00:00Z"),
        Ok(())
    );
    assert_eq!(
        allow("2026-03-29T16:00:00Z", "2026-03-29T18:00:00Z"),
        Err(NotLent::Hours)
    );
    assert_eq!(
        allow("2026-10-21T15:00:00Z", "2026-10-21T17:00:00Z"),
        Ok(())
    );
    assert_eq!(
        allow("2026-10-25T16:00:00Z", "2026-10-25T18:00:00Z"),
        Ok(())
    );
    assert_eq!(
        allow("2026-10-25T15:00:00Z", "2026-10-25T17:00:00Z"),
        Err(NotLent::Hours)
    );
    // The whole of 24 and 26 hours that those Sundays have.
    let sunday = terms(&["SU 00:00 23:59"], None);
    let allow = |from, before| sunday.allow(span(from, before), &[]);
    assert_eq!(
        allow("2026-03-28T23:00:00Z", "2026-03-29T21:59:00Z"),
        Ok(())
    );
    assert_eq!(
        allow("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        Err(NotLent::Hours)
    );
    assert_eq!(
        allow("2026-10-24T22:00:00Z", "2026-10-25T22:59:00Z"),
        Ok(())
    );
}

#[test]
fn hours_that_the_gap_swallows_are_no_hours() {
    let night = terms(&["SU 02:10 02:50", "SU 03:20 04:00"], None);
    let allow = |from, before| night.allow(span(from, before), &[]);
    assert_eq!(
        allow("2026-03-22T01:10:00Z", "2026-03-22T01:50:00Z"),
        Ok(())
    );
    assert_eq!(
        allow("2026-03-29T01:10:00Z", "2026-03-29T02:00:00Z"),
        Ok(())
    );
    assert_eq!(
        allow("2026-03-29T01:00:00Z", "2026-03-29T01:20:00Z"),
        Err(NotLent::Hours)
    );
}

#[test]
fn a_loan_begins_with_its_first_day_and_ends_with_its_last() {
    let daily = terms(&["TH 08:00 23:00", "FR 08:00 23:00"], None);
    let allow = |from, before| daily.allow(span(from, before), &[]);
    assert_eq!(
        allow("2026-01-01T08:00:00Z", "2026-01-01T09:00:00Z"),
        Ok(())
    );
    assert_eq!(
        allow("2025-12-26T08:00:00Z", "2025-12-26T09:00:00Z"),
        Err(NotLent::Hours)
    );
    assert_eq!(
        allow("2027-12-31T21:30:00Z", "2027-12-31T22:00:00Z"),
        Ok(())
    );
    assert_eq!(
        allow("2028-01-06T08:00:00Z", "2028-01-06T09:00:00Z"),
        Err(NotLent::Hours)
    );
}

#[test]
fn the_last_minutes_of_a_quota_are_given_and_none_more() {
    let minutes = terms(
        &["MO 08:00 20:00", "SU 08:00 20:00"],
        quota(120, Unit::Minutes, Period::Week),
    );
    let monday = span("2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z");
    let allow = |from, before, used: &[Span]| minutes.allow(span(from, before), used);
    assert_eq!(
        allow("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", &[monday]),
        Ok(())
    );
    let more = allow("2026-11-29T10:00:00Z", "2026-11-29T11:01:00Z", &[monday]);
    assert_eq!(more, Err(NotLent::Quota));
    // The next week has its own.
    let next = allow("2026-11-30T10:00:00Z", "2026-11-30T12:00:00Z", &[monday]);
    assert_eq!(next, Ok(()));
}

#[test]
fn a_month_ends_on_the_clocks_of_the_site_also_with_the_year() {
    let once = terms(
        &["TH 00:00 23:59", "FR 00:00 23:59"],
        quota(1, Unit::Uses, Period::Month),
    );
    // 23:30 on 31 December 2026 in Leipzig, and 00:30 on 1 January 2027.
    let last = span("2026-12-31T22:00:00Z", "2026-12-31T22:59:00Z");
    let first = span("2026-12-31T23:30:00Z", "2027-01-01T00:00:00Z");
    assert_eq!(once.allow(first, &[last]), Ok(()));
    let earlier = span("2026-12-10T09:00:00Z", "2026-12-10T10:00:00Z");
    assert_eq!(once.allow(last, &[earlier]), Err(NotLent::Quota));
}

#[test]
fn nothing_is_left_of_a_loan_that_has_ended() {
    let window = span("2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z");
    let room: RoomId = "0190d3c4-7b1e-7000-8000-000000000001"
        .parse()
        .expect("an id");
    let ended = Lent {
        terms: None,
        window,
        used: Vec::new(),
        claims: Vec::new(),
        closed: Vec::new(),
    };
    let member = ended.member(room.into(), TimeDelta::hours(1));
    assert_eq!(member.claims, BusySpans::from_unsorted(vec![window]));
}

/// Whether every minute of the claim shows a weekday and a time of the hours.
fn shows_the_hours(terms: &Terms, claim: Span) -> bool {
    let minutes = claim.length().num_minutes();
    (0..minutes).all(|minute| {
        let local = (claim.from() + TimeDelta::minutes(minute)).with_timezone(&Berlin);
        let open = |hours: &LentHours| {
            let weekday = LentHours::weekday_of(hours.weekday()).expect("a weekday");
            weekday == local.weekday() && (hours.starts()..hours.ends()).contains(&local.time())
        };
        terms.validity.has(local.date_naive()) && terms.hours.each().iter().any(open)
    })
}

/// As the brute force counts it: what began on a day of the same week or month.
fn is_within(quota: Quota, claim: Span, used: &[Span]) -> bool {
    let period = |span: &Span| {
        let day = span.from().with_timezone(&Berlin).date_naive();
        match quota.per() {
            Period::Week => (day.iso_week().year(), day.iso_week().week()),
            Period::Month => (day.year(), day.month()),
        }
    };
    let all = used.iter().chain([&claim]);
    let amount = all
        .filter(|used| period(used) == period(&claim))
        .map(|used| match quota.unit() {
            Unit::Minutes => used.length().num_minutes(),
            Unit::Uses => 1,
        });
    amount.sum::<i64>() <= i64::from(quota.limit())
}

/// Hours outside the night, in which the clocks show some minutes twice or never.
fn some_terms() -> impl Strategy<Value = Terms> {
    let hours = (0..7_usize, 4..20_u32, 1..180_u32, 0..60_u32).prop_map(
        |(weekday, hour, length, minute)| {
            let weekday = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][weekday];
            let start = hour * 60 + minute;
            let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
            format!("{weekday} {} {}", clock(start), clock(start + length))
        },
    );
    let quota = (1..600_i64, any::<bool>(), any::<bool>()).prop_map(|(limit, minutes, week)| {
        let (unit, per) = (
            if minutes { Unit::Minutes } else { Unit::Uses },
            if week { Period::Week } else { Period::Month },
        );
        let limit = if minutes { limit } else { limit % 5 + 1 };
        quota(limit, unit, per)
    });
    let hours = proptest::collection::vec(hours, 1..9);
    (hours, proptest::option::of(quota)).prop_filter_map("hours that touch", |(hours, quota)| {
        let hours = hours.iter().map(|text| text.parse().expect(text)).collect();
        let hours = WeeklyHours::new(hours).ok()?;
        let terms = terms(&["MO 09:00 10:00"], quota.flatten());
        Some(Terms { hours, ..terms })
    })
}

fn some_span() -> impl Strategy<Value = Span> {
    // Around the change of the clocks and the end of a month.
    (0..40 * 24 * 60_i64, 1..200_i64).prop_map(|(minute, length)| {
        let start: DateTime<Utc> = "2026-10-10T00:00:00Z".parse().expect("an instant");
        let from = start + TimeDelta::minutes(minute);
        Span::new(from, from + TimeDelta::minutes(length)).expect("a span")
    })
}

proptest! {
    #[test]
    fn what_is_allowed_is_what_the_clocks_and_a_count_say(
        terms in some_terms(),
        claim in some_span(),
        used in proptest::collection::vec(some_span(), 0..8),
    ) {
        let expected = if !shows_the_hours(&terms, claim) {
            Err(NotLent::Hours)
        } else if terms.quota.is_some_and(|quota| !is_within(quota, claim, &used)) {
            Err(NotLent::Quota)
        } else {
            Ok(())
        };
        prop_assert_eq!(terms.allow(claim, &used), expected);
    }

    #[test]
    fn what_is_withheld_lies_in_the_way_of_exactly_what_is_not_allowed(
        terms in some_terms(),
        claim in some_span(),
        used in proptest::collection::vec(some_span(), 0..8),
    ) {
        let window = claim.widened(TimeDelta::days(3), TimeDelta::days(3));
        let withheld = terms.withheld(window, claim.length(), &used);
        let is_free = !withheld.iter().any(|withheld| withheld.overlaps(claim));
        prop_assert_eq!(is_free, terms.allow(claim, &used).is_ok());
    }
}
