use super::*;
use crate::slots::{Claim, Unbookable, is_free};

/// Half an hour every half hour from 09:00 to 11:00, with two hours' notice, ten hours ahead.
fn strict_offer() -> Offer<'static> {
    let rules = TimingRules {
        minimum_notice: minutes(120),
        horizon: minutes(600),
        ..rules(30, 30, (10, 10))
    };
    offer(1, span("09:00", "11:00"), rules)
}

fn decide(time: &str, now: &str, spans: &[(Reason, Span)]) -> Result<Claim, Unbookable> {
    is_free(
        &strict_offer(),
        whole_minute(at(time)),
        &occupied(spans),
        at(now),
    )
}

#[test]
fn a_free_start_claims_its_slot_and_buffers() {
    let claim = Claim {
        slot: span("09:30", "10:00"),
        span: span("09:20", "10:10"),
        chosen: Vec::new(),
    };
    assert_eq!(decide("09:30", "06:00", &[]), Ok(claim));
}

#[test]
fn a_start_must_be_one_of_the_session() {
    assert_eq!(
        decide("08:30", "06:00", &[]),
        Err(Unbookable::OutsideSession)
    );
    assert_eq!(
        decide("11:00", "06:00", &[]),
        Err(Unbookable::OutsideSession)
    );
    assert_eq!(
        decide("10:31", "06:00", &[]),
        Err(Unbookable::OutsideSession)
    );
    assert_eq!(decide("09:29", "06:00", &[]), Err(Unbookable::OffGrid));
    assert!(decide("10:30", "06:00", &[]).is_ok());
}

#[test]
fn notice_and_horizon_are_edges() {
    assert!(decide("09:00", "07:00", &[]).is_ok());
    assert_eq!(decide("09:00", "07:00:01", &[]), Err(Unbookable::TooLate));
    assert_eq!(decide("10:00", "00:00", &[]), Err(Unbookable::TooEarly));
    assert!(decide("10:00", "00:00:01", &[]).is_ok());
}

#[test]
fn a_claim_takes_and_an_absence_hinders() {
    let offer = strict_offer();
    let taken = claimed(offer.counsellor_id, "10:05", "10:06");
    let away = (Reason::Absence(offer.counsellor_id), span("09:30", "10:00"));
    assert_eq!(decide("09:30", "06:00", &[taken]), Err(Unbookable::Taken));
    assert_eq!(
        decide("09:30", "06:00", &[away]),
        Err(Unbookable::Unavailable)
    );
    assert_eq!(
        decide("09:30", "06:00", &[away, taken]),
        Err(Unbookable::Taken)
    );
    assert!(decide("09:00", "06:00", &[away, taken]).is_ok());
}
