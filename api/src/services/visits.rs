//! From what staff write of visits to what the domain means.

use domain::modality::Modality;
use domain::service::Format;
use domain::visits::{VisitRules, VisitRulesError, Volunteers};

use super::ServiceBody;
use crate::checks::Checks;

impl ServiceBody {
    /// How ways are reckoned, of a visit; what is missing there is as usual, and what is given
    /// elsewhere is refused. The outer `None` when something is broken.
    pub(super) fn visits(&self, format: Format, checks: &mut Checks) -> Option<Option<VisitRules>> {
        let given = [
            ("/travel_minutes_per_km", self.travel_minutes_per_km),
            ("/travel_minimum_minutes", self.travel_minimum_minutes),
            ("/volunteers", self.volunteers),
        ];
        if format != Format::Visit {
            for (pointer, given) in given {
                if given.is_some() {
                    checks.refuse(pointer, "only visits have a way");
                }
            }
            return Some(None);
        }
        if self.modalities != [Modality::AtHome.as_str()] {
            checks.refuse("/modalities", "a visit is `at_home`, and nothing else");
        }
        let usual = VisitRules::default();
        let volunteers = self.volunteers.map(Volunteers::new);
        let volunteers = checks.optional("/volunteers", volunteers)?;
        let rules = VisitRules::new(
            self.travel_minutes_per_km
                .unwrap_or_else(|| usual.minutes_per_km().into()),
            self.travel_minimum_minutes
                .unwrap_or_else(|| usual.minimum().count().into()),
            volunteers.unwrap_or(usual.volunteers),
        );
        let rules = rules.map_err(|error| {
            let pointer = match error {
                VisitRulesError::Speed => "/travel_minutes_per_km",
                VisitRulesError::Minimum => "/travel_minimum_minutes",
            };
            checks.refuse(pointer, error);
        });
        rules.ok().map(Some)
    }
}
