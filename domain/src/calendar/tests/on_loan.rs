//! Sessions in rooms on loan.

use super::*;
use crate::loan::{Lent, Period, Quota, Terms, Unit, WeeklyHours};
use crate::places::Places;
use crate::schedule::Validity;

fn room() -> RoomId {
    Uuid::from_u128(9).into()
}

fn now() -> DateTime<Utc> {
    instant("2026-11-01T00:00:00Z")
}

fn span(from: &str, before: &str) -> Span {
    Span::new(instant(from), instant(before)).expect("a span")
}

/// On Wednesdays from half past nine to noon on the clocks of Leipzig; somebody is in it until ten.
fn lent(uses: &[Span]) -> Lent {
    let validity = Validity::new("2026-01-01".parse().expect("a day"), None);
    let hours = vec!["WE 09:30 12:00".parse().expect("hours")];
    Lent {
        terms: Some(Terms {
            time_zone: chrono_tz::Europe::Berlin,
            validity: validity.expect("a validity"),
            hours: WeeklyHours::new(hours).expect("hours"),
            quota: Quota::new(1, Unit::Uses, Period::Month).ok(),
        }),
        window: week(),
        used: uses.to_vec(),
        claims: vec![span("2026-11-18T08:00:00Z", "2026-11-18T09:00:00Z")],
        closed: Vec::new(),
    }
}

/// From nine to noon in that room.
fn in_room(lent: &Lent) -> Calendar {
    let mut calendar = calendar(FederalState::LowerSaxony, false);
    calendar.rooms.insert(room());
    let opening = &mut calendar.openings[0];
    opening.room_id = Some(room());
    let length = calendar.services[&opening.service_id].claim_length(opening.opening);
    assert_eq!(length, TimeDelta::hours(1));
    opening.pools = [lent.pool(room(), length)].into();
    calendar
}

fn starts(calendar: &Calendar) -> Vec<String> {
    let slots = calendar.slots(week(), now());
    let start = |slot: &OfferedSlot| slot.slot.span.from().format("%R").to_string();
    slots.iter().map(start).collect()
}

#[test]
fn hours_quota_and_owner_leave_what_is_left() {
    let free = in_room(&lent(&[]));
    // In UTC: an hour before.
    assert_eq!(starts(&free), ["09:00", "10:00"]);
    let used = span("2026-11-04T10:00:00Z", "2026-11-04T11:00:00Z");
    assert_eq!(starts(&in_room(&lent(&[used]))), [""; 0]);
    let last_month = span("2026-10-28T10:00:00Z", "2026-10-28T11:00:00Z");
    assert_eq!(starts(&in_room(&lent(&[last_month]))).len(), 2);
    let ended = Lent {
        terms: None,
        ..lent(&[])
    };
    assert_eq!(starts(&in_room(&ended)), [""; 0]);
}

#[test]
fn what_was_taken_leaves_less_of_the_ration() {
    let mut calendar = in_room(&lent(&[]));
    let slots = calendar.slots(week(), now());
    let bid = calendar.bid(&slots[0].slot.id, now()).expect("a bid");
    let claimed = bid.claimed();
    calendar.count_chosen(&claimed);
    let missing = Unbookable::Missing(crate::slots::Need::Room);
    for offered in slots {
        let again = calendar.bid(&offered.slot.id, now());
        assert_eq!(again.err(), Some(missing), "one use a month");
    }
}

#[test]
fn the_room_is_claimed_once_and_tells_that_it_is_rationed() {
    let calendar = in_room(&lent(&[]));
    let slot = calendar.slots(week(), now())[0].slot;
    let bid = calendar.bid(&slot.id, now()).expect("a bid");
    let counsellor = slot.counsellor_id.into();
    assert_eq!(bid.claimed().resources, [counsellor, room().into()]);
    assert!(bid.is_rationed());
    let place = bid.place(None).expect("a place");
    assert_eq!(place.room_id, Some(room()));
    let early = SlotId {
        starts_at: WholeMinute::new(instant("2026-11-18T08:00:00Z")).expect("a minute"),
        ..slot.id
    };
    let missing = Unbookable::Missing(crate::slots::Need::Room);
    assert_eq!(calendar.bid(&early, now()).err(), Some(missing));
}

#[test]
fn a_group_needs_the_room_until_it_has_claimed_it() {
    // All of the session, which begins before the hours do.
    let mut calendar = in_room(&lent(&[]));
    for service in calendar.services.values_mut() {
        service.format = Format::Group;
    }
    let mut places = Places {
        capacity: crate::places::Capacity::new(5).expect("a capacity"),
        taken: 1,
        kept: 0,
        claimed: BTreeSet::new(),
    };
    calendar.openings[0].places = Some(places.clone());
    assert_eq!(starts(&calendar), [""; 0]);
    let counsellor = calendar.openings[0].counsellor_id.into();
    places.claimed = BTreeSet::from([counsellor, room().into()]);
    calendar.openings[0].places = Some(places);
    assert_eq!(starts(&calendar), ["08:00"]);
}
