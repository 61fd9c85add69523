//! Guessing is slowed by its source. Only wrong attempts cost, so that nobody is locked out by
//! what somebody elsewhere does.

mod networks;
mod source;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

pub use networks::{MalformedNetwork, Network};
pub use source::Source;

use crate::clock::Clock;
use crate::problems::{Code, Problem};

/// How many wrong attempts a source has at once.
const BURST: i32 = 20;
/// After how long it gets one more.
const REFILL: TimeDelta = TimeDelta::seconds(3);
/// How many sources are remembered.
const CAPACITY: usize = 10_000;

/// Counts the wrong attempts of each source, in this process.
#[derive(Debug)]
pub struct Throttle {
    clock: Clock,
    trusted_proxies: Vec<Network>,
    /// When each source has all its attempts again.
    recovered_at: Mutex<HashMap<Source, DateTime<Utc>>>,
}

impl Throttle {
    /// `X-Forwarded-For` is believed only where one of the `trusted_proxies` has written it.
    #[must_use]
    pub fn new(clock: Clock, trusted_proxies: Vec<Network>) -> Self {
        Self {
            clock,
            trusted_proxies,
            recovered_at: Mutex::default(),
        }
    }

    /// Refuses a source with too many wrong attempts: `rate-limited`, with when to come again.
    pub fn check(&self, source: Source) -> Result<(), Problem> {
        let recovered_at = self
            .recovered_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(recovered_at) = recovered_at.get(&source) else {
            return Ok(());
        };
        let wait = *recovered_at - self.clock.now() - REFILL * (BURST - 1);
        if wait <= TimeDelta::zero() {
            return Ok(());
        }
        let seconds = u64::try_from(wait.num_seconds()).unwrap_or_default() + 1;
        let detail = format!(
            "too many wrong attempts came from your address: come again in {seconds} seconds"
        );
        Err(Problem::because(Code::RateLimited, detail).retry_after(seconds))
    }

    /// Notes a wrong attempt.
    pub fn failed(&self, source: Source) {
        let now = self.clock.now();
        let mut recovered_at = self
            .recovered_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if recovered_at.len() >= CAPACITY && !recovered_at.contains_key(&source) {
            make_room(&mut recovered_at);
        }
        let at = recovered_at.entry(source).or_insert(now);
        *at = (*at).max(now) + REFILL;
    }

    pub(crate) fn trusts(&self, address: std::net::IpAddr) -> bool {
        self.trusted_proxies
            .iter()
            .any(|network| network.contains(address))
    }
}

/// Forgets the quarter that recovers first: so many at once that it is seldom done.
fn make_room(recovered_at: &mut HashMap<Source, DateTime<Utc>>) {
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

    #[test]
    fn a_noisy_source_waits_and_nobody_else() {
        let clock = Clock::default();
        let throttle = Throttle::new(clock.clone(), Vec::new());
        for _ in 0..BURST {
            assert!(throttle.check(source(1)).is_ok());
            throttle.failed(source(1));
        }
        let refused = throttle.check(source(1)).expect_err("a refusal");
        assert_eq!(refused.code, Code::RateLimited);
        assert!(throttle.check(source(2)).is_ok());
        clock.advance(REFILL);
        assert!(throttle.check(source(1)).is_ok());
        throttle.failed(source(1));
        assert!(throttle.check(source(1)).is_err());
        clock.advance(TimeDelta::hours(1));
        for _ in 0..BURST {
            assert!(throttle.check(source(1)).is_ok());
            throttle.failed(source(1));
        }
        assert!(throttle.check(source(1)).is_err());
    }

    #[test]
    fn the_memory_has_a_bound_and_keeps_the_noisiest() {
        let throttle = Throttle::new(Clock::default(), Vec::new());
        for _ in 0..BURST {
            throttle.failed(source(0));
        }
        for number in 1..=20_000 {
            throttle.failed(source(number));
        }
        let remembered = throttle.recovered_at.lock().expect("the map").len();
        assert!(remembered <= CAPACITY);
        assert!(throttle.check(source(0)).is_err());
    }
}
