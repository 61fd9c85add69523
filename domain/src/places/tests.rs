use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

use super::*;
use crate::minutes::Minutes;

#[test]
fn a_session_has_one_to_five_hundred_places() {
    for (count, fits) in [
        (-1, false),
        (0, false),
        (1, true),
        (500, true),
        (501, false),
    ] {
        assert_eq!(Capacity::new(count).is_ok(), fits, "{count}");
    }
}

#[test]
fn the_coordinator_decides_from_the_deadline_on_and_only_below_the_minimum() {
    let minimum = Minimum {
        participants: Capacity::new(4).expect("a capacity"),
        deadline: Minutes::new(120).expect("minutes"),
    };
    // In the night in which the clocks go back.
    let starts_at = "2026-10-25T03:00:00Z".parse().expect("an instant");
    let missed = |participants, now: &str| {
        minimum.is_missed(participants, starts_at, now.parse().expect("an instant"))
    };
    assert!(!missed(3, "2026-10-25T00:59:59Z"));
    assert!(missed(3, "2026-10-25T01:00:00Z"));
    assert!(!missed(4, "2026-10-25T01:00:00Z"));
    assert!(missed(0, "2026-10-26T00:00:00Z"));
}

proptest! {
    #[test]
    fn what_is_left_is_never_more_than_what_nobody_has(capacity in 1..500_i64, taken in 0..600_u32, kept in 0..600_u32) {
        let places = Places {
            capacity: Capacity::new(capacity).expect("a capacity"),
            taken,
            kept,
            claimed: BTreeSet::new(),
        };
        let free = i64::from(places.left());
        prop_assert!(free <= capacity);
        prop_assert_eq!(free, (capacity - i64::from(taken) - i64::from(kept)).max(0));
    }
}
