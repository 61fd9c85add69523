//! Appointments that are booked together: the same service with the same counsellor at the same
//! hour, on the dates of a rule.

mod alternatives;
mod changes;
mod dates;
mod moved;
mod rule;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::code::Code;
use crate::ids::{CourseId, OrganisationId, SeriesId, ServiceId};

pub use alternatives::alternatives;
pub use changes::{Agreed, Cancellation, CannotMove, Step, Target, cancel_from, move_all, targets};
pub use dates::{Choice, Date, DatesUnbookable, Mode, NewAppointment, UnknownMode, book_dates};
pub use moved::{Shift, ShiftError};
pub use rule::{MOST_DATES, MalformedSeriesRule, SeriesRule, SeriesRuleError};

/// What its appointments have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    pub id: SeriesId,
    pub organisation_id: OrganisationId,
    pub service_id: ServiceId,
    /// Opens, with the secret that is also the one of each of its appointments.
    pub code: Code,
    /// As text: RFC 5545, with COUNT or UNTIL. None of what is booked together without one.
    pub rule: Option<String>,
    /// The course that was booked, if it is one.
    pub course_id: Option<CourseId>,
    pub time_zone: Tz,
    pub booked_at: DateTime<Utc>,
}
