//! Guessing is slowed by its source. Only wrong attempts cost, so that nobody is locked out by
//! what somebody elsewhere does, and as little as possible by what somebody at the same address
//! does: a whole hostel may call from one.
//!
//! - Secrets, codes and tokens have 130 bits and are looked up cheaply. So every one is looked up,
//!   and a right one is never refused; the wrong ones of a source are counted and answered with
//!   429 when there were too many.
//! - Passwords are guessed more easily and dear to check, so they are refused before that: for one
//!   account, when the source had too many wrong ones for it; for all, when it had very many, as
//!   somebody has who tries one password on many accounts.

mod networks;
mod source;

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use domain::contact::Email;

pub use networks::{MalformedNetwork, Network};
pub use source::Source;

use crate::clock::Clock;
use crate::problems::{Code, Problem};

/// After how long a source gets one more wrong attempt.
const REFILL: TimeDelta = TimeDelta::seconds(3);
/// How many counts are remembered.
const CAPACITY: usize = 10_000;

/// What is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Count {
    Secrets(Source),
    /// For the account with the address of that hash.
    Account(Source, u64),
    Passwords(Source),
}

impl Count {
    /// How many wrong attempts there are at once.
    const fn burst(self) -> i32 {
        match self {
            Self::Secrets(_) | Self::Account(..) => 20,
            Self::Passwords(_) => 200,
        }
    }
}

/// Counts the wrong attempts of each source, in this process.
#[derive(Debug)]
pub struct Throttle {
    clock: Clock,
    trusted_proxies: Vec<Network>,
    addresses: RandomState,
    /// When each count is back at nothing.
    recovered_at: Mutex<HashMap<Count, DateTime<Utc>>>,
}

impl Throttle {
    /// `X-Forwarded-For` is believed only where one of the `trusted_proxies` has written it.
    #[must_use]
    pub fn new(clock: Clock, trusted_proxies: Vec<Network>) -> Self {
        Self {
            clock,
            trusted_proxies,
            addresses: RandomState::new(),
            recovered_at: Mutex::default(),
        }
    }

    /// Notes a wrong secret, and answers with what: the refusal, or `rate-limited` where there were
    /// too many before.
    pub fn wrong_secret(&self, source: Source, refusal: Problem) -> Problem {
        let count = Count::Secrets(source);
        match self.check(count) {
            Ok(()) => {
                self.failed(count);
                refusal
            }
            Err(limited) => limited,
        }
    }

    /// Refuses a source with too many wrong passwords for that address, or altogether:
    /// `rate-limited`, with when to come again.
    pub fn check_password(&self, source: Source, email: Option<&Email>) -> Result<(), Problem> {
        self.passwords(source, email)
            .try_for_each(|count| self.check(count))
    }

    /// Notes a wrong password for that address; without one it is no address at all.
    pub fn wrong_password(&self, source: Source, email: Option<&Email>) {
        self.passwords(source, email)
            .for_each(|count| self.failed(count));
    }

    fn passwords(
        &self,
        source: Source,
        email: Option<&Email>,
    ) -> impl Iterator<Item = Count> + use<> {
        let address = email.map(|email| self.addresses.hash_one(email.as_str()));
        let account = address.map(|address| Count::Account(source, address));
        account.into_iter().chain([Count::Passwords(source)])
    }

    fn check(&self, count: Count) -> Result<(), Problem> {
        let recovered_at = self
            .recovered_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(recovered_at) = recovered_at.get(&count) else {
            return Ok(());
        };
        let wait = *recovered_at - self.clock.now() - REFILL * (count.burst() - 1);
        if wait <= TimeDelta::zero() {
            return Ok(());
        }
        let seconds = u64::try_from(wait.num_seconds()).unwrap_or_default() + 1;
        let detail = format!(
            "too many wrong attempts came from your address: come again in {seconds} seconds"
        );
        Err(Problem::because(Code::RateLimited, detail).retry_after(seconds))
    }

