use uuid::Uuid;

use super::*;
use crate::minutes::WholeMinute;

fn now() -> DateTime<Utc> {
    "2026-11-23T08:59:30Z".parse().expect("an instant")
}

fn hold() -> Hold {
    let slot = SlotId {
        organisation_id: Uuid::from_u128(1).into(),
        session_id: Uuid::from_u128(2).into(),
        service_id: Uuid::from_u128(3).into(),
        starts_at: WholeMinute::since_epoch(29_675_520),
    };
    Hold::place(Uuid::from_u128(4).into(), slot, now())
}

#[test]
fn a_hold_lasts_ten_minutes_and_not_a_moment_longer() {
    let end = now() + TimeDelta::minutes(10);
    assert_eq!(hold().expires_at, end);
    let last = end - TimeDelta::microseconds(1);
    assert_eq!(hold().redeem(last), Ok(now()));
    assert_eq!(hold().redeem(end), Err(HoldExpired));
    assert_eq!(hold().redeem(end + TimeDelta::days(1)), Err(HoldExpired));
}

#[test]
fn it_is_redeemed_by_the_rules_of_the_moment_it_was_placed() {
    assert_eq!(hold().redeem(now()), Ok(now()));
    let later = now() + TimeDelta::minutes(9);
    assert_eq!(hold().redeem(later), Ok(now()));
}
