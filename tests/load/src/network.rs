//! The network that is filled in: everything has a number, and all else follows by arithmetic.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::Berlin;
use domain::code::Secret;
use domain::minutes::WholeMinute;
use domain::slot_id::SlotId;
use uuid::Uuid;

/// Counsellors of one organisation.
pub const COUNSELLORS: u64 = 10;
/// Services of one organisation.
pub const SERVICES: u64 = 3;
/// Sessions of one counsellor: three a week in two years.
pub const SESSIONS: u64 = 312;
/// Weeks before and after the one in which it was filled.
pub const WEEKS_EACH_WAY: u64 = 52;
/// Slots of one session.
pub const SLOTS: u64 = 4;
/// How many appointments have a secret that is known.
pub const KNOWN_SECRETS: u64 = 4096;

/// What an id is of; the first of its groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Organisation = 1,
    Site,
    Service,
    Counsellor,
    Account,
    Session,
    Appointment,
    Entry = 20,
    Offer,
}

/// The id of the thing of that kind with that number, which it shows in decimal digits.
#[must_use]
pub fn id(kind: Kind, number: u64) -> Uuid {
    let text = format!("{:08x}-0000-7000-8000-{number:012}", kind as u32);
    text.parse().expect("hexadecimal digits in their places")
}

/// Kind (as in [`Kind`]) and number of an id that [`id`] made.
#[must_use]
pub fn number_of(id: Uuid) -> Option<(u32, u64)> {
    let text = id.to_string();
    let (kind, number) = text.split_once("-0000-7000-8000-")?;
    Some((u32::from_str_radix(kind, 16).ok()?, number.parse().ok()?))
}

/// A network that was filled in at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Network {
    /// How many times 200 organisations.
    pub scale: u64,
    /// The first day of its first week.
    pub monday: NaiveDate,
}

/// A slot, by the numbers of its counsellor, of the session among theirs, and its own in that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slot {
    pub counsellor: u64,
    pub session: u64,
    pub place: u64,
}

impl Network {
    #[must_use]
    pub fn organisations(&self) -> u64 {
        200 * self.scale
    }

    #[must_use]
    pub fn counsellors(&self) -> u64 {
        self.organisations() * COUNSELLORS
    }

    #[must_use]
    pub fn starts_at(&self, slot: Slot) -> DateTime<Utc> {
        let Slot {
            counsellor: c,
            session: j,
            place,
        } = slot;
        let day = self.monday + Days::new(j / 3 * 7 + (c + j % 3 * 2) % 5);
        let hour = 8 + (c * 5 + j % 3) % 7;
        let local = day.and_hms_opt(u32::try_from(hour).unwrap_or_default(), 0, 0);
        let local = local.expect("an hour of the day");
        let opened = Berlin.from_local_datetime(&local).single();
        let opened = opened.expect("no clock changes on a weekday");
        opened.to_utc() + TimeDelta::hours(place.cast_signed())
    }

    /// The name that the program gives the slot.
    #[must_use]
    pub fn slot_id(&self, slot: Slot) -> SlotId {
        SlotId {
            organisation_id: id(Kind::Organisation, slot.organisation()).into(),
            session_id: id(Kind::Session, slot.counsellor * SESSIONS + slot.session).into(),
            service_id: id(Kind::Service, slot.service()).into(),
            starts_at: WholeMinute::new(self.starts_at(slot)).expect("a whole minute"),
        }
    }

    /// The numbers of sessions from the week after next on, counted from `today`.
    #[must_use]
    pub fn bookable_sessions(&self, today: NaiveDate) -> std::ops::Range<u64> {
        let weeks = (today - self.monday).num_weeks().max(0).cast_unsigned() + 2;
        weeks * 3..SESSIONS
    }

    /// How many slots [`Network::free_slot`] knows.
    #[must_use]
    pub fn free_slots(&self, today: NaiveDate) -> u64 {
        let sessions = self.bookable_sessions(today);
        self.counsellors() * (sessions.end - sessions.start) * 2
    }

