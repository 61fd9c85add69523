use std::collections::BTreeSet;

use chrono::{Datelike, NaiveTime, TimeDelta, Weekday};
use chrono_tz::Europe::Berlin;
use proptest::prelude::{Strategy, any, prop_oneof, proptest};

use super::*;
use crate::calendar::OfferedSlot;
use crate::ids::CounsellorId;
use crate::minutes::WholeMinute;
use crate::slot_id::SlotId;
use crate::slots::{Slot, Unbookable};
use crate::span::Span;

fn minute(text: &str) -> WholeMinute {
    WholeMinute::new(instant(text)).expect("a whole minute")
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect(text)
}

fn rule(text: &str) -> SeriesRule {
    text.parse().expect(text)
}

fn local(starts: &[WholeMinute]) -> Vec<String> {
    let local = |start: &WholeMinute| start.instant().with_timezone(&Berlin);
    starts
        .iter()
        .map(|start| local(start).format("%F %R").to_string())
        .collect()
}

#[test]
fn ten_stays_ten_across_both_daylight_saving_days_and_new_year() {
    let spring =
        rule("FREQ=WEEKLY;BYDAY=TU;COUNT=3").starts(minute("2027-03-23T09:00:00Z"), Berlin);
    let spring = local(&spring.expect("dates"));
    assert_eq!(
        spring,
        ["2027-03-23 10:00", "2027-03-30 10:00", "2027-04-06 10:00"]
    );
    let autumn =
        rule("FREQ=WEEKLY;BYDAY=TU;COUNT=2").starts(minute("2026-10-20T08:00:00Z"), Berlin);
    assert_eq!(
        local(&autumn.expect("dates")),
        ["2026-10-20 10:00", "2026-10-27 10:00"]
    );
    let night = rule("FREQ=WEEKLY;BYDAY=TH;COUNT=3").starts(minute("2026-12-24T22:30:00Z"), Berlin);
    let night = local(&night.expect("dates"));
    assert_eq!(
        night,
        ["2026-12-24 23:30", "2026-12-31 23:30", "2027-01-07 23:30"]
    );
}

/// 02:30 is left out by the clocks in spring, and shown twice in autumn.
#[test]
fn an_hour_that_the_clocks_leave_out_or_repeat_is_one_date() {
    let sundays = rule("FREQ=WEEKLY;BYDAY=SU;COUNT=3");
    let spring = sundays
        .starts(minute("2027-03-21T01:30:00Z"), Berlin)
        .expect("dates");
    assert_eq!(
        local(&spring)[1..],
        ["2027-03-28 03:30", "2027-04-04 02:30"]
    );
    let autumn = sundays
        .starts(minute("2026-10-18T00:30:00Z"), Berlin)
        .expect("dates");
    assert_eq!(autumn[1].instant(), instant("2026-10-25T00:30:00Z"));
}

#[test]
fn it_ends_with_its_last_day_or_instant() {
    let first = minute("2026-12-01T09:00:00Z");
    let starts = |text: &str| rule(text).starts(first, Berlin).map(|starts| starts.len());
    assert_eq!(starts("FREQ=WEEKLY;BYDAY=TU;UNTIL=20261215"), Ok(3));
    assert_eq!(starts("FREQ=WEEKLY;BYDAY=TU;UNTIL=20261215T090000Z"), Ok(3));
    assert_eq!(starts("FREQ=WEEKLY;BYDAY=TU;UNTIL=20261215T085959Z"), Ok(2));
    assert_eq!(starts("FREQ=WEEKLY;BYDAY=TU;COUNT=52"), Ok(52));
    assert_eq!(starts("FREQ=MONTHLY;BYDAY=1TU;COUNT=12"), Ok(12));
}

