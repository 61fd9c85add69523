//! Waiting lists: see [`crate::waiting`].

use chrono::TimeDelta;
use persistence::vault::{MasterKey, Vault};

use super::besides::{chosen, next, numbers};
use super::{Shape, start};
use crate::besides::{BESIDES, Beside};
use crate::cluster::MASTER_KEY;
use crate::fill::hash;
use crate::network::{Kind, SCATTER, SERVICES, SLOTS};
use crate::subjects::{CLAIM, LENGTH, Stock, World};
use crate::waiting::{FIRST, Offer, TAKERS, WAITLISTS};

pub(super) fn entry(world: &World, organisation: u64) -> Shape {
    let network = &world.network;
    let service = format!(
        "\\set v {services} + :o * {BESIDES} + {place}\n",
        services = network.organisations() * SERVICES,
        place = Beside::Awaited as u64,
    );
    Shape {
        lines: next(world, Stock::Entries) + &of_waitlist() + &service,
        numbers: vec![
            (Kind::Organisation as u32, organisation, "o"),
            (
                Kind::Service as u32,
                Beside::Awaited.service(network, organisation),
                "v",
            ),
        ],
        ..Shape::default()
    }
}

/// Those of odd numbers.
pub(super) fn offer(world: &World, offer: Offer) -> Shape {
    let network = &world.network;
    let starts_at = network.starts_at(offer.slot(network));
    let lines = format!(
        "\\set t :t + {gone}
\\set n :t * {TAKERS} + 1
\\set slot :t / {WAITLISTS} * {TAKERS} + 1
\\set j {FIRST} + :slot / {SLOTS}
\\set k :slot % {SLOTS}
",
        gone = network.offers_gone(world.today),
    );
    let (organisation, session) = (offer.organisation, offer.session);
    let mut numbers = numbers(world, Beside::Awaited, organisation, session, 1);
    numbers.extend([Kind::Entry, Kind::Offer].map(|kind| (kind as u32, offer.number, "n")));
    let after = |span: TimeDelta| (starts_at + span, start(0, span.num_minutes()));
    Shape {
        lines: next(world, Stock::Offers)
            + &lines
            + &of_waitlist()
            + &chosen(world, Beside::Awaited),
        numbers,
        instants: [TimeDelta::zero(), LENGTH, CLAIM].map(after).to_vec(),
        hashes: vec![(known_hash(offer), "sha256(('waits ' || :n::text)::bytea)")],
        ..Shape::default()
    }
}

/// What the program keeps of the secret that it was shown.
fn known_hash(offer: Offer) -> [u8; 32] {
    let key = MasterKey::from_base64(MASTER_KEY).expect("a key that the program takes");
    hash(&Vault::new(&key), &offer.secret())
}

fn of_waitlist() -> String {
    format!("\\set o :t * {SCATTER} % {WAITLISTS}\n")
}
