use super::*;

fn entry() -> WaitlistEntry {
    WaitlistEntry {
        id: Uuid::from_u128(7).into(),
        organisation_id: Uuid::from_u128(1).into(),
        code: Code::from_random([1; 5]),
        wish: wish(1),
        joined_at: now(),
        queued_at: now(),
        valid_until: now() + WAITS,
        unanswered: 0,
        status: EntryStatus::Waiting,
    }
}

fn offer(id: u128, at: DateTime<Utc>) -> SlotOffer {
    let from = at + TimeDelta::days(1);
    SlotOffer {
        id: Uuid::from_u128(id).into(),
        session_id: Uuid::from_u128(1).into(),
        site_id: Uuid::from_u128(1).into(),
        counsellor_id: Uuid::from_u128(1).into(),
        span: Span::new(from, from + TimeDelta::hours(1)).expect("a span"),
        modality: Modality::Phone,
        offered_at: at,
        expires_at: at + TimeDelta::hours(4),
    }
}

fn offered() -> WaitlistEntry {
    entry().offer(offer(1, now())).expect("an offer")
}

#[test]
fn an_offer_is_accepted_until_it_is_due_and_once() {
    let due = now() + TimeDelta::hours(4);
    let appointment = Uuid::from_u128(9).into();
    let accept =
        |entry: WaitlistEntry, at| entry.accept(Uuid::from_u128(1).into(), appointment, at);
    let booked = accept(offered(), due - TimeDelta::microseconds(1)).expect("in time");
    assert_eq!(booked.status.as_str(), "booked");
    assert_eq!(accept(booked, now()), Err(WaitlistError::Ended("booked")));
    assert_eq!(accept(offered(), due), Err(WaitlistError::Expired(due)));
    assert_eq!(accept(entry(), now()), Err(WaitlistError::NotOffered));
    let other = offered().accept(Uuid::from_u128(2).into(), appointment, now());
    assert_eq!(other, Err(WaitlistError::NotOffered));
}

#[test]
fn who_declines_keeps_their_turn_and_who_does_not_answer_goes_behind() {
    let later = now() + TimeDelta::hours(1);
    let declined = offered().decline(Uuid::from_u128(1).into(), later);
    let declined = declined.expect("in time");
    assert_eq!((declined.queued_at, declined.unanswered), (now(), 0));
    assert_eq!(declined.status, EntryStatus::Waiting);
    assert_eq!(
        declined.decline(Uuid::from_u128(1).into(), later),
        Err(WaitlistError::NotOffered)
    );
    let due = now() + TimeDelta::hours(4);
    assert_eq!(offered().pass_time(due - TimeDelta::microseconds(1)), None);
    let passed = offered().pass_time(due).expect("a change");
    assert_eq!((passed.queued_at, passed.unanswered), (due, 1));
    assert_eq!(passed.status, EntryStatus::Waiting);
}

#[test]
fn three_unanswered_offers_in_a_row_end_it() {
    let (mut entry, mut at) = (entry(), now());
    for unanswered in 1..=MOST_UNANSWERED {
        entry = entry.offer(offer(1, at)).expect("it waits");
        at += TimeDelta::hours(4);
        entry = entry.pass_time(at).expect("a change");
        assert_eq!(entry.unanswered, unanswered);
    }
    assert_eq!(entry.status, EntryStatus::Expired { at });
    assert_eq!(entry.clone().pass_time(at), None);
    assert_eq!(entry.leave(at), Err(WaitlistError::Ended("expired")));
}

#[test]
fn who_leaves_is_offered_nothing_more() {
    let left = offered().leave(now()).expect("they wait");
    assert_eq!(left.clone().offer(offer(2, now())), None);
    assert_eq!(left.leave(now()), Err(WaitlistError::Ended("left")));
    assert_eq!(offered().offer(offer(2, now())), None);
    let over = entry().valid_until;
    assert_eq!(entry().offer(offer(2, over)), None);
    let ended = entry().pass_time(over).expect("a change");
    assert_eq!(ended.status, EntryStatus::Expired { at: over });
}

#[test]
fn an_answer_is_due_while_others_can_still_book() {
    let start = now() + TimeDelta::hours(5);
    let notice = |hours: u32| Minutes::new(60 * hours).expect("minutes");
    let due = |hours| offer_due(start, lasts(240), notice(hours), now());
    assert_eq!(due(0), Some(now() + TimeDelta::hours(4)));
    assert_eq!(due(3), Some(now() + TimeDelta::hours(2)));
    assert_eq!(due(5), None);
    let soon = now() + TimeDelta::minutes(10);
    assert_eq!(
        offer_due(soon, lasts(240), Minutes::NONE, now()),
        Some(soon)
    );
    let sooner = soon - TimeDelta::microseconds(1);
    assert_eq!(offer_due(sooner, lasts(240), Minutes::NONE, now()), None);
}

#[test]
fn an_offer_lasts_ten_minutes_to_a_week() {
    for unusual in [-1, 0, 9, 10_081, i64::MAX] {
        assert_eq!(OfferLasts::new(unusual), Err(UnusualOffer), "{unusual}");
    }
    assert_eq!(lasts(10_080).minutes().count(), 10_080);
}
