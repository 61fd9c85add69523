//! From what owners write to what the domain means.

use chrono_tz::Tz;
use domain::ids::LoanId;
use domain::loan::{LentHours, Loan, Period, Quota, Terms, Unit, WeeklyHours};
use domain::schedule::{Validity, ValidityError};

use super::{LentHoursBody, LoanBody, QuotaBody};
use crate::checks::{Checks, clock};
use crate::problems::Problem;

impl LoanBody {
    pub(super) fn read(self, id: LoanId, time_zone: Tz) -> Result<Loan, Problem> {
        let mut checks = Checks::new();
        let hours = self.read_hours(&mut checks);
        let quota = read_quota(self.quota.as_ref(), &mut checks);
        let validity = self.read_validity(&mut checks);
        checks.finish(|| {
            Some(Loan {
                id,
                organisation_id: self.organisation_id.into(),
                room_id: self.room_id.into(),
                borrower_id: self.borrower_id.into(),
                terms: Terms {
                    time_zone,
                    validity: validity?,
                    hours: hours?,
                    quota: quota?,
                },
            })
        })
    }

    fn read_hours(&self, checks: &mut Checks) -> Option<WeeklyHours> {
        let hours = self.hours.iter().take(51).enumerate();
        let hours: Vec<_> = hours
            .map(|(place, hours)| hours.read(&format!("/hours/{place}"), checks))
            .collect();
        let hours: Option<Vec<_>> = hours.into_iter().collect();
        checks.field("/hours", WeeklyHours::new(hours?))
    }

    fn read_validity(&self, checks: &mut Checks) -> Option<Validity> {
        match Validity::new(self.valid_from, self.valid_until) {
            Ok(validity) => Some(validity),
            Err(ValidityError::EndsBeforeItStarts) => {
                checks.refuse("/valid_until", "must not lie before `valid_from`");
                None
            }
            Err(ValidityError::Year) => {
                checks.refuse(
                    "/valid_from",
                    "the days of a loan lie in the years 1970 to 9998",
                );
                None
            }
        }
    }
}

impl LentHoursBody {
    fn read(&self, at: &str, checks: &mut Checks) -> Option<LentHours> {
        let weekday = LentHours::weekday_of(&self.weekday);
        let weekday = checks.field(&format!("{at}/weekday"), weekday);
        let starts = checks.field(&format!("{at}/starts"), clock(&self.starts));
        let ends = checks.field(&format!("{at}/ends"), clock(&self.ends));
        let hours = LentHours::new(weekday?, starts?, ends?);
        checks.field(&format!("{at}/ends"), hours)
    }
}

/// `None` when it is broken.
fn read_quota(quota: Option<&QuotaBody>, checks: &mut Checks) -> Option<Option<Quota>> {
    let Some(quota) = quota else {
        return Some(None);
    };
    let unit = checks.field("/quota/unit", quota.unit.parse::<Unit>());
    let per = checks.field("/quota/per", quota.per.parse::<Period>());
    // Whatever else is wrong, the limit is told too.
    let limit = Quota::new(quota.limit, Unit::Uses, Period::Week);
    checks.field("/quota/limit", limit)?;
    let quota = Quota::new(quota.limit, unit?, per?);
    checks.field("/quota/limit", quota).map(Some)
}
