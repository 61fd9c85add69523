//! Tokens whose signature was right. To check one costs as much as to read an appointment, and
//! staff show the same token for minutes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};

/// How many tokens are remembered; then all are forgotten.
const MOST: usize = 4096;

type Hash = [u8; 32];

/// What a good signature says of each token, by the token's hash: nobody can read a token here.
#[derive(Debug)]
pub(super) struct Known<T>(Mutex<HashMap<Hash, T>>);

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Copy> Known<T> {
    /// What the token says: as it was found before, or as `check` finds it now.
    pub(super) fn or_check<E>(
        &self,
        token: &str,
        check: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let mut hash = Hash::default();
        hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(said) = lock().get(&hash) {
            return Ok(*said);
        }
        let said = check()?;
        let mut known = lock();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(hash, said);
        Ok(said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_good_is_checked_once_and_what_is_bad_each_time() {
        let known = Known::<u8>::default();
        assert_eq!(known.or_check("good", || Ok::<_, ()>(1)), Ok(1));
        assert_eq!(known.or_check("good", || Err(())), Ok(1));
        assert_eq!(known.or_check("bad", || Err(())), Err(()));
        assert_eq!(known.or_check("bad", || Ok::<_, ()>(2)), Ok(2));
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let known = Known::<usize>::default();
        for number in 0..=MOST {
            let said = known.or_check(&number.to_string(), || Ok::<_, ()>(number));
            assert_eq!(said, Ok(number));
        }
        assert_eq!(known.0.lock().expect("no panic").len(), 1);
    }
}
