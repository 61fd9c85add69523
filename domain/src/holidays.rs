//! Public holidays of the German states, by rule and not by list.
//!
//! A holiday that only a part of a state keeps is **not** here: the Friedensfest of Augsburg,
//! Fronleichnam in parts of Saxony and Thuringia, Mariä Himmelfahrt in parts of Bavaria. A body
//! there enters a closure.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

mod easter;
mod federal_state;
mod rules;

pub use federal_state::{FederalState, UnknownFederalState};
use rules::RULES;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holiday {
    /// In German, as on a calendar: `Buß- und Bettag`.
    pub name: &'static str,
    /// The paragraph that makes it a holiday: `SächsSFG § 1`.
    pub law: &'static str,
    pub date: NaiveDate,
}

/// The holidays of a year by date. Two can fall on one day (1 May 2008).
#[must_use]
pub fn holidays(state: FederalState, year: i32) -> Vec<Holiday> {
    let mut holidays: Vec<_> = in_year(state, year).collect();
    holidays.sort_by_key(|holiday| holiday.date);
    holidays
}

/// The holiday of a day; one of them, where two fall on it.
#[must_use]
pub fn holiday_on(state: FederalState, date: NaiveDate) -> Option<Holiday> {
    in_year(state, date.year()).find(|holiday| holiday.date == date)
}

fn in_year(state: FederalState, year: i32) -> impl Iterator<Item = Holiday> {
    RULES.iter().filter_map(move |rule| {
        let date = rule.date(state, year)?;
        Some(Holiday {
            name: rule.name,
            law: state.holiday_law(),
            date,
        })
    })
}

/// The holidays of every state on the days `from` ≤ day < `before`.
#[must_use]
pub fn holidays_between(from: NaiveDate, before: NaiveDate) -> BTreeSet<(FederalState, NaiveDate)> {
    let years = from.year()..=before.year();
    let all = FederalState::ALL.into_iter().flat_map(|state| {
        let days = years.clone().flat_map(move |year| in_year(state, year));
        days.map(move |holiday| (state, holiday.date))
    });
    all.filter(|(_, day)| (from..before).contains(day))
        .collect()
}

#[cfg(test)]
mod tests {
    use chrono::Weekday;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
    use proptest::sample::select;

