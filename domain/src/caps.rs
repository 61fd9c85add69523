//! How much a counsellor gives at most.

use crate::minutes::Minutes;

/// A number of talks, from one to a hundred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Talks(u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is 1 to 100 talks")]
pub struct NotSoManyTalks;

impl Talks {
    pub fn new(count: i64) -> Result<Self, NotSoManyTalks> {
        u32::try_from(count)
            .ok()
            .filter(|count| (1..=100).contains(count))
            .map(Self)
            .ok_or(NotSoManyTalks)
    }

    #[must_use]
    pub const fn count(self) -> u32 {
        self.0
    }
}

/// A break of this length after so many talks in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    after: Talks,
    length: Minutes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a pause is 1 to 1440 minutes long")]
pub struct NoPause;

impl Pause {
    pub fn new(after: Talks, length: Minutes) -> Result<Self, NoPause> {
        if length == Minutes::NONE || length > Minutes::DAY {
            Err(NoPause)
        } else {
            Ok(Self { after, length })
        }
    }

    #[must_use]
    pub const fn after(self) -> Talks {
        self.after
    }

    #[must_use]
    pub const fn length(self) -> Minutes {
        self.length
    }
}

/// The caps of a counsellor. Whatever claims them counts as a talk, holds too, and lasts as long as
/// the claim, buffers included. It belongs to the local day of the site on which it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CounsellorCaps {
    pub max_per_day: Option<Talks>,
    /// Talks of one day are in a row when the break between each and the next is shorter than the
    /// pause. No more than so many are.
    pub pause: Option<Pause>,
}

impl CounsellorCaps {
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.max_per_day.is_none() && self.pause.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_pauses_have_their_bounds() {
        assert!(Talks::new(1).is_ok() && Talks::new(100).is_ok());
        assert!(
            [-1, 0, 101, i64::MAX]
                .map(Talks::new)
                .iter()
                .all(Result::is_err)
        );
        let three = Talks::new(3).expect("a number");
        assert_eq!(Pause::new(three, Minutes::NONE), Err(NoPause));
        assert!(Pause::new(three, Minutes::DAY).is_ok());
        assert_eq!(Pause::new(three, Minutes::MAX), Err(NoPause));
    }
}
