//! The corpus and mutations of it, for as long as `FUZZ_SECONDS` says: two for each target unless
//! it is given. What fails says its seed; `FUZZ_SEED` begins with that one.

use std::env;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use fuzz::mutation::{Dice, mutate};
use fuzz::targets::named;
use fuzz::{TARGETS, Target, corpus};

/// Far more than any input takes, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(5);

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.parse().ok()
}

/// Tries them one after the other, and tells which it has begun.
fn try_all(target: Target, seed: u64, told: &Sender<(String, Vec<u8>)>) {
    let until = Instant::now() + Duration::from_secs(number("FUZZ_SECONDS").unwrap_or(2));
    let seeds = corpus::of(target.name).expect("a corpus");
    let attempt = |name: String, bytes: Vec<u8>| {
        told.send((name, bytes.clone())).expect("somebody listens");
        (target.run)(&bytes);
    };
    for (name, bytes) in &seeds {
        attempt(name.clone(), bytes.clone());
    }
    let mut round = seed;
    while Instant::now() < until {
        let mut dice = Dice::new(round);
        let (name, bytes) = dice.choose(&seeds);
        let (_, other) = dice.choose(&seeds);
        let mutated = mutate(bytes, other, &mut dice);
        attempt(format!("{name}, FUZZ_SEED={round}"), mutated);
        round = round.wrapping_add(1);
    }
}

/// Keeps its promises of everything, and each within a few seconds; answers of how much.
fn holds(name: &str) -> u64 {
    let target = *named(name).expect("a target");
    let seed = number("FUZZ_SEED").unwrap_or(20_261_122);
    let (told, telling) = channel();
    let trying = thread::spawn(move || try_all(target, seed, &told));
    let mut last = (String::new(), Vec::new());
    let mut count = 0;
    loop {
        match telling.recv_timeout(PATIENCE) {
            Ok(next) => (last, count) = (next, count + 1),
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => break,
            Err(_) => panic!(
                "{name} takes for ever: {}: {}",
                last.0,
                last.1.escape_ascii()
            ),
        }
    }
    if trying.join().is_err() {
        panic!("{name} breaks on {}: {}", last.0, last.1.escape_ascii());
    }
    count
}

macro_rules! targets {
    ($($name:ident),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                let count = holds(stringify!($name));
                println!("{}: {count} inputs", stringify!($name));
            }
        )+

        #[test]
        fn every_target_is_tried() {
            let tried = [$(stringify!($name)),+];
            assert!(TARGETS.iter().map(|target| target.name).eq(tried));
        }
    };
}

targets! {
    bearers, bodies, codes, contacts, cursors, headers, instants, languages, openings, queries,
    recurrence, slot_ids,
}