#[test]
fn what_never_ends_or_never_comes_is_refused() {
    let first = minute("2026-12-01T09:00:00Z");
    let refused = |text: &str| rule(text).starts(first, Berlin).expect_err(text);
    let day = "2026-12-01".parse().expect("a day");
    for (text, expected) in [
        (
            "FREQ=WEEKLY;BYDAY=WE;COUNT=3",
            SeriesRuleError::FirstIsNoDate(day),
        ),
        (
            "FREQ=WEEKLY;BYDAY=TU;UNTIL=20261201",
            SeriesRuleError::OneDate,
        ),
        (
            "FREQ=WEEKLY;BYDAY=TU;UNTIL=20200101",
            SeriesRuleError::OneDate,
        ),
        (
            "FREQ=WEEKLY;BYDAY=TU;UNTIL=99991231",
            SeriesRuleError::TooMany,
        ),
        (
            "FREQ=MONTHLY;BYDAY=1TU;UNTIL=20400101",
            SeriesRuleError::TooLong,
        ),
        (
            "FREQ=WEEKLY;INTERVAL=52;BYDAY=TU;COUNT=4",
            SeriesRuleError::TooLong,
        ),
    ] {
        assert_eq!(refused(text), expected, "{text}");
    }
}

#[test]
fn only_a_rule_that_ends_is_the_rule_of_a_series() {
    use MalformedSeriesRule as Malformed;
    let refused = |text: &str| text.parse::<SeriesRule>().expect_err(text);
    for (text, expected) in [
        ("FREQ=WEEKLY;BYDAY=TU", Malformed::End),
        (
            "FREQ=WEEKLY;BYDAY=TU;COUNT=3;UNTIL=20270101",
            Malformed::End,
        ),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=3;COUNT=3", Malformed::End),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=1", Malformed::Count),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=53", Malformed::Count),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=10000", Malformed::Count),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=+3", Malformed::Count),
        (
            "FREQ=WEEKLY;BYDAY=TU;COUNT=99999999999999999999999",
            Malformed::Count,
        ),
        ("FREQ=WEEKLY;BYDAY=TU;UNTIL=20270230", Malformed::Until),
        ("FREQ=WEEKLY;BYDAY=TU;UNTIL=2027-01-01", Malformed::Until),
        ("FREQ=WEEKLY;BYDAY=TU;UNTIL=20270101T2560", Malformed::Until),
        (
            "FREQ=WEEKLY;BYDAY=TU;COUNT=3;BYHOUR=9",
            Malformed::UnknownPart,
        ),
    ] {
        assert_eq!(refused(text), expected, "{text}");
    }
    for finer in [
        "FREQ=HOURLY;COUNT=3",
        "FREQ=SECONDLY;COUNT=3",
        "FREQ=DAILY;COUNT=3",
    ] {
        assert!(
            matches!(refused(finer), Malformed::Recurrence(_)),
            "{finer}"
        );
    }
}

#[test]
fn a_shift_is_the_same_on_the_clocks_of_every_week() {
    let shift = Shift::between(
        instant("2027-03-23T09:00:00Z"),
        minute("2027-03-25T13:00:00Z"),
        Berlin,
    );
    let moved = |text: &str| shift.apply(instant(text)).expect("a start").instant();
    assert_eq!(
        moved("2027-03-23T09:00:00Z"),
        instant("2027-03-25T13:00:00Z")
    );
    assert_eq!(
        moved("2027-03-30T08:00:00Z"),
        instant("2027-04-01T12:00:00Z")
    );
    assert_eq!(
        shift.apply(DateTime::<Utc>::MAX_UTC - TimeDelta::days(2)),
        Err(ShiftError)
    );
}

#[test]
fn the_mode_decides_about_what_is_left_out() {
    let refused = |start: &str| Date {
        starts_at: minute(start),
        outcome: Err(Unbookable::Taken.into()),
    };
    for mode in ["all_or_nothing", "what_fits"] {
        let mode: Mode = mode.parse().expect(mode);
        let none = mode
            .choose(vec![refused("2026-12-01T09:00:00Z")])
            .expect_err("nothing fits");
        assert_eq!(none.0.len(), 1);
    }
    assert_eq!("some".parse::<Mode>(), Err(UnknownMode));
}