    fn failed(&self, count: Count) {
        let now = self.clock.now();
        let mut recovered_at = self
            .recovered_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if recovered_at.len() >= CAPACITY && !recovered_at.contains_key(&count) {
            make_room(&mut recovered_at);
        }
        let at = recovered_at.entry(count).or_insert(now);
        *at = (*at).max(now) + REFILL;
    }

    pub(crate) fn trusts(&self, address: std::net::IpAddr) -> bool {
        self.trusted_proxies
            .iter()
            .any(|network| network.contains(address))
    }
}

/// Forgets the quarter that recovers first: so many at once that it is seldom done.
fn make_room(recovered_at: &mut HashMap<Count, DateTime<Utc>>) {
    let mut times: Vec<_> = recovered_at.values().copied().collect();
    times.sort_unstable();
    if let Some(quarter) = times.get(times.len() / 4) {
        recovered_at.retain(|_, at| *at > *quarter);
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    fn source(number: u32) -> Source {
        Source::of(IpAddr::V4(Ipv4Addr::from_bits(number)))
    }

    fn email(name: u32) -> Option<Email> {
        format!("{name}@example.org").parse().ok()
    }

    #[test]
    fn a_noisy_source_waits_and_nobody_else() {
        let clock = Clock::default();
        let throttle = Throttle::new(clock.clone(), Vec::new());
        let secrets = |number| Count::Secrets(source(number));
        let tires_after_its_burst = || {
            for _ in 0..secrets(1).burst() {
                assert!(throttle.check(secrets(1)).is_ok());
                throttle.failed(secrets(1));
            }
            let refused = throttle.check(secrets(1)).expect_err("a refusal");
            assert_eq!(refused.code, Code::RateLimited);
        };
        tires_after_its_burst();
        assert!(throttle.check(secrets(2)).is_ok());
        clock.advance(REFILL);
        assert!(throttle.check(secrets(1)).is_ok());
        throttle.failed(secrets(1));
        assert!(throttle.check(secrets(1)).is_err());
        clock.advance(TimeDelta::hours(1));
        tires_after_its_burst();
    }

    #[test]
    fn a_wrong_secret_is_limited_after_the_burst() {
        let throttle = Throttle::new(Clock::default(), Vec::new());
        let answers = || throttle.wrong_secret(source(1), Problem::not_found()).code;
        for _ in 0..20 {
            assert_eq!(answers(), Code::NotFound);
        }
        assert_eq!(answers(), Code::RateLimited);
        assert!(throttle.check_password(source(1), None).is_ok());
    }

    #[test]
    fn wrong_passwords_for_one_account_keep_nobody_from_another() {
        let throttle = Throttle::new(Clock::default(), Vec::new());
        let check = |name: u32| throttle.check_password(source(1), email(name).as_ref());
        for _ in 0..20 {
            assert!(check(1).is_ok());
            throttle.wrong_password(source(1), email(1).as_ref());
        }
        assert!(check(1).is_err());
        assert!(check(2).is_ok());
        let elsewhere = throttle.check_password(source(2), email(1).as_ref());
        assert!(elsewhere.is_ok());
    }

    #[test]
    fn one_password_for_many_accounts_is_slowed_too() {
        let throttle = Throttle::new(Clock::default(), Vec::new());
        let check = |name: u32| throttle.check_password(source(1), email(name).as_ref());
        for name in 0..200 {
            assert!(check(name).is_ok());
            throttle.wrong_password(source(1), email(name).as_ref());
        }
        assert!(check(200).is_err());
    }

    #[test]
    fn the_memory_has_a_bound_and_keeps_the_noisiest() {
        let throttle = Throttle::new(Clock::default(), Vec::new());
        let noisy = Count::Secrets(source(0));
        for _ in 0..noisy.burst() {
            throttle.failed(noisy);
        }
        for number in 1..=20_000 {
            throttle.failed(Count::Secrets(source(number)));
        }
        let remembered = throttle.recovered_at.lock().expect("the map").len();
        assert!(remembered <= CAPACITY);
        assert!(throttle.check(noisy).is_err());
    }
}
