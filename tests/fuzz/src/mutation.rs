//! Bytes that are nearly right: mutations of good ones, the same for the same seed.

/// Numbers that look random; no secret depends on them.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// SplitMix64 (Steele, Lea and Flood 2014).
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number less than that; 0 for 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.roll() % bound).unwrap_or_default()
    }

    /// One of them.
    ///
    /// # Panics
    /// If there is none.
    pub fn choose<'a, T>(&mut self, these: &'a [T]) -> &'a T {
        &these[self.below(these.len())]
    }
}

/// What parsers stumble over.
const SPLINTERS: &[&[u8]] = &[
    b"\0",
    b"\xff",
    b"\xed\xa0\x80",
    b"\\ud800",
    b"\xc3\x9f",
    b"\xf0\x9f\x92\xa9",
    b"\xe2\x80\xae",
    b"\xc4\xb0",
    b"-",
    b"+",
    b"=",
    b";",
    b",",
    b".",
    b"\"",
    b"%",
    b" ",
    b"\n",
    b"0",
    b"-1",
    b"255",
    b"256",
    b"4294967296",
    b"9223372036854775807",
    b"9223372036854775808",
    b"1e999",
    b"NaN",
    b"null",
    b"[[[[[[[[",
    b"{\"\":",
    b"0000-01-01T00:00:00Z",
    b"2026-03-29T02:30:00",
    b"2026-10-25",
    b"2028-02-29",
    b"+262142-12-31T23:59:60Z",
    b"-262143-01-01",
    b"+23:59",
];

/// The longest that a mutation gets.
const LONGEST: usize = 64 * 1024;

/// One to four changes, now and then with a piece of the other one.
#[must_use]
pub fn mutate(bytes: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut mutated = bytes.to_vec();
    for _ in 0..=dice.below(4) {
        change(&mut mutated, other, dice);
    }
    mutated.truncate(LONGEST);
    mutated
}

fn change(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    let at = dice.below(bytes.len() + 1);
    let end = at + dice.below((bytes.len() - at).min(16) + 1);
    match dice.below(8) {
        0 => drop(bytes.splice(at..end, [])),
        1 => drop(bytes.splice(at..end, dice.choose(SPLINTERS).to_vec())),
        2 => drop(bytes.splice(at..at, dice.choose(SPLINTERS).to_vec())),
        3 => {
            let piece = bytes[at..end].repeat(1 + dice.below(200));
            bytes.splice(at..at, piece);
        }
        4 => {
            let from = dice.below(other.len() + 1);
            bytes.truncate(at);
            bytes.extend_from_slice(&other[from..]);
        }
        5 => bytes.truncate(at),
        6 => flip_case(&mut bytes[at..end]),
        _ => {
            let bit = dice.below(8);
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << bit;
            }
        }
    }
}

fn flip_case(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().filter(|byte| byte.is_ascii_alphabetic()) {
        *byte ^= 0b10_0000;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_bytes() {
        let made = |seed| mutate(b"FREQ=WEEKLY", b"BYDAY=MO", &mut Dice::new(seed));
        assert_eq!(made(7), made(7));
        assert!((0..100).any(|seed| made(seed) != made(seed + 1)));
        for seed in 0..100 {
            assert!(mutate(b"", b"", &mut Dice::new(seed)).len() <= LONGEST);
        }
    }
}
