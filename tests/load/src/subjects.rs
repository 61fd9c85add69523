//! What a call is about: chosen at random, evenly over all that is stored, or the next free slot.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use crate::besides::{First, Seat};
use crate::network::{Network, SCATTER, SERVICES, SESSIONS, Slot, WEEKS_EACH_WAY};
use crate::waiting::{Offer, WAITLISTS};

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
    /// Of the talks with needs.
    DemandingWeek {
        organisation: u64,
        week: u64,
    },
    /// A place of a group; as with a free slot, another number for each call.
    Place {
        number: u64,
        seat: Seat,
    },
    /// A series of six dates, from that one on.
    Series {
        number: u64,
        first: First,
    },
    /// As a series, to be looked at.
    Dates {
        first: First,
    },
    /// Of an organisation that keeps a waiting list; another number for each call.
    Waiting {
        organisation: u64,
    },
    Offered(Offer),
}

/// What calls use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stock {
    Slots,
    Places,
    Series,
    Entries,
    Offers,
}

impl Stock {
    pub const ALL: [Self; 5] = [
        Self::Slots,
        Self::Places,
        Self::Series,
        Self::Entries,
        Self::Offers,
    ];

    /// Added to the numbers of a stock where pgbench makes ids of them, so that no two are equal.
    #[must_use]
    pub const fn offset(self) -> u64 {
        self as u64 * OFFSET
    }

    /// More than pgbench takes in a second on any machine that this was made for.
    #[must_use]
    pub const fn most_per_second(self) -> u64 {
        match self {
            Self::Slots => 15_000,
            Self::Places => 6000,
            Self::Series => 800,
            Self::Entries => 8000,
            Self::Offers => 2500,
        }
    }
}

/// More than there are of anything; of all stocks together, seven hexadecimal digits are enough.
pub const OFFSET: u64 = 50_000_000;

/// What all callers share.
#[derive(Debug)]
pub struct World {
    pub network: Network,
    pub today: NaiveDate,
    /// How many of each stock have been given away.
    taken: [AtomicU64; 5],
    /// Id and secret of what was booked and may be cancelled.
    pub booked: Mutex<Vec<(String, String)>>,
}

impl World {
    #[must_use]
    pub fn new(network: Network, today: NaiveDate) -> Self {
        Self {
            network,
            today,
            taken: Default::default(),
            booked: Mutex::default(),
        }
    }

    /// A free slot that nobody else gets; `None` when there are no more.
    pub fn free(&self) -> Option<Subject> {
        let number = self.next(Stock::Slots);
        let slot = self.network.free_slot(number, self.today)?;
        Some(Subject::Free { number, slot })
    }

    /// As [`World::free`], a place of a group.
    pub fn free_place(&self) -> Option<Subject> {
        let number = self.next(Stock::Places);
        let seat = self.network.free_seat(number, self.today)?;
        Some(Subject::Place { number, seat })
    }

    /// As [`World::free`], a series.
    pub fn free_series(&self) -> Option<Subject> {
        let number = self.next(Stock::Series);
        let first = self.network.first_of_series(number, self.today)?;
        Some(Subject::Series { number, first })
    }

    /// Somebody who waits from now on.
    pub fn new_entry(&self) -> Option<Subject> {
        let number = self.next(Stock::Entries);
        let organisation = number * SCATTER % WAITLISTS;
        (number < OFFSET).then_some(Subject::Waiting { organisation })
    }

    /// As [`World::free`], a slot that is offered to somebody.
    pub fn open_offer(&self) -> Option<Subject> {
        let number = self.next(Stock::Offers);
        let offer = self.network.open_offer(number, self.today)?;
        Some(Subject::Offered(offer))
    }

    /// One of the last quarter of all series, which nobody books.
    pub fn some_series(&self, random: &mut Random) -> Option<Subject> {
        let all = self.network.free_series(self.today);
        let number = all - 1 - random.below((all / 4).max(1));
        let first = self.network.first_of_series(number, self.today)?;
        Some(Subject::Dates { first })
    }

    fn next(&self, stock: Stock) -> u64 {
        self.taken[stock as usize].fetch_add(1, Ordering::Relaxed)
    }

    /// How many of them there are, whether they are taken or not.
    #[must_use]
    pub fn all(&self, stock: Stock) -> u64 {
        match stock {
            Stock::Slots => self.network.free_slots(self.today),
            Stock::Places => self.network.free_seats(self.today),
            Stock::Series => self.network.free_series(self.today) * 3 / 4,
            Stock::Entries => OFFSET,
            Stock::Offers => self.network.open_offers(self.today),
        }
    }

    /// Numbers that nobody else gets, from the one that is answered on.
    pub fn reserve(&self, stock: Stock, count: u64) -> Option<u64> {
        let first = self.taken[stock as usize].fetch_add(count, Ordering::Relaxed);
        (first + count <= self.all(stock)).then_some(first)
    }

    /// Takes the numbers from there on back.
    pub fn give_back(&self, stock: Stock, from: u64) {
        self.taken[stock as usize].store(from, Ordering::Relaxed);
    }

    /// Whether less than half of something is left.
    #[must_use]
    pub fn runs_out(&self) -> bool {
        let taken = |stock: Stock| self.taken[stock as usize].load(Ordering::Relaxed);
        Stock::ALL
            .into_iter()
            .any(|stock| taken(stock) > self.all(stock) / 2)
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

    pub fn demanding_week(&self, random: &mut Random) -> Subject {
        Subject::DemandingWeek {
            organisation: random.below(self.network.organisations()),
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
/// How long a group lasts: as long as its session.
pub const GROUP: TimeDelta = TimeDelta::hours(4);

pub fn offer(random: &mut Random) -> Subject {
    Subject::Offer {
        topic: usize::try_from(random.below(3)).unwrap_or_default(),
        language: usize::try_from(random.below(6)).unwrap_or_default(),
    }
}
