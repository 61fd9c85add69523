use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::facts::Facts;
use super::report::{Law, Violation};
use super::stored::{Entry, Offer, Stored};

/// What is offered is held until it is answered or its time is over; a slot is offered to one at a
/// time, and to nobody twice; and a booked entry has accepted one offer, and its appointment.
pub(crate) fn check(facts: &Facts, stored: &Stored) -> Vec<Violation> {
    let now = stored.fit.at.wall + facts.leaps.furthest(0, u64::MAX);
    let mut broken = Vec::new();
    let mut of_entry: BTreeMap<Uuid, Vec<&Offer>> = BTreeMap::new();
    for offer in stored.offers.values() {
        broken.extend(held(offer, now));
        of_entry.entry(offer.entry_id).or_default().push(offer);
    }
    for entry in stored.entries.values() {
        let offers = of_entry.remove(&entry.id).unwrap_or_default();
        broken.extend(fits(entry, &offers));
    }
    // The program's own times say nothing where its clock leapt.
    if facts.leaps.are_none() {
        broken.extend(shared(stored));
    }
    broken
}

fn wrong(what: String, table: &str, id: Uuid) -> Violation {
    Violation::of_rows(Law::OfferedOnce, what, []).about(table, id)
}

fn held(offer: &Offer, now: DateTime<Utc>) -> Option<Violation> {
    let what = if !offer.is_open() {
        (offer.claims > 0).then(|| format!("it is {} and still held", offer.state))
    } else if offer.expires_at > now && offer.claims == 0 {
        Some("it is open and not held".to_owned())
    } else {
        None
    };
    what.map(|what| wrong(what, "waitlist_offers", offer.id))
}

/// Whether the offers of an entry are what its status says.
fn fits(entry: &Entry, offers: &[&Offer]) -> Vec<Violation> {
    let count = |state| offers.iter().filter(|offer| offer.state == state).count();
    let (open, accepted) = (count("open"), count("accepted"));
    let status = entry.status.as_str();
    let mut broken = Vec::new();
    if open != usize::from(status == "offered") {
        broken.push(format!("it is {status} and has {open} open offers"));
    }
    if accepted != usize::from(status == "booked") {
        broken.push(format!("it is {status} and has accepted {accepted} offers"));
    }
    if status == "booked" && !entry.is_kept {
        let what = "its appointment is for something else, or has another code or secret";
        broken.push(what.to_owned());
    }
    let mut slots: Vec<_> = offers
        .iter()
        .map(|it| (it.session_id, it.starts_at))
        .collect();
    slots.sort_unstable();
    if slots.windows(2).any(|two| two[0] == two[1]) {
        broken.push("it was offered the same slot twice".to_owned());
    }
    let about = broken.into_iter();
    about
        .map(|what| wrong(what, "waitlist_entries", entry.id))
        .collect()
}

/// Talks that were offered to somebody else before the answer.
fn shared(stored: &Stored) -> Vec<Violation> {
    let mut by_slot: BTreeMap<(Uuid, DateTime<Utc>), Vec<&Offer>> = BTreeMap::new();
    for offer in stored.offers.values() {
        let service = stored.services.get(&offer.service_id);
        if service.is_some_and(|service| !service.for_many) {
            let slot = (offer.session_id, offer.starts_at);
            by_slot.entry(slot).or_default().push(offer);
        }
    }
    let mut broken = Vec::new();
    for offers in by_slot.values_mut() {
        offers.sort_by_key(|offer| offer.offered_at);
        for two in offers.windows(2) {
            if two[1].offered_at < two[0].ended_at() {
                let what = "the slot was offered to two at a time".to_owned();
                let rows = [two[0].id, two[1].id].map(|id| format!("waitlist_offers {id}"));
                broken.push(Violation::of_rows(Law::OfferedOnce, what, rows));
            }
        }
    }
    broken
}