    /// Free slots, two of every session to come: another one for each number, and neighbours in
    /// number belong to different counsellors.
    #[must_use]
    pub fn free_slot(&self, number: u64, today: NaiveDate) -> Option<Slot> {
        if number >= self.free_slots(today) {
            return None;
        }
        let sessions = self.bookable_sessions(today);
        let counsellor = number * SCATTER % self.counsellors();
        let turn = number / self.counsellors();
        let many = sessions.end - sessions.start;
        let session = sessions.start + turn % many;
        let places = places(counsellor, session, 2);
        let free: Vec<u64> = places.into_iter().filter(|place| *place < SLOTS).collect();
        let place = *free.get(usize::try_from(turn / many).ok()?)?;
        Some(Slot {
            counsellor,
            session,
            place,
        })
    }

    /// A booked slot whose secret is known, another one for each number below [`KNOWN_SECRETS`].
    #[must_use]
    pub fn with_known_secret(&self, turn: u64) -> Slot {
        self.booked_slot(turn * SCATTER % self.counsellors(), turn % SESSIONS)
    }

    /// A booked slot of that session: there is one in each.
    #[must_use]
    pub fn booked_slot(&self, counsellor: u64, session: u64) -> Slot {
        let [first, second, _] = places(counsellor, session, 0);
        let place = if first < SLOTS { first } else { second };
        Slot {
            counsellor,
            session,
            place,
        }
    }
}

/// Has no divisor in common with the number of counsellors.
pub const SCATTER: u64 = 7919;

/// The places p of a session with `(7c + 3j + 2p) mod 5` equal to `rest`, one more and two more.
/// Of rests 0 and 1 a slot is booked, of others free; place 4 does not exist.
fn places(counsellor: u64, session: u64, rest: u64) -> [u64; 3] {
    let sum = (counsellor * 7 + session * 3) % 5;
    [rest, rest + 1, rest + 2].map(|rest| (rest + 5 - sum) * 3 % 5)
}

impl Slot {
    #[must_use]
    pub fn organisation(&self) -> u64 {
        self.counsellor / COUNSELLORS
    }

    #[must_use]
    pub fn service(&self) -> u64 {
        self.organisation() * SERVICES + self.counsellor % COUNSELLORS / 4
    }

    #[must_use]
    pub fn is_booked(&self) -> bool {
        (self.counsellor * 7 + self.session * 3 + self.place * 2) % 5 < 2
    }

    /// The number of its appointment, if it is booked.
    #[must_use]
    pub fn appointment(&self) -> u64 {
        (self.counsellor * SESSIONS + self.session) * SLOTS + self.place
    }
}

/// The secret of the appointment with that number, where it is known.
#[must_use]
pub fn secret(appointment: u64) -> Secret {
    let mut bytes = [0x5a; 17];
    bytes[..8].copy_from_slice(&appointment.to_be_bytes());
    Secret::from_random(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network() -> Network {
        Network {
            scale: 1,
            monday: NaiveDate::from_ymd_opt(2025, 11, 24).expect("a day"),
        }
    }

    #[test]
    fn an_id_tells_its_number() {
        let id = id(Kind::Appointment, 123);
        assert_eq!(id.to_string(), "00000007-0000-7000-8000-000000000123");
        assert_eq!(number_of(id), Some((7, 123)));
        assert_eq!(number_of(Uuid::now_v7()), None);
    }

    #[test]
    fn two_of_five_slots_are_booked_and_one_in_every_session() {
        let network = network();
        let mut booked = 0;
        for counsellor in 0..25 {
            for session in 0..SESSIONS {
                assert!(network.booked_slot(counsellor, session).is_booked());
                for place in 0..SLOTS {
                    let slot = Slot {
                        counsellor,
                        session,
                        place,
                    };
                    booked += u64::from(slot.is_booked());
                }
            }
        }
        assert_eq!(booked * 5, 25 * SESSIONS * SLOTS * 2);
    }

    #[test]
    fn no_free_slot_is_given_twice() {
        let network = network();
        let today = network.monday + Days::new(7 * 52);
        let mut given = std::collections::HashSet::new();
        for number in 0..network.free_slots(today) {
            let slot = network.free_slot(number, today).expect("a slot");
            assert!(!slot.is_booked(), "{slot:?}");
            assert!(slot.place < SLOTS, "{slot:?}");
            assert!(given.insert(slot), "{slot:?}");
        }
        assert!(
            network
                .free_slot(network.free_slots(today), today)
                .is_none()
        );
    }
}
