//! From what staff write to what the domain means.

use domain::ids::{RoomId, ScheduleId, ServiceId};
use domain::schedule::{LocalHours, Schedule, Validity, ValidityError, schedule_day};

use super::ScheduleBody;
use crate::checks::{Checks, clock};
use crate::kept;
use crate::problems::Problem;

/// Far more than any calendar needs, and little enough to publish at once.
const MOST_SERVICES: usize = 50;
const MOST_EXCEPTIONS: usize = 1000;

impl ScheduleBody {
    pub(super) fn read(self, id: ScheduleId) -> Result<Schedule, Problem> {
        let mut checks = Checks::new();
        checks.count("/service_ids", self.service_ids.len(), 1..=MOST_SERVICES);
        checks.count("/modalities", self.modalities.len(), 1..=4);
        checks.count("/exceptions", self.exceptions.len(), 0..=MOST_EXCEPTIONS);
        let modalities = checks.each("/modalities", &self.modalities, |text| text.parse());
        let exceptions = checks.each("/exceptions", &self.exceptions, |day| schedule_day(*day));
        let recurrence = checks.field("/rule", self.rule.parse());
        let hours = self.hours(&mut checks);
        let validity = Validity::new(self.valid_from, self.valid_until);
        let at = match validity {
            Err(ValidityError::EndsBeforeItStarts) => "/valid_until",
            _ => "/valid_from",
        };
        let validity = checks.field(at, validity);
        let kept = kept::read(
            &self.audience,
            self.desk_places,
            self.opens_to_all_minutes,
            &mut checks,
        );
        checks.finish(|| {
            Some(Schedule {
                id,
                organisation_id: self.organisation_id.into(),
                counsellor_id: self.counsellor_id.into(),
                site_id: self.site_id.into(),
                room_id: self.room_id.map(RoomId::new),
                service_ids: self.service_ids.into_iter().map(ServiceId::new).collect(),
                modalities: modalities?,
                hours: hours?,
                recurrence: recurrence?,
                validity: validity?,
                exceptions: exceptions?,
                opens_on_holidays: self.opens_on_holidays,
                kept: kept?,
            })
        })
    }

    fn hours(&self, checks: &mut Checks) -> Option<LocalHours> {
        let starts = checks.field("/starts", clock(&self.starts));
        let ends = checks.field("/ends", clock(&self.ends));
        checks.field("/ends", LocalHours::new(starts?, ends?))
    }
}
