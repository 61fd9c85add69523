mod assigning;
mod life;

use std::collections::BTreeSet;
use std::sync::Arc;

use uuid::Uuid;

use super::*;
use crate::slots::Slot;

fn now() -> DateTime<Utc> {
    "2026-11-23T07:30:00Z".parse().expect("an instant")
}

fn lasts(minutes: i64) -> OfferLasts {
    OfferLasts::new(minutes).expect("a length")
}

/// An hour with a counsellor, so many minutes from now, in the session with their number.
fn slot(service: u128, counsellor: u128, from: i64, places_left: u32) -> OfferedSlot {
    let from = now() + TimeDelta::minutes(from);
    let span = Span::new(from, from + TimeDelta::hours(1)).expect("a span");
    OfferedSlot {
        slot: Slot {
            id: SlotId {
                organisation_id: Uuid::from_u128(1).into(),
                session_id: Uuid::from_u128(counsellor).into(),
                service_id: Uuid::from_u128(service).into(),
                starts_at: WholeMinute::new(from).expect("a minute"),
            },
            span,
            claim: span,
            site_id: Uuid::from_u128(1).into(),
            counsellor_id: Uuid::from_u128(counsellor).into(),
            room_id: None,
            places_left,
        },
        time_zone: chrono_tz::Europe::Berlin,
        modalities: Arc::new(BTreeSet::from([Modality::InPerson, Modality::Phone])),
        languages: Arc::new(BTreeSet::from(["de".parse().expect("a tag")])),
    }
}

fn wish(service: u128) -> WaitlistWish {
    WaitlistWish {
        service_id: Uuid::from_u128(service).into(),
        counsellor_id: None,
        site_id: None,
        language: None,
        modality: None,
        spans: Vec::new(),
    }
}