    use super::*;

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a date")
    }

    fn name(state: FederalState, year: i32, month: u32, day: u32) -> Option<&'static str> {
        holiday_on(state, date(year, month, day)).map(|holiday| holiday.name)
    }

    #[test]
    fn the_holidays_of_a_span_are_those_of_its_days() {
        let date = |text: &str| text.parse::<NaiveDate>().expect(text);
        let (from, before) = (date("2026-12-25"), date("2028-02-01"));
        let found = holidays_between(from, before);
        for state in FederalState::ALL {
            for day in from.iter_days().take_while(|day| *day < before) {
                let is_found = found.contains(&(state, day));
                assert_eq!(is_found, holiday_on(state, day).is_some(), "{state} {day}");
            }
        }
        let years = found.iter().map(|(_, day)| day.year());
        assert_eq!(
            years.collect::<BTreeSet<_>>(),
            BTreeSet::from([2026, 2027, 2028])
        );
    }

    #[test]
    fn saxony_keeps_eleven_holidays_in_2026() {
        let saxony: Vec<_> = holidays(FederalState::Saxony, 2026)
            .into_iter()
            .map(|holiday| (holiday.date.to_string(), holiday.name))
            .collect();
        let expected = [
            ("2026-01-01", "Neujahr"),
            ("2026-04-03", "Karfreitag"),
            ("2026-04-06", "Ostermontag"),
            ("2026-05-01", "Tag der Arbeit"),
            ("2026-05-14", "Christi Himmelfahrt"),
            ("2026-05-25", "Pfingstmontag"),
            ("2026-10-03", "Tag der Deutschen Einheit"),
            ("2026-10-31", "Reformationstag"),
            ("2026-11-18", "Buß- und Bettag"),
            ("2026-12-25", "1. Weihnachtstag"),
            ("2026-12-26", "2. Weihnachtstag"),
        ];
        assert_eq!(saxony, expected.map(|(day, name)| (day.to_owned(), name)));
    }

    #[test]
    fn each_state_keeps_the_number_of_days_that_its_law_lists() {
        let numbers = [
            12, 12, 10, 12, 10, 10, 10, 11, 10, 11, 11, 12, 11, 11, 10, 11,
        ];
        for (state, number) in FederalState::ALL.into_iter().zip(numbers) {
            assert_eq!(holidays(state, 2026).len(), number, "{state}");
        }
    }

    #[test]
    fn lower_saxony_keeps_reformation_day_but_no_day_of_repentance() {
        let reformation = holiday_on(FederalState::LowerSaxony, date(2026, 10, 31));
        assert_eq!(
            reformation.map(|holiday| holiday.law),
            Some("NFeiertagsG § 2")
        );
        assert_eq!(name(FederalState::LowerSaxony, 2026, 11, 18), None);
        assert_eq!(
            name(FederalState::Saxony, 2026, 11, 18),
            Some("Buß- und Bettag")
        );
    }

    #[test]
    fn the_day_of_repentance_falls_on_its_known_dates() {
        for (year, day) in [(2022, 16), (2023, 22), (2024, 20), (2025, 19), (2027, 17)] {
            assert_eq!(
                name(FederalState::Saxony, year, 11, day),
                Some("Buß- und Bettag")
            );
        }
    }

    #[test]
    fn a_holiday_begins_with_its_law() {
        let first_years = [
            (FederalState::Berlin, 2019, 3, 8),
            (FederalState::MecklenburgWesternPomerania, 2023, 3, 8),
            (FederalState::Thuringia, 2019, 9, 20),
            (FederalState::Hamburg, 2017, 10, 31),
            (FederalState::Saxony, 1990, 10, 3),
        ];
        for (state, year, month, day) in first_years {
            assert_eq!(name(state, year - 1, month, day), None, "{state}");
            assert!(name(state, year, month, day).is_some(), "{state}");
            assert!(name(state, year + 1, month, day).is_some(), "{state}");
        }
    }

    #[test]
    fn some_holidays_were_kept_once() {
        for state in FederalState::ALL {
            assert_eq!(
                name(state, 2017, 10, 31),
                Some("Reformationstag"),
                "{state}"
            );
        }
        assert_eq!(name(FederalState::Bavaria, 2018, 10, 31), None);
        assert_eq!(
            name(FederalState::Berlin, 2025, 5, 8),
            Some("Tag der Befreiung")
        );
        assert_eq!(name(FederalState::Berlin, 2026, 5, 8), None);
    }

    #[test]
    fn a_holiday_of_a_part_of_a_state_is_none_of_the_state() {
        assert_eq!(name(FederalState::Bavaria, 2026, 8, 8), None);
        assert_eq!(name(FederalState::Bavaria, 2026, 8, 15), None);
        assert_eq!(
            name(FederalState::Saarland, 2026, 8, 15),
            Some("Mariä Himmelfahrt")
        );
        assert_eq!(name(FederalState::Saxony, 2026, 6, 4), None);
        assert_eq!(name(FederalState::Hesse, 2026, 6, 4), Some("Fronleichnam"));
    }

    #[test]
    fn two_holidays_can_fall_on_one_day() {
        let on_the_day = holidays(FederalState::Saxony, 2008)
            .into_iter()
            .filter(|holiday| holiday.date == date(2008, 5, 1))
            .count();
        assert_eq!(on_the_day, 2);
    }

    proptest! {
        #[test]
        fn the_day_of_repentance_is_a_wednesday_from_16_to_22_november(year in 0..=9999_i32) {
            let repentance = holidays(FederalState::Saxony, year)
                .into_iter()
                .find(|holiday| holiday.name == "Buß- und Bettag")
                .expect("a holiday")
                .date;
            prop_assert_eq!(repentance.weekday(), Weekday::Wed);
            prop_assert_eq!(repentance.month(), 11);
            prop_assert!((16..=22).contains(&repentance.day()));
        }

        #[test]
        fn the_days_of_a_year_are_sorted_and_found_by_date(
            year in 1995..=9999_i32,
            state in select(&FederalState::ALL[..]),
        ) {
            let days = holidays(state, year);
            prop_assert!(days.is_sorted_by_key(|holiday| holiday.date));
            for holiday in days {
                prop_assert_eq!(holiday.date.year(), year);
                let found = holiday_on(state, holiday.date).expect("a holiday");
                prop_assert_eq!(found.date, holiday.date);
            }
        }

        #[test]
        fn no_year_and_no_date_panics(year in any::<i32>(), state in select(&FederalState::ALL[..])) {
            let _ = holidays(state, year);
            for extreme in [0, 9999, i32::MIN, i32::MAX, -262_143, 262_142] {
                let _ = holidays(state, extreme);
            }
            let _ = holiday_on(state, NaiveDate::MIN);
            let _ = holiday_on(state, NaiveDate::MAX);
        }
    }
}
