//! What a call is about: chosen at random, evenly over all that is stored, or the next free slot.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use crate::network::{Network, SERVICES, SESSIONS, Slot, WEEKS_EACH_WAY};

pub const TOPICS: [&str; 3] = ["psychosocial", "debt", "addiction"];
pub const LANGUAGES: [&str; 6] = ["ar", "uk", "tr", "en", "ru", "fa"];
/// The last week that is asked for, counted from the week of filling: within every horizon.
pub const LAST_WEEK: u64 = 50;
/// On how many days there are appointments, but for the very last.
pub const DAYS: u64 = 727;

/// Random numbers that come again in every run: SplitMix64.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (bits ^ (bits >> 31)) % limit
    }
}

/// What one call is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Nothing in particular.
    Anything,
    Booked(Slot),
    Week {
        service: u64,
        week: u64,
    },
    Offer {
        topic: usize,
        language: usize,
    },
    /// A free slot; the number is that of [`Network::free_slot`], and another one for each call.
    Free {
        number: u64,
        slot: Slot,
    },
    Day {
        organisation: u64,
        day: u64,
    },
}

/// What all callers share.
#[derive(Debug)]
pub struct World {
    pub network: Network,
    pub today: NaiveDate,
    /// How many of the free slots have been given away.
    taken: AtomicU64,
    /// Id and secret of what was booked and may be cancelled.
    pub booked: Mutex<Vec<(String, String)>>,
}

impl World {
    #[must_use]
    pub fn new(network: Network, today: NaiveDate) -> Self {
        Self {
            network,
            today,
            taken: AtomicU64::new(0),
            booked: Mutex::default(),
        }
    }

    /// A free slot that nobody else gets; `None` when there are no more.
    pub fn free(&self) -> Option<Subject> {
        let number = self.taken.fetch_add(1, Ordering::Relaxed);
        let slot = self.network.free_slot(number, self.today)?;
        Some(Subject::Free { number, slot })
    }

    /// Numbers of free slots that nobody else gets, from the one that is answered on.
    pub fn reserve(&self, count: u64) -> Option<u64> {
        let first = self.taken.fetch_add(count, Ordering::Relaxed);
        (first + count <= self.network.free_slots(self.today)).then_some(first)
    }

    /// Takes the numbers from there on back.
    pub fn give_back(&self, from: u64) {
        self.taken.store(from, Ordering::Relaxed);
    }

    #[must_use]
    pub fn left(&self) -> u64 {
        let all = self.network.free_slots(self.today);
        all.saturating_sub(self.taken.load(Ordering::Relaxed))
    }

    pub fn booked_slot(&self, random: &mut Random) -> Subject {
        let counsellor = random.below(self.network.counsellors());
        let session = random.below(SESSIONS);
        Subject::Booked(self.network.booked_slot(counsellor, session))
    }

    pub fn week(&self, random: &mut Random) -> Subject {
        Subject::Week {
            service: random.below(self.network.organisations() * SERVICES),
            week: 1 + random.below(LAST_WEEK),
        }
    }

    pub fn day(&self, random: &mut Random) -> Subject {
        Subject::Day {
            organisation: random.below(self.network.organisations()),
            day: random.below(DAYS),
        }
    }

    /// Midnight (UTC) on which that week begins, counted from the week of filling.
    #[must_use]
    pub fn week_starts(&self, week: u64) -> DateTime<Utc> {
        self.day_starts((WEEKS_EACH_WAY + week) * 7)
    }

    /// Midnight (UTC) of that day, counted from the first.
    #[must_use]
    pub fn day_starts(&self, day: u64) -> DateTime<Utc> {
        (self.network.monday + Days::new(day))
            .and_time(chrono::NaiveTime::MIN)
            .and_utc()
    }
}

/// How long a claim is, and the appointment in it.
pub const CLAIM: TimeDelta = TimeDelta::minutes(60);
pub const LENGTH: TimeDelta = TimeDelta::minutes(50);

pub fn offer(random: &mut Random) -> Subject {
    Subject::Offer {
        topic: usize::try_from(random.below(3)).unwrap_or_default(),
        language: usize::try_from(random.below(6)).unwrap_or_default(),
    }
}