fn offered(counsellor: u128, starts_at: DateTime<Utc>) -> OfferedSlot {
    let id = uuid::Uuid::from_u128(counsellor);
    let span = Span::new(starts_at, starts_at + TimeDelta::minutes(50)).expect("a span");
    let slot = Slot {
        places_left: 1,
        id: SlotId {
            organisation_id: id.into(),
            session_id: id.into(),
            service_id: id.into(),
            starts_at: WholeMinute::new(starts_at).expect("a whole minute"),
        },
        span,
        claim: span,
        site_id: id.into(),
        counsellor_id: id.into(),
        room_id: None,
    };
    OfferedSlot {
        slot,
        time_zone: Berlin,
        modalities: BTreeSet::new().into(),
        languages: BTreeSet::new().into(),
    }
}

#[test]
fn alternatives_are_near_and_with_the_same_counsellor_if_they_can() {
    let slots = [
        offered(2, instant("2026-12-01T10:00:00Z")),
        offered(1, instant("2026-12-03T09:00:00Z")),
        offered(1, instant("2026-12-01T14:00:00Z")),
        // On Sunday at 23:30 it is that week, an hour later the next.
        offered(1, instant("2026-12-06T22:30:00Z")),
        offered(1, instant("2026-12-06T23:30:00Z")),
    ];
    let counsellor = CounsellorId::new(uuid::Uuid::from_u128(1));
    let wanted = instant("2026-12-01T09:00:00Z");
    let order = |taken: &[Span]| -> Vec<usize> {
        let found = alternatives(&slots, wanted, counsellor, taken, 4);
        found
            .iter()
            .map(|one| {
                slots
                    .iter()
                    .position(|slot| slot.slot == one.slot)
                    .expect("one")
            })
            .collect()
    };
    assert_eq!(order(&[]), [2, 1, 3, 0]);
    assert_eq!(order(&[slots[1].slot.span]), [2, 3, 0]);
}

fn rules() -> impl Strategy<Value = (u32, usize, u8)> {
    prop_oneof![(1u32..=4, 2usize..=20, 0u8..7)]
}

proptest! {
    /// Against counting on the wall calendar, day by day.
    #[test]
    fn a_weekly_series_is_what_a_person_counts_on_the_calendar((every, count, weekday) in rules(), day in 0i64..700, hour in 0u32..24) {
        let weekday = Weekday::try_from(weekday).expect("a weekday");
        let mut date = instant("2026-01-01T00:00:00Z").date_naive() + TimeDelta::days(day);
        while date.weekday() != weekday {
            date = date.succ_opt().expect("a day");
        }
        let time = NaiveTime::from_hms_opt(hour, 0, 0).expect("a time");
        let first = crate::schedule::instant_of(date.and_time(time), Berlin).expect("an instant");
        // A slot in an hour that the clocks leave out starts later, and so do all that follow it.
        let time = first.with_timezone(&Berlin).time();
        let code = &weekday.to_string().to_uppercase()[..2];
        let text = format!("FREQ=WEEKLY;INTERVAL={every};BYDAY={code};COUNT={count}");
        let starts = rule(&text).starts(WholeMinute::new(first).expect("a minute"), Berlin);
        if u64::from(every) * 7 * (count as u64 - 1) >= 731 {
            assert_eq!(starts, Err(SeriesRuleError::TooLong));
            return Ok(());
        }
        let starts = starts.expect("dates");
        assert_eq!(starts.len(), count);
        for (nth, start) in (0..).zip(&starts) {
            let local = start.instant().with_timezone(&Berlin).naive_local();
            assert_eq!(local.date(), date + TimeDelta::days(nth * 7 * i64::from(every)));
            // But for the hour that the clocks leave out.
            let left_out = crate::schedule::instant_of(local.date().and_time(time), Berlin);
            assert!(local.time() == time || left_out == Some(start.instant()));
        }
    }

    #[test]
    fn no_text_panics(text in any::<String>(), near in "(FREQ=(WEEKLY|MONTHLY|DAILY);?)?(BYDAY=[0-9A-Z,-]{0,6};?)?((COUNT|UNTIL)=[0-9TZ]{0,18};?){0,2}") {
        for text in [text, near] {
            if let Ok(rule) = text.parse::<SeriesRule>() {
                assert_eq!(rule.to_string().parse(), Ok(rule));
                let _ = rule.starts(minute("2026-12-01T09:00:00Z"), Berlin);
            }
        }
    }
}
