use super::*;
use crate::slots::TimingError;

#[test]
fn starts_lie_on_the_grid_and_slots_within_the_session() {
    let offer = offer(1, span("09:10", "10:40"), rules(30, 20, (0, 0)));
    assert_eq!(starts(&[offer], &[]), ["09:10", "09:30", "09:50", "10:10"]);
}

#[test]
fn a_slot_says_what_a_visitor_and_a_booking_need() {
    let offer = offer(1, span("09:00", "10:00"), rules(50, 60, (5, 10)));
    let slots = slots_of_the_day(&[offer], &[]);
    let [slot] = slots.as_slice() else {
        panic!("one slot, not {slots:?}")
    };
    assert_eq!(slot.span, span("09:00", "09:50"));
    assert_eq!(slot.claim, span("08:55", "10:00"));
    assert_eq!(slot.id.starts_at.instant(), at("09:00"));
    assert_eq!(slot.id.session_id, offer.session_id);
    assert_eq!(slot.room_id, offer.room_id);
}

#[test]
fn a_session_shorter_than_the_length_has_no_slots() {
    let opening = span("09:00", "09:49");
    assert!(starts(&[offer(1, opening, rules(50, 10, (0, 0)))], &[]).is_empty());
    assert_eq!(
        starts(&[offer(1, opening, rules(49, 10, (0, 0)))], &[]),
        ["09:00"]
    );
}

#[test]
fn a_grid_wider_than_the_length_leaves_pauses() {
    let offer = offer(1, span("09:00", "12:00"), rules(20, 60, (0, 0)));
    let slots = slots_of_the_day(&[offer], &[]);
    assert_eq!(start_times(&slots), ["09:00", "10:00", "11:00"]);
    assert_eq!(slots[2].span, span("11:00", "11:20"));
}

#[test]
fn notice_is_kept_to_the_minute() {
    let rules = TimingRules {
        minimum_notice: minutes(60),
        ..rules(30, 30, (0, 0))
    };
    let offer = offer(1, span("09:00", "10:30"), rules);
    let seen_at = |now: &str| {
        start_times(&free_slots(
            &[offer],
            &occupied(&[]),
            span("00:00", "23:00"),
            at(now),
        ))
    };
    assert_eq!(seen_at("08:00"), ["09:00", "09:30", "10:00"]);
    assert_eq!(seen_at("08:00:01"), ["09:30", "10:00"]);
    assert_eq!(seen_at("08:30"), ["09:30", "10:00"]);
    assert!(seen_at("09:01").is_empty());
}

#[test]
fn the_horizon_itself_is_too_far() {
    let rules = TimingRules {
        horizon: minutes(120),
        ..rules(30, 30, (0, 0))
    };
    let offer = offer(1, span("09:00", "10:30"), rules);
    let seen_at = |now: &str| {
        start_times(&free_slots(
            &[offer],
            &occupied(&[]),
            span("00:00", "23:00"),
            at(now),
        ))
    };
    assert!(seen_at("07:00").is_empty());
    assert_eq!(seen_at("07:00:01"), ["09:00"]);
    assert_eq!(seen_at("07:31"), ["09:00", "09:30"]);
    assert_eq!(seen_at("08:30"), ["09:00", "09:30", "10:00"]);
}

#[test]
fn what_has_begun_cannot_be_booked() {
    let offer = offer(1, span("09:00", "10:30"), rules(30, 30, (0, 0)));
    let slots = free_slots(
        &[offer],
        &occupied(&[]),
        span("00:00", "23:00"),
        at("09:00:00"),
    );
    assert_eq!(start_times(&slots), ["09:00", "09:30", "10:00"]);
    let slots = free_slots(
        &[offer],
        &occupied(&[]),
        span("00:00", "23:00"),
        at("09:00:01"),
    );
    assert_eq!(start_times(&slots), ["09:30", "10:00"]);
}

#[test]
fn the_window_is_half_open() {
    let offer = offer(1, span("09:00", "11:00"), rules(30, 30, (0, 0)));
    let seen_in = |from: &str, before: &str| {
        start_times(&free_slots(
            &[offer],
            &occupied(&[]),
            span(from, before),
            at("00:00"),
        ))
    };
    assert_eq!(seen_in("09:30", "10:30"), ["09:30", "10:00"]);
    assert_eq!(seen_in("09:30:01", "10:30:01"), ["10:00", "10:30"]);
    assert!(seen_in("09:01", "09:29").is_empty());
}

#[test]
fn rules_that_cannot_be_kept_are_refused() {
    let refusal = |rules| Timing::new(rules).expect_err("a refusal");
    assert_eq!(refusal(rules(0, 30, (0, 0))), TimingError::NoLength);
    assert_eq!(refusal(rules(30, 0, (0, 0))), TimingError::NoGrid);
    assert_eq!(
        refusal(rules(1400, 30, (20, 21))),
        TimingError::ClaimTooLong
    );
    assert!(Timing::new(rules(1400, 30, (20, 20))).is_ok());
    let most = Minutes::MAX.count();
    assert_eq!(
        refusal(rules(most, most, (most, most))),
        TimingError::ClaimTooLong
    );
}

#[test]
fn a_session_opens_and_closes_on_a_minute() {
    assert!(Opening::new(span("09:00:30", "10:00")).is_err());
    assert!(Opening::new(span("09:00", "10:00:30")).is_err());
}
