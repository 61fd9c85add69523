//! Caps, on the local days and in the local weeks of the sites.

use std::collections::BTreeMap;

use super::Calendar;
use crate::ids::{CounsellorId, ServiceId, SiteId};
use crate::slots::{Capped, WeekCap};

/// Those of a calendar that have caps, at each site where they have openings.
#[derive(Debug, Default)]
pub(super) struct AllCapped {
    pub(super) counsellors: BTreeMap<(CounsellorId, SiteId), Capped>,
    pub(super) services: BTreeMap<(ServiceId, SiteId), WeekCap>,
}

impl Calendar {
    pub(super) fn capped(&self) -> AllCapped {
        let mut capped = AllCapped::default();
        let is_week_capped = |service: &super::Bookable| service.max_per_week.is_some();
        if self.caps.is_empty() && !self.services.values().any(is_week_capped) {
            return capped;
        }
        for opening in &self.openings {
            let (counsellor, site) = (opening.counsellor_id, opening.site_id);
            let Some(place) = self.sites.get(&site) else {
                continue;
            };
            if let Some(caps) = self.caps.get(&counsellor) {
                capped
                    .counsellors
                    .entry((counsellor, site))
                    .or_insert_with(|| {
                        let talks = self.talks.get(&counsellor).cloned().unwrap_or_default();
                        Capped::new(*caps, place.time_zone, talks)
                    });
            }
            let service = opening.service_id;
            let most = self.services.get(&service).and_then(|it| it.max_per_week);
            if let Some(most) = most {
                capped.services.entry((service, site)).or_insert_with(|| {
                    let taken = self
                        .places_taken
                        .get(&service)
                        .map_or(&[][..], Vec::as_slice);
                    WeekCap::new(most, place.time_zone, taken)
                });
            }
        }
        capped
    }
}
