use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::select;

use super::*;

const WEEKDAYS: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

fn date(text: &str) -> NaiveDate {
    text.parse().expect(text)
}

fn dates(rule: &str, anchor: &str, from: &str, before: &str) -> Vec<String> {
    let rule: Recurrence = rule.parse().expect(rule);
    let dates = rule.dates(date(anchor), date(from), date(before));
    dates.map(|date| date.to_string()).collect()
}

fn recurrences() -> impl Strategy<Value = Recurrence> {
    let weekly = (
        1..=52_u8,
        proptest::collection::vec(select(&WEEKDAYS[..]), 1..=7),
    )
        .prop_map(|(every, weekdays)| {
            Recurrence::weekly(every, weekdays.into_iter().collect()).expect("a rule")
        });
    let nth = prop_oneof![1..=5_i8, Just(-1)];
    let monthly = (1..=12_u8, nth, select(&WEEKDAYS[..])).prop_map(|(every, nth, weekday)| {
        Recurrence::monthly(every, nth, weekday).expect("a rule")
    });
    prop_oneof![weekly, monthly]
}

/// What the rule says of a single day, looking at nothing but the days around it.
fn is_due(rule: Recurrence, anchor: NaiveDate, day: NaiveDate) -> bool {
    match rule.0 {
        Rule::Weekly { every, weekdays } => {
            let monday = |date: NaiveDate| date.week(Weekday::Mon).first_day();
            let weeks = (monday(day) - monday(anchor)).num_weeks();
            weekdays.contains(day.weekday()) && weeks % i64::from(every) == 0
        }
        Rule::Monthly {
            every,
            nth,
            weekday,
        } => {
            let months = (day.year() - anchor.year()) * 12 + day.month().cast_signed()
                - anchor.month().cast_signed();
            let right_nth = match nth {
                -1 => (day + chrono::TimeDelta::weeks(1)).month() != day.month(),
                nth => day.day0() / 7 + 1 == u32::from(nth.unsigned_abs()),
            };
            day.weekday() == weekday && right_nth && months % i32::from(every) == 0
        }
    }
}

#[test]
fn every_second_week_is_counted_from_the_monday_of_the_first_week() {
    // 2026-01-01 is a Thursday: Monday of its week lies before it.
    assert_eq!(
        dates(
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
            "2026-01-01",
            "2026-01-01",
            "2026-02-01"
        ),
        [
            "2026-01-01",
            "2026-01-12",
            "2026-01-15",
            "2026-01-26",
            "2026-01-29"
        ]
    );
}

#[test]
fn the_second_wednesday_and_the_last_friday_are_found() {
    assert_eq!(
        dates(
            "FREQ=MONTHLY;BYDAY=2WE",
            "2026-01-01",
            "2026-01-01",
            "2026-04-08"
        ),
        ["2026-01-14", "2026-02-11", "2026-03-11"]
    );
    assert_eq!(
        dates(
            "FREQ=MONTHLY;BYDAY=-1FR",
            "2026-01-31",
            "2026-01-01",
            "2026-04-01"
        ),
        ["2026-02-27", "2026-03-27"]
    );
}

#[test]
fn a_month_without_a_fifth_weekday_is_passed_over() {
    assert_eq!(
        dates(
            "FREQ=MONTHLY;BYDAY=5MO",
            "2026-01-01",
            "2026-01-01",
            "2026-07-01"
        ),
        ["2026-03-30", "2026-06-29"]
    );
}

#[test]
fn the_first_day_belongs_to_the_span_and_the_last_does_not() {
    let rule = "FREQ=WEEKLY;BYDAY=MO";
    assert_eq!(
        dates(rule, "2026-01-05", "2026-01-05", "2026-01-12"),
        ["2026-01-05"]
    );
    assert!(dates(rule, "2026-01-05", "2026-01-12", "2026-01-05").is_empty());
    assert!(dates(rule, "2026-01-05", "2026-01-05", "2026-01-05").is_empty());
}

#[test]
fn the_ends_of_the_calendar_are_reached_without_a_panic() {
    for rule in [
        "FREQ=WEEKLY;INTERVAL=52;BYDAY=MO,SU",
        "FREQ=MONTHLY;BYDAY=-1FR",
    ] {
        let rule: Recurrence = rule.parse().expect(rule);
        let late = date("2026-01-01") + chrono::TimeDelta::days(90_000_000);
        assert!(rule.dates(NaiveDate::MIN, late, NaiveDate::MAX).count() > 0);
        let early = NaiveDate::MIN + chrono::TimeDelta::days(3_000);
        assert!(rule.dates(NaiveDate::MIN, NaiveDate::MIN, early).count() > 0);
        assert_eq!(
            rule.dates(NaiveDate::MAX, NaiveDate::MIN, NaiveDate::MAX)
                .count(),
            0
        );
        assert_eq!(
            rule.dates(NaiveDate::MIN, NaiveDate::MAX, NaiveDate::MIN)
                .count(),
            0
        );
    }
}

#[test]
fn the_bounds_of_a_rule_are_kept() {
    let monday = WeekdaySet::single(Weekday::Mon);
    assert_eq!(Recurrence::weekly(0, monday), Err(RecurrenceError::Weeks));
    assert_eq!(Recurrence::weekly(53, monday), Err(RecurrenceError::Weeks));
    assert_eq!(
        Recurrence::weekly(1, WeekdaySet::EMPTY),
        Err(RecurrenceError::NoWeekday)
    );
    assert_eq!(
        Recurrence::monthly(13, 1, Weekday::Mon),
        Err(RecurrenceError::Months)
    );
    for nth in [i8::MIN, -2, 0, 6, i8::MAX] {
        assert_eq!(
            Recurrence::monthly(1, nth, Weekday::Mon),
            Err(RecurrenceError::Nth)
        );
    }
}

proptest! {
    #[test]
    fn the_dates_are_those_that_a_walk_day_by_day_finds(
        rule in recurrences(),
        anchor in 0..20_000_i64,
        from in -400..4_000_i64,
        length in -10..1_500_i64,
    ) {
        let anchor = date("1990-01-01") + chrono::TimeDelta::days(anchor);
        let from = anchor + chrono::TimeDelta::days(from);
        let before = from + chrono::TimeDelta::days(length);
        let expected: Vec<_> = from
            .iter_days()
            .take_while(|day| *day < before)
            .filter(|day| *day >= anchor && is_due(rule, anchor, *day))
            .collect();
        prop_assert_eq!(rule.dates(anchor, from, before).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_text_of_a_rule_is_read_back_as_the_rule(rule in recurrences()) {
        prop_assert_eq!(rule.to_string().parse(), Ok(rule));
    }

    #[test]
    fn no_text_panics(text in any::<String>(), days in "[A-Z0-9,=;+-]{0,12}") {
        let _ = text.parse::<Recurrence>();
        let _ = format!("FREQ=MONTHLY;BYDAY={days}").parse::<Recurrence>();
        let _ = format!("FREQ=WEEKLY;BYDAY={days}").parse::<Recurrence>();
    }
}
