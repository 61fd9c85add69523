//! Caps as they are stored.

use domain::caps::{CounsellorCaps, Pause, Talks};
use domain::minutes::Minutes;

use crate::error::{Error, Result};

pub(crate) fn talks(talks: Talks) -> i32 {
    // At most a hundred.
    i32::try_from(talks.count()).unwrap_or(i32::MAX)
}

pub(super) fn minutes(minutes: Minutes) -> i32 {
    // At most a day.
    i32::try_from(minutes.count()).unwrap_or(i32::MAX)
}

pub(crate) fn read(
    max_per_day: Option<i32>,
    pause_after: Option<i32>,
    pause_minutes: Option<i32>,
) -> Result<CounsellorCaps> {
    let corrupt = |why: &dyn std::fmt::Display| Error::corrupt("counsellor", why);
    let talks = |count: i32| Talks::new(count.into()).map_err(|error| corrupt(&error));
    let pause = |(after, length): (i32, i32)| {
        let length = u32::try_from(length).map_err(|error| corrupt(&error))?;
        let length = Minutes::new(length).map_err(|error| corrupt(&error))?;
        Pause::new(talks(after)?, length).map_err(|error| corrupt(&error))
    };
    Ok(CounsellorCaps {
        max_per_day: max_per_day.map(talks).transpose()?,
        pause: pause_after.zip(pause_minutes).map(pause).transpose()?,
    })
}
