//! The slot algebra agrees with brute force, and its two halves with each other.

use proptest::prelude::{ProptestConfig, proptest};

use super::oracle::{Oracle, slots_by_brute_force};
use super::worlds::{BEFORE, FROM, any_world, every_minute, instant, span_of};
use super::*;
use crate::slots::is_free;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn free_slots_are_those_of_brute_force(world in any_world()) {
        let (closed_days, pools) = (world.closed_days(), world.pools());
        let window = span_of(&world.window);
        let offers = world.offers(&closed_days, &pools);
        let slots = free_slots(&offers, &world.occupied(), window, instant(world.now));
        assert_eq!(slots, slots_by_brute_force(&world));
    }

    #[test]
    fn decisions_are_those_of_brute_force(world in any_world()) {
        let (closed_days, pools) = (world.closed_days(), world.pools());
        let occupied = world.occupied();
        for (place, offer) in world.offers(&closed_days, &pools).iter().enumerate() {
            let oracle = Oracle::new(&world, place);
            for start in every_minute() {
                let starts_at = whole_minute(instant(start));
                let decision = is_free(offer, starts_at, &occupied, instant(world.now));
                assert_eq!(decision, oracle.decide(start), "offer {place} at {start}");
            }
        }
    }

    #[test]
    fn a_start_is_listed_if_and_only_if_it_can_be_booked(world in any_world()) {
        let (closed_days, pools) = (world.closed_days(), world.pools());
        let occupied = world.occupied();
        let (always, now) = (span_of(&(FROM..BEFORE)), instant(world.now));
        for offer in world.offers(&closed_days, &pools) {
            let listed = free_slots(&[offer], &occupied, always, now);
            let listed = listed.iter().map(|slot| (slot.span, slot.claim));
            let bookable = every_minute().filter_map(|start| {
                let claim = is_free(&offer, whole_minute(instant(start)), &occupied, now).ok()?;
                Some((claim.slot, claim.span))
            });
            assert!(listed.eq(bookable));
        }
    }
}
