use chrono::{NaiveDate, TimeDelta};

/// Easter Sunday of the Gregorian calendar, by the anonymous algorithm (Nature, 20 April 1876;
/// Meeus, Astronomical Algorithms, chapter 8). None outside the years that chrono knows.
pub(super) fn easter_sunday(year: i32) -> Option<NaiveDate> {
    // Its letters have no names of their own. A calendar without end repeats, and with Euclidean
    // division the rule holds before the year 0 too.
    let earliest = NaiveDate::from_ymd_opt(year, 3, 22)?;
    let a = year.rem_euclid(19);
    let (b, c) = (year.div_euclid(100), year.rem_euclid(100));
    let (d, e) = (b.div_euclid(4), b.rem_euclid(4));
    let f = (b + 8).div_euclid(25);
    let g = (b - f + 1).div_euclid(3);
    let h = (19 * a + b - d - g + 15).rem_euclid(30);
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k).rem_euclid(7);
    let m = (a + 11 * h + 22 * l) / 451;
    earliest.checked_add_signed(TimeDelta::days((h + l - 7 * m).into()))
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, Weekday};
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::*;

    #[test]
    fn easter_falls_on_its_known_dates() {
        // 1818 and 2285 are the earliest, 1943 and 2038 the latest; 1954, 1981 and 2049 are the
        // years that Gauss's formula needs its exceptions for.
        let known = [
            (1818, 3, 22),
            (1943, 4, 25),
            (1954, 4, 18),
            (1981, 4, 19),
            (2000, 4, 23),
            (2008, 3, 23),
            (2019, 4, 21),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2038, 4, 25),
            (2049, 4, 18),
            (2285, 3, 22),
        ];
        for (year, month, day) in known {
            assert_eq!(
                easter_sunday(year),
                NaiveDate::from_ymd_opt(year, month, day)
            );
        }
    }

    proptest! {
        #[test]
        fn easter_is_a_sunday_from_22_march_to_25_april(year in -262_143..=262_142_i32) {
            let easter = easter_sunday(year).expect("a date");
            prop_assert_eq!(easter.weekday(), Weekday::Sun);
            prop_assert!(((3, 22)..=(4, 25)).contains(&(easter.month(), easter.day())));
        }

        #[test]
        fn no_year_panics(year in any::<i32>()) {
            let _ = easter_sunday(year);
        }
    }
}
