//! A recurring rule in local time, and the dated openings that follow from it.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use crate::holidays::{FederalState, holiday_on};
use crate::ids::{CounsellorId, OrganisationId, RoomId, ScheduleId, ServiceId, SiteId};
use crate::kept::Kept;
use crate::modality::Modality;
use crate::recurrence::Recurrence;
use crate::span::Span;

mod local_hours;
mod validity;

pub use local_hours::{LocalHours, LocalHoursError, instant_of};
pub use validity::{Validity, ValidityError, schedule_day};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    pub id: ScheduleId,
    pub organisation_id: OrganisationId,
    pub counsellor_id: CounsellorId,
    pub site_id: SiteId,
    pub room_id: Option<RoomId>,
    pub service_ids: BTreeSet<ServiceId>,
    pub modalities: BTreeSet<Modality>,
    pub hours: LocalHours,
    pub recurrence: Recurrence,
    pub validity: Validity,
    /// Local dates on which it does not open.
    pub exceptions: BTreeSet<NaiveDate>,
    pub opens_on_holidays: bool,
    /// What of its sessions only staff book.
    pub kept: Kept,
}

/// One opening of a schedule; there is at most one that starts on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// The rule's own local start, even where the clocks leave it out.
    pub original_start: NaiveDateTime,
    pub span: Span,
}

impl Schedule {
    /// The openings that start on the local dates `from` ≤ date < `before`, in order.
    ///
    /// A holiday closes what starts on it; what started on its eve runs on into it. An opening of
    /// which a change of the clocks leaves nothing is passed over.
    #[must_use]
    pub fn occurrences(
        &self,
        zone: Tz,
        holidays_of: Option<FederalState>,
        from: NaiveDate,
        before: NaiveDate,
    ) -> Vec<Occurrence> {
        self.recurrence
            .dates(
                self.validity.from(),
                from,
                before.min(self.validity.before()),
            )
            .filter(|date| !self.exceptions.contains(date))
            .filter(|date| self.opens_on_holidays || !is_holiday(holidays_of, *date))
            .filter_map(|date| self.occurrence_on(date, zone))
            .collect()
    }

    fn occurrence_on(&self, date: NaiveDate, zone: Tz) -> Option<Occurrence> {
        let (original_start, end) = self.hours.on(date)?;
        let span = Span::new(instant_of(original_start, zone)?, instant_of(end, zone)?).ok()?;
        Some(Occurrence {
            original_start,
            span,
        })
    }
}

fn is_holiday(state: Option<FederalState>, date: NaiveDate) -> bool {
    state.is_some_and(|state| holiday_on(state, date).is_some())
}

#[cfg(test)]
mod tests;
