//! From the caps that staff write to those that the domain means.

use domain::caps::{CounsellorCaps, Pause, Talks};
use domain::minutes::Minutes;

use crate::checks::Checks;

/// What is broken is told at its field.
pub(super) fn read(
    max_per_day: Option<i64>,
    pause_after: Option<i64>,
    pause_minutes: Option<i64>,
    checks: &mut Checks,
) -> Option<CounsellorCaps> {
    let max_per_day = checks.optional("/max_per_day", max_per_day.map(Talks::new));
    let after = checks.optional("/pause_after", pause_after.map(Talks::new))?;
    let pause = match (after, pause_minutes) {
        (None, None) => None,
        (Some(after), Some(length)) => Some(checks.field("/pause_minutes", pause(after, length))?),
        (Some(_), None) => {
            checks.refuse("/pause_minutes", "is given with `pause_after`");
            None
        }
        (None, Some(_)) => {
            checks.refuse("/pause_after", "is given with `pause_minutes`");
            None
        }
    };
    Some(CounsellorCaps {
        max_per_day: max_per_day?,
        pause,
    })
}

fn pause(after: Talks, length: i64) -> Result<Pause, String> {
    let length = u32::try_from(length).ok();
    let length = length.and_then(|length| Minutes::new(length).ok());
    let length = length.ok_or("a pause is 1 to 1440 minutes long")?;
    Pause::new(after, length).map_err(|error| error.to_string())
}
