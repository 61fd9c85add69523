//! Every rule is told by itself, and decides by itself.

use proptest::prelude::{ProptestConfig, proptest};

use super::worlds::{BEFORE, FROM, World, any_world, every_minute, instant, span_of};
use super::*;
use crate::places::Places;
use crate::slots::{Rule, Verdict, is_free, verdicts};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_rule_is_broken_if_and_only_if_the_start_is_listed(world in any_world()) {
        let (closed_days, pools) = (world.closed_days(), world.pools());
        let occupied = world.occupied();
        let (always, now) = (span_of(&(FROM..BEFORE)), instant(world.now));
        for offer in world.offers(&closed_days, &pools) {
            let listed = free_slots(&[offer], &occupied, always, now);
            let listed: Vec<_> = listed.iter().map(|slot| slot.span.from()).collect();
            for start in every_minute().map(instant) {
                let told = verdicts(&offer, whole_minute(start), &occupied, now);
                let is_kept = told.iter().all(|verdict| verdict.broken.is_none());
                assert_eq!(is_kept, listed.contains(&start), "{told:?}");
            }
        }
    }

    #[test]
    fn a_booking_is_told_of_the_first_broken_rule(world in any_world()) {
        let (closed_days, pools) = (world.closed_days(), world.pools());
        let occupied = world.occupied();
        let now = instant(world.now);
        for offer in world.offers(&closed_days, &pools) {
            for start in every_minute().map(|start| whole_minute(instant(start))) {
                let told = verdicts(&offer, start, &occupied, now);
                let first = told.iter().find(|verdict| verdict.broken.is_some());
                let told = first.map(|verdict| verdict.rule.unbookable());
                assert_eq!(is_free(&offer, start, &occupied, now).err(), told);
            }
        }
    }

    /// Each rule hangs on what it says that it hangs on, and on nothing else.
    #[test]
    fn a_broken_rule_is_kept_when_its_cause_is_gone(world in any_world()) {
        for place in 0..world.offers.len() {
            for start in every_minute().step_by(7) {
                let told = told_of(&world, place, start);
                for broken in told.iter().filter(|verdict| verdict.broken.is_some()) {
                    let without = told_of(&lifted(&world, place, broken.rule), place, start);
                    let mut same = without.iter().filter(|verdict| verdict.rule == broken.rule);
                    assert!(same.all(|verdict| verdict.broken.is_none()), "{:?}", broken.rule);
                }
            }
        }
    }
}

fn told_of(world: &World, place: usize, start: i64) -> Vec<Verdict> {
    let (closed_days, pools) = (world.closed_days(), world.pools());
    let offer = world.offers(&closed_days, &pools)[place];
    let starts_at = whole_minute(instant(start));
    verdicts(&offer, starts_at, &world.occupied(), instant(world.now))
}

/// The same world without what that rule is about, for one offer.
fn lifted(world: &World, place: usize, rule: Rule) -> World {
    let mut world = world.clone();
    let offer = world.offers[place];
    let no_more = |world: &mut World, gone: Reason| {
        world.busy.retain(|(reason, _)| *reason != gone);
    };
    let timed = |world: &mut World, change: &dyn Fn(&mut TimingRules)| {
        let mut rules = offer.timing.rules();
        change(&mut rules);
        world.offers[place].timing = Timing::new(rules).expect("a timing");
    };
    match rule {
        Rule::Session => {
            // On the same grid, so many days longer to both sides.
            let rules = offer.timing.rules();
            let every = TimeDelta::minutes(i64::from(rules.start_every.count()));
            let days = 1440 / rules.start_every.count() + 1;
            let longer = every * i32::try_from(days).expect("few");
            let opening = Span::new(
                offer.opening.from().instant() - longer,
                offer.opening.before().instant() + longer,
            );
            world.offers[place].opening =
                Opening::new(opening.expect("a span")).expect("an opening");
        }
        Rule::Grid => timed(&mut world, &|rules| rules.start_every = minutes(1)),
        Rule::Notice => {
            timed(&mut world, &|rules| rules.minimum_notice = Minutes::NONE);
            world.now = world.now.min(FROM);
        }
        Rule::Horizon => timed(&mut world, &|rules| rules.horizon = Minutes::MAX),
        Rule::CounsellorFree => no_more(&mut world, Reason::Claim(offer.counsellor_id.into())),
        Rule::CounsellorThere => no_more(&mut world, Reason::Absence(offer.counsellor_id)),
        Rule::RoomFree | Rule::RoomOpen => {
            let room = offer.room_id.expect("a room");
            let gone = match rule {
                Rule::RoomFree => Reason::Claim(room.into()),
                _ => Reason::RoomClosure(room),
            };
            no_more(&mut world, gone);
        }
        Rule::SiteOpen => no_more(&mut world, Reason::SiteClosure(offer.site_id)),
        Rule::OrganisationOpen => {
            no_more(
                &mut world,
                Reason::OrganisationClosure(offer.organisation_id),
            );
        }
        Rule::NoHoliday => world.closes[place] = false,
        Rule::Places => {
            world.offers[place].at_desk = 0;
            let places = world.places[place].take().expect("places");
            world.places[place] = Some(Places {
                taken: 0,
                kept: 0,
                ..places
            });
        }
        Rule::Need(_) => world.pools[place]
            .iter_mut()
            .for_each(|pool| pool.wanted = 0),
        other => panic!("{other:?} is never broken here"),
    }
    world
}
