use super::*;
use crate::ids::SiteId;

#[test]
fn a_claim_of_the_counsellor_or_of_the_room_takes_its_time() {
    let offer = offer(1, span("09:00", "12:00"), rules(30, 30, (0, 0)));
    let taken = [
        claimed(offer.counsellor_id, "09:30", "10:00"),
        claimed(offer.room_id.expect("a room"), "11:00", "11:01"),
        claimed(CounsellorId::new(Uuid::from_u128(99)), "09:00", "12:00"),
    ];
    assert_eq!(
        starts(&[offer], &taken),
        ["09:00", "10:00", "10:30", "11:30"]
    );
}

#[test]
fn who_needs_no_room_minds_no_room() {
    let in_room = offer(1, span("09:00", "10:00"), rules(30, 30, (0, 0)));
    let by_telephone = Offer {
        room_id: None,
        ..in_room
    };
    let taken = [claimed(in_room.room_id.expect("a room"), "09:00", "10:00")];
    assert!(starts(&[in_room], &taken).is_empty());
    assert_eq!(starts(&[by_telephone], &taken), ["09:00", "09:30"]);
}

#[test]
fn buffers_that_touch_a_claim_are_no_overlap() {
    let offer = offer(1, span("09:00", "10:30"), rules(30, 5, (10, 5)));
    let taken = [
        claimed(offer.counsellor_id, "08:00", "09:00"),
        claimed(offer.counsellor_id, "10:05", "11:00"),
    ];
    // 09:10 claims from 09:00, and 09:30 claims until 10:05.
    assert_eq!(
        starts(&[offer], &taken),
        ["09:10", "09:15", "09:20", "09:25", "09:30"]
    );
}

#[test]
fn a_claim_that_overlaps_only_a_buffer_takes_the_slot() {
    let offer = offer(1, span("09:00", "11:00"), rules(30, 30, (10, 10)));
    let before_only = [claimed(offer.counsellor_id, "09:20", "09:21")];
    assert_eq!(starts(&[offer], &before_only), ["10:00", "10:30"]);
    let after_only = [claimed(offer.counsellor_id, "11:09", "11:20")];
    assert_eq!(starts(&[offer], &after_only), ["09:00", "09:30", "10:00"]);
}

#[test]
fn buffers_may_leave_the_session_and_lie_in_an_absence() {
    let offer = offer(1, span("09:00", "10:00"), rules(60, 60, (30, 30)));
    let away = |from, before| (Reason::Absence(offer.counsellor_id), span(from, before));
    assert_eq!(
        starts(&[offer], &[away("08:00", "09:00"), away("10:00", "12:00")]),
        ["09:00"]
    );
    assert!(starts(&[offer], &[away("08:00", "09:00:01")]).is_empty());
}

#[test]
fn a_service_longer_than_the_gap_does_not_fit() {
    let of = |length| offer(1, span("09:00", "12:00"), rules(length, 5, (0, 0)));
    let taken = [
        claimed(of(45).counsellor_id, "09:00", "10:00"),
        claimed(of(45).counsellor_id, "10:40", "12:00"),
    ];
    assert_eq!(starts(&[of(40)], &taken), ["10:00"]);
    assert!(starts(&[of(45)], &taken).is_empty());
}

#[test]
fn every_kind_of_unavailability_counts_where_it_belongs() {
    let offer = offer(1, span("09:00", "12:00"), rules(30, 30, (0, 0)));
    let taken = [
        (Reason::Absence(offer.counsellor_id), span("09:00", "09:30")),
        (
            Reason::RoomClosure(offer.room_id.expect("a room")),
            span("09:30", "10:00"),
        ),
        (Reason::SiteClosure(offer.site_id), span("10:00", "10:30")),
        (
            Reason::OrganisationClosure(offer.organisation_id),
            span("10:30", "11:00"),
        ),
        (
            Reason::SiteClosure(SiteId::new(Uuid::from_u128(99))),
            span("09:00", "12:00"),
        ),
    ];
    assert_eq!(starts(&[offer], &taken), ["11:00", "11:30"]);
}

#[test]
fn a_session_opens_on_a_holiday_only_if_it_says_so() {
    let holiday = BusySpans::from_unsorted(vec![span("00:00", "23:59")]);
    let usual = offer(1, span("09:00", "10:00"), rules(30, 30, (0, 0)));
    let closed = Offer {
        closed_on: Some(&holiday),
        ..usual
    };
    assert!(starts(&[closed], &[]).is_empty());
    assert_eq!(starts(&[usual], &[]), ["09:00", "09:30"]);
}

#[test]
fn sessions_that_overlap_give_each_start_once() {
    let later = offer(1, span("09:30", "11:00"), rules(30, 30, (0, 0)));
    let earlier = offer(2, span("09:00", "10:30"), rules(30, 30, (0, 0)));
    let slots = slots_of_the_day(&[later, earlier], &[]);
    assert_eq!(start_times(&slots), ["09:00", "09:30", "10:00", "10:30"]);
    let sessions = slots
        .iter()
        .map(|slot| slot.id.session_id)
        .collect::<Vec<_>>();
    let [first, second] = [earlier.session_id, later.session_id];
    assert_eq!(sessions, [first, first, first, second]);
}

#[test]
fn of_sessions_that_open_together_the_lowest_id_wins() {
    let opening = span("09:00", "10:00");
    let [low, high] = [1, 2].map(|session| offer(session, opening, rules(30, 30, (0, 0))));
    let slots = slots_of_the_day(&[high, low], &[]);
    assert_eq!(start_times(&slots), ["09:00", "09:30"]);
    assert!(
        slots
            .iter()
            .all(|slot| slot.id.session_id == low.session_id)
    );
}

#[test]
fn where_the_preferred_session_has_no_room_the_other_one_serves() {
    let preferred = offer(1, span("09:00", "10:00"), rules(30, 30, (0, 0)));
    let other_room = Some(Uuid::from_u128(55).into());
    let other = Offer {
        room_id: other_room,
        ..offer(2, span("09:00", "10:00"), rules(30, 30, (0, 0)))
    };
    let taken = [claimed(
        preferred.room_id.expect("a room"),
        "09:30",
        "10:00",
    )];
    let slots = slots_of_the_day(&[preferred, other], &taken);
    let rooms = slots.iter().map(|slot| slot.room_id).collect::<Vec<_>>();
    assert_eq!(rooms, [preferred.room_id, other_room]);
}

#[test]
fn at_different_sites_both_sessions_are_offered() {
    let here = offer(2, span("09:00", "09:30"), rules(30, 30, (0, 0)));
    let there = Offer {
        site_id: Uuid::from_u128(33).into(),
        ..offer(1, span("09:00", "09:30"), rules(30, 30, (0, 0)))
    };
    let slots = slots_of_the_day(&[here, there], &[]);
    let sites = slots.iter().map(|slot| slot.site_id).collect::<Vec<_>>();
    assert_eq!(sites, [there.site_id, here.site_id]);
}
