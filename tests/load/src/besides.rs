//! What is filled in beside the talks that most calls are about, and read by nobody else: in each
//! organisation a group, talks that take more than a counsellor, talks for series, and talks for which
//! people wait, each with a counsellor of its own. Their hours follow the arithmetic of the others'.

use chrono::NaiveDate;
use domain::minutes::WholeMinute;
use domain::slot_id::SlotId;

use crate::network::{Kind, Network, SCATTER, SERVICES, SESSIONS, SLOTS, Slot, id};

/// What kind of service; the place of it among those of an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Once a week, for many.
    Group = 0,
    /// With a room of its kind and a piece of equipment; two of five slots are taken.
    Demanding = 1,
    /// Nothing is booked.
    Regular = 2,
    /// In few organisations; everything is offered to those who wait. See [`crate::waiting`].
    Awaited = 3,
}

/// For how many of them an organisation has numbers.
pub const BESIDES: u64 = 4;
/// Places of a group's session.
pub const CAPACITY: u64 = 20;
/// Dates of a series: so many weeks.
pub const DATES: u64 = 6;

/// A place in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    pub organisation: u64,
    pub session: u64,
}

/// The first date of a series: a slot of the organisation's counsellor for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct First {
    pub organisation: u64,
    pub session: u64,
    pub place: u64,
}

impl Beside {
    #[must_use]
    pub fn service(self, network: &Network, organisation: u64) -> u64 {
        network.organisations() * SERVICES + organisation * BESIDES + self as u64
    }

    #[must_use]
    pub fn counsellor(self, network: &Network, organisation: u64) -> u64 {
        network.counsellors() + organisation * BESIDES + self as u64
    }

    /// The number of a session among all.
    #[must_use]
    pub fn session(self, network: &Network, organisation: u64, session: u64) -> u64 {
        self.counsellor(network, organisation) * SESSIONS + session
    }

    /// The slot, by the numbers that decide when it is.
    #[must_use]
    pub fn slot(self, network: &Network, organisation: u64, session: u64, place: u64) -> Slot {
        Slot {
            counsellor: self.counsellor(network, organisation),
            session,
            place,
        }
    }

    #[must_use]
    pub fn slot_id(self, network: &Network, organisation: u64, slot: Slot) -> SlotId {
        let session = self.session(network, organisation, slot.session);
        let starts_at = WholeMinute::new(network.starts_at(slot)).expect("a whole minute");
        SlotId {
            organisation_id: id(Kind::Organisation, organisation).into(),
            session_id: id(Kind::Session, session).into(),
            service_id: id(Kind::Service, self.service(network, organisation)).into(),
            starts_at,
        }
    }
}

impl Network {
    /// How many weeks of sessions are to come, from the week after next on.
    #[must_use]
    pub fn weeks_to_come(&self, today: NaiveDate) -> u64 {
        let sessions = self.bookable_sessions(today);
        (sessions.end - sessions.start) / 3
    }

    #[must_use]
    pub fn free_seats(&self, today: NaiveDate) -> u64 {
        self.organisations() * self.weeks_to_come(today) * CAPACITY
    }

    /// Another place for each number; neighbours in number are in groups of different organisations.
    #[must_use]
    pub fn free_seat(&self, number: u64, today: NaiveDate) -> Option<Seat> {
        if number >= self.free_seats(today) {
            return None;
        }
        let turn = number / self.organisations();
        let week = turn % self.weeks_to_come(today);
        Some(Seat {
            organisation: number * SCATTER % self.organisations(),
            session: self.bookable_sessions(today).start + week * 3,
        })
    }

    #[must_use]
    pub fn free_series(&self, today: NaiveDate) -> u64 {
        self.organisations() * (self.weeks_to_come(today) / DATES) * 3 * SLOTS
    }

    /// The first date of another series for each number; none shares a slot with another.
    #[must_use]
    pub fn first_of_series(&self, number: u64, today: NaiveDate) -> Option<First> {
        if number >= self.free_series(today) {
            return None;
        }
        let turn = number / self.organisations();
        let block = turn % (self.weeks_to_come(today) / DATES);
        let rest = turn / (self.weeks_to_come(today) / DATES);
        let first = self.bookable_sessions(today).start + block * DATES * 3;
        Some(First {
            organisation: number * SCATTER % self.organisations(),
            session: first + rest % 3,
            place: rest / 3 % SLOTS,
        })
    }
}

/// On which day of the week the counsellor's sessions with that number are.
#[must_use]
pub fn weekday(slot: Slot) -> u64 {
    (slot.counsellor + slot.session % 3 * 2) % 5
}

/// The rule of the series that begins with the slot.
#[must_use]
pub fn rule(slot: Slot) -> &'static str {
    RULES[usize::try_from(weekday(slot)).unwrap_or_default()]
}

/// The rules of series, by the days of the week on which they are.
pub const RULES: [&str; 5] = [
    "FREQ=WEEKLY;BYDAY=MO;COUNT=6",
    "FREQ=WEEKLY;BYDAY=TU;COUNT=6",
    "FREQ=WEEKLY;BYDAY=WE;COUNT=6",
    "FREQ=WEEKLY;BYDAY=TH;COUNT=6",
    "FREQ=WEEKLY;BYDAY=FR;COUNT=6",
];

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use chrono::{Datelike, Days};

    use super::*;

    fn network() -> (Network, NaiveDate) {
        let monday = NaiveDate::from_ymd_opt(2025, 11, 24).expect("a day");
        (Network { scale: 1, monday }, monday + Days::new(7 * 52))
    }

    #[test]
    fn no_group_gets_more_than_have_room() {
        let (network, today) = network();
        let mut seats: HashMap<(u64, u64), u64> = HashMap::new();
        for number in 0..network.free_seats(today) {
            let seat = network.free_seat(number, today).expect("a place");
            *seats.entry((seat.organisation, seat.session)).or_default() += 1;
        }
        assert!(seats.values().all(|taken| *taken == CAPACITY));
    }

    #[test]
    fn no_two_series_share_a_slot_and_each_begins_on_its_day() {
        let (network, today) = network();
        let mut given = std::collections::HashSet::new();
        for number in 0..network.free_series(today) {
            let first = network.first_of_series(number, today).expect("a slot");
            for week in 0..DATES {
                let session = first.session + week * 3;
                assert!(session < SESSIONS);
                assert!(given.insert((first.organisation, session, first.place)));
            }
            let (organisation, session) = (first.organisation, first.session);
            let slot = Beside::Regular.slot(&network, organisation, session, first.place);
            let day = network.starts_at(slot).date_naive().weekday();
            assert_eq!(u64::from(day.num_days_from_monday()), weekday(slot));
        }
    }
}
