//! The caps of counsellors, on the local days of the sites where they are.

use std::collections::BTreeMap;

use super::Calendar;
use crate::ids::{CounsellorId, SiteId};
use crate::slots::Capped;

impl Calendar {
    /// Of each counsellor who has caps, at each site where they have openings.
    pub(super) fn capped(&self) -> BTreeMap<(CounsellorId, SiteId), Capped> {
        let mut capped = BTreeMap::new();
        if self.caps.is_empty() {
            return capped;
        }
        for opening in &self.openings {
            let (counsellor, site) = (opening.counsellor_id, opening.site_id);
            let (Some(caps), Some(place)) = (self.caps.get(&counsellor), self.sites.get(&site))
            else {
                continue;
            };
            capped.entry((counsellor, site)).or_insert_with(|| {
                let talks = self.talks.get(&counsellor).cloned().unwrap_or_default();
                Capped::new(*caps, place.time_zone, talks)
            });
        }
        capped
    }
}
