//! Waiting lists: of a service in each organisation of the first region, for whose slots everybody
//! waits. Each slot is offered to somebody already, so nothing is free for whoever joins.

use chrono::NaiveDate;
use domain::code::Secret;

use crate::besides::Beside;
use crate::network::{Network, SCATTER, SESSIONS, SLOTS, Slot, WEEKS_EACH_WAY, secret};

/// How many organisations keep a waiting list, at any scale.
pub const WAITLISTS: u64 = 200;
/// The first session of the counsellor for them: in the week after next when it was filled.
pub const FIRST: u64 = (WEEKS_EACH_WAY + 2) * 3;
/// How many slots are offered.
pub const OFFERS: u64 = WAITLISTS * (SESSIONS - FIRST) * SLOTS;
/// Every other offer is the program's, the rest pgbench's: their secrets differ.
pub const TAKERS: u64 = 2;
/// Added to the numbers of entries where secrets are made of them.
const ENTRY: u64 = 1 << 40;

/// A slot that is held for the answer of somebody who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Offer {
    /// Of the entry and of the offer.
    pub number: u64,
    pub organisation: u64,
    pub session: u64,
    pub place: u64,
}

impl Offer {
    /// The same arithmetic stands in `fill/waiting.sql`.
    #[must_use]
    pub fn numbered(number: u64) -> Self {
        let turn = number / TAKERS;
        let slot = turn / WAITLISTS * TAKERS + number % TAKERS;
        Self {
            number,
            organisation: turn * SCATTER % WAITLISTS,
            session: FIRST + slot / SLOTS,
            place: slot % SLOTS,
        }
    }

    #[must_use]
    pub fn slot(self, network: &Network) -> Slot {
        Beside::Awaited.slot(network, self.organisation, self.session, self.place)
    }

    /// Of an entry whose offer is the program's.
    #[must_use]
    pub fn secret(self) -> Secret {
        secret(ENTRY + self.number)
    }
}

impl Network {
    /// How many offers of each taker are for sessions that begin too soon by now.
    #[must_use]
    pub fn offers_gone(&self, today: NaiveDate) -> u64 {
        let first = self.bookable_sessions(today).start.max(FIRST);
        (first - FIRST) * SLOTS / TAKERS * WAITLISTS
    }

    #[must_use]
    pub fn open_offers(&self, today: NaiveDate) -> u64 {
        (OFFERS / TAKERS).saturating_sub(self.offers_gone(today))
    }

    /// Another offer of the program's for each number; neighbours in number are of different
    /// organisations.
    #[must_use]
    pub fn open_offer(&self, number: u64, today: NaiveDate) -> Option<Offer> {
        if number >= self.open_offers(today) {
            return None;
        }
        Some(Offer::numbered((number + self.offers_gone(today)) * TAKERS))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_slot_is_offered_once() {
        let all: HashSet<_> = (0..OFFERS)
            .map(Offer::numbered)
            .map(|offer| (offer.organisation, offer.session, offer.place))
            .collect();
        assert_eq!(all.len() as u64, OFFERS);
        assert!(
            all.iter()
                .all(|(_, session, _)| (FIRST..SESSIONS).contains(session))
        );
    }
}
