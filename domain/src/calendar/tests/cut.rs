//! Slots come the same one by one as all at once.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn what_is_cut_as_needed_is_what_is_cut_at_once(
        sessions in prop::collection::vec((0..4_000_u32, 1..600_u32, 0..5_u128), 0..120),
        claims in prop::collection::vec((0..4_000_u32, 1..120_u32, 0..5_u128), 0..40),
        from in 0..4_000_u32,
        length in 1..4_000_u32,
    ) {
        let monday = instant("2026-11-09T00:00:00Z");
        let at = |start: u32| monday + minutes(start).time_delta();
        let span = |start: u32, length: u32| Span::new(at(start), at(start + length)).expect("a span");
        let mut calendar = calendar(FederalState::LowerSaxony, false);
        let first = calendar.openings.remove(0);
        for counsellor in 0..5 {
            calendar.counsellors.insert(Uuid::from_u128(counsellor).into(), BTreeSet::new());
        }
        let opening = |(number, (start, length, counsellor)): (u128, _)| SessionOpening {
            session_id: Uuid::from_u128(number).into(),
            counsellor_id: Uuid::from_u128(counsellor).into(),
            opening: Opening::new(span(start, length)).expect("whole minutes"),
            ..first.clone()
        };
        calendar.openings = (0..).zip(sessions).map(opening).collect();
        let claim = |(start, length, counsellor)| {
            (Reason::Claim(Uuid::from_u128(counsellor).into()), span(start, length))
        };
        calendar.occupied = Occupied::from_unsorted(claims.into_iter().map(claim).collect());

        let window = span(from, length);
        let now = instant("2026-11-01T00:00:00Z");
        let slots = |slots: Vec<OfferedSlot>| -> Vec<_> { slots.into_iter().map(|it| it.slot).collect() };
        let at_once = slots(calendar.slots(window, now));
        let as_needed = slots(calendar.slots_as_needed(window, now).collect());
        prop_assert_eq!(at_once, as_needed);
    }
}
