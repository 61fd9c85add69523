//! Days on which sessions do not open, because the place keeps a holiday.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, NaiveTime};
use chrono_tz::Tz;

use super::Calendar;
use crate::holidays::{FederalState, holidays};
use crate::ids::SiteId;
use crate::minutes::WholeMinute;
use crate::schedule::instant_of;
use crate::slots::BusySpans;
use crate::span::Span;

impl Calendar {
    /// The public holidays of each site's federal state, on the days of the openings.
    pub(super) fn holidays(&self) -> BTreeMap<SiteId, BusySpans> {
        let mut of_years: BTreeMap<(FederalState, i32), BTreeSet<NaiveDate>> = BTreeMap::new();
        let mut spans: BTreeMap<SiteId, Vec<Span>> = BTreeMap::new();
        for (id, date) in self.days() {
            let Some(site) = self.sites.get(&id) else {
                continue;
            };
            let of_year = of_years
                .entry((site.federal_state, date.year()))
                .or_insert_with(|| {
                    let holidays = holidays(site.federal_state, date.year());
                    holidays.into_iter().map(|holiday| holiday.date).collect()
                });
            if of_year.contains(&date)
                && let Some(day) = whole_day(date, site.time_zone)
            {
                spans.entry(id).or_default().push(day);
            }
        }
        spans
            .into_iter()
            .map(|(site, spans)| (site, BusySpans::from_unsorted(spans)))
            .collect()
    }

    /// The local days on which the sites have openings that keep the holidays.
    fn days(&self) -> BTreeSet<(SiteId, NaiveDate)> {
        let mut days = BTreeSet::new();
        for opening in self
            .openings
            .iter()
            .filter(|opening| !opening.opens_on_holidays)
        {
            let Some(site) = self.sites.get(&opening.site_id) else {
                continue;
            };
            let day = |minute: WholeMinute| {
                let local = minute.instant().with_timezone(&site.time_zone);
                local.date_naive()
            };
            let (first, last) = (day(opening.opening.from()), day(opening.opening.before()));
            let during = first.iter_days().take_while(|date| *date <= last);
            days.extend(during.map(|date| (opening.site_id, date)));
        }
        days
    }
}

/// From midnight to midnight on the clocks of a place.
fn whole_day(date: NaiveDate, time_zone: Tz) -> Option<Span> {
    let midnight = |date: NaiveDate| instant_of(date.and_time(NaiveTime::MIN), time_zone);
    Span::new(midnight(date)?, midnight(date.succ_opt()?)?).ok()
}
