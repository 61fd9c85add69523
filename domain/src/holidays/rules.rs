use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};

use super::FederalState;
use super::FederalState::{
    BadenWuerttemberg, Bavaria, Berlin, Brandenburg, Bremen, Hamburg, Hesse, LowerSaxony,
    MecklenburgWesternPomerania, NorthRhineWestphalia, RhinelandPalatinate, Saarland, Saxony,
    SaxonyAnhalt, SchleswigHolstein, Thuringia,
};
use super::easter::easter_sunday;

/// One holiday of some states during some years.
pub(super) struct Rule {
    pub(super) name: &'static str,
    day: Day,
    states: &'static [FederalState],
    years: RangeInclusive<i32>,
}

enum Day {
    Fixed { month: u32, day: u32 },
    DaysFromEaster(i64),
    WednesdayBefore23November,
}

impl Rule {
    /// Its day in a year; none where it does not apply.
    pub(super) fn date(&self, state: FederalState, year: i32) -> Option<NaiveDate> {
        if !self.states.contains(&state) || !self.years.contains(&year) {
            return None;
        }
        match self.day {
            Day::Fixed { month, day } => NaiveDate::from_ymd_opt(year, month, day),
            Day::DaysFromEaster(days) => {
                easter_sunday(year)?.checked_add_signed(TimeDelta::days(days))
            }
            Day::WednesdayBefore23November => {
                let latest = NaiveDate::from_ymd_opt(year, 11, 22)?;
                let too_late = latest.weekday().days_since(Weekday::Wed);
                latest.checked_sub_signed(TimeDelta::days(too_late.into()))
            }
        }
    }
}

const ALWAYS: RangeInclusive<i32> = i32::MIN..=i32::MAX;

const fn since(year: i32) -> RangeInclusive<i32> {
    year..=i32::MAX
}

const fn only(year: i32) -> RangeInclusive<i32> {
    year..=year
}

const fn rule(
    name: &'static str,
    day: Day,
    states: &'static [FederalState],
    years: RangeInclusive<i32>,
) -> Rule {
    Rule {
        name,
        day,
        states,
        years,
    }
}

const fn fixed(day: u32, month: u32) -> Day {
    Day::Fixed { month, day }
}

const fn easter(days: i64) -> Day {
    Day::DaysFromEaster(days)
}

const EVERYWHERE: &[FederalState] = &FederalState::ALL;

/// The law as it stands since 1995, with later changes from their first year on. Before 1995 the
/// day of repentance was a holiday in every state, and other days differed: not told here.
pub(super) static RULES: &[Rule] = &[
    rule("Neujahr", fixed(1, 1), EVERYWHERE, ALWAYS),
    rule(
        "Heilige Drei Könige",
        fixed(6, 1),
        &[BadenWuerttemberg, Bavaria, SaxonyAnhalt],
        ALWAYS,
    ),
    rule(
        "Internationaler Frauentag",
        fixed(8, 3),
        &[Berlin],
        since(2019),
    ),
    rule(
        "Internationaler Frauentag",
        fixed(8, 3),
        &[MecklenburgWesternPomerania],
        since(2023),
    ),
    rule("Karfreitag", easter(-2), EVERYWHERE, ALWAYS),
    // Hesse counts every Sunday as a holiday; only Brandenburg names these two.
    rule("Ostersonntag", easter(0), &[Brandenburg], ALWAYS),
    rule("Ostermontag", easter(1), EVERYWHERE, ALWAYS),
    rule("Tag der Arbeit", fixed(1, 5), EVERYWHERE, ALWAYS),
    // Once each, for the 75th and the 80th year after the end of the war.
    rule("Tag der Befreiung", fixed(8, 5), &[Berlin], only(2020)),
    rule("Tag der Befreiung", fixed(8, 5), &[Berlin], only(2025)),
    rule("Christi Himmelfahrt", easter(39), EVERYWHERE, ALWAYS),
    rule("Pfingstsonntag", easter(49), &[Brandenburg], ALWAYS),
    rule("Pfingstmontag", easter(50), EVERYWHERE, ALWAYS),
    rule(
        "Fronleichnam",
        easter(60),
        &[
            BadenWuerttemberg,
            Bavaria,
            Hesse,
            NorthRhineWestphalia,
            RhinelandPalatinate,
            Saarland,
        ],
        ALWAYS,
    ),
    // Once, for the 75th year after the uprising.
    rule(
        "Jahrestag des Volksaufstands vom 17. Juni 1953",
        fixed(17, 6),
        &[Berlin],
        only(2028),
    ),
    rule("Mariä Himmelfahrt", fixed(15, 8), &[Saarland], ALWAYS),
    rule("Weltkindertag", fixed(20, 9), &[Thuringia], since(2019)),
    rule(
        "Tag der Deutschen Einheit",
        fixed(3, 10),
        EVERYWHERE,
        since(1990),
    ),
    rule(
        "Reformationstag",
        fixed(31, 10),
        &[
            Brandenburg,
            MecklenburgWesternPomerania,
            Saxony,
            SaxonyAnhalt,
            Thuringia,
        ],
        ALWAYS,
    ),
    // Once in every state in 2017, for its 500th year; these four kept it.
    rule(
        "Reformationstag",
        fixed(31, 10),
        &[Bremen, Hamburg, LowerSaxony, SchleswigHolstein],
        since(2017),
    ),
    rule(
        "Reformationstag",
        fixed(31, 10),
        &[
            BadenWuerttemberg,
            Bavaria,
            Berlin,
            Hesse,
            NorthRhineWestphalia,
            RhinelandPalatinate,
            Saarland,
        ],
        only(2017),
    ),
    rule(
        "Allerheiligen",
        fixed(1, 11),
        &[
            BadenWuerttemberg,
            Bavaria,
            NorthRhineWestphalia,
            RhinelandPalatinate,
            Saarland,
        ],
        ALWAYS,
    ),
    rule(
        "Buß- und Bettag",
        Day::WednesdayBefore23November,
        &[Saxony],
        ALWAYS,
    ),
    rule("1. Weihnachtstag", fixed(25, 12), EVERYWHERE, ALWAYS),
    rule("2. Weihnachtstag", fixed(26, 12), EVERYWHERE, ALWAYS),
];
