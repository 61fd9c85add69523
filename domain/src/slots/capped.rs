use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;

use super::busy::Stretch;
use crate::caps::{CounsellorCaps, Pause, Talks};
use crate::span::Span;

/// More than any claim and any local day are apart that have to do with each other.
const REACH: i64 = 26 * 60;

/// The caps of a counsellor at a site, and each talk by itself, in the order of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capped {
    caps: CounsellorCaps,
    time_zone: Tz,
    talks: Vec<Talk>,
}

/// One of the caps of a counsellor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cap {
    OfDay,
    Pause,
}

/// On which local day it begins, and how long it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Talk {
    day: NaiveDate,
    claim: Stretch,
}

impl Talk {
    fn new(claim: Stretch, time_zone: Tz) -> Self {
        let from = DateTime::from_timestamp(claim.from * 60, 0).unwrap_or_default();
        Self {
            day: from.with_timezone(&time_zone).date_naive(),
            claim,
        }
    }
}

impl Capped {
    /// Claims in any order; the same one may be told more than once.
    #[must_use]
    pub fn new(caps: CounsellorCaps, time_zone: Tz, mut claims: Vec<Span>) -> Self {
        claims.sort_unstable();
        claims.dedup();
        let talk = |claim: Span| Talk::new(Stretch::around(claim), time_zone);
        Self {
            caps,
            time_zone,
            talks: claims.into_iter().map(talk).collect(),
        }
    }

    /// One more claim.
    pub(super) fn count(&mut self, claim: Span) {
        let talk = Talk::new(Stretch::around(claim), self.time_zone);
        let place = self
            .talks
            .partition_point(|it| it.claim.from < talk.claim.from);
        self.talks.insert(place, talk);
    }

    /// Whether one more talk is within the caps. It overlaps none of the others.
    pub(super) fn allows(&self, claim: Stretch) -> bool {
        let of_day = self.of_day(claim);
        let is_over = |cap| self.over(cap, &of_day, claim).is_some();
        !is_over(Cap::OfDay) && !is_over(Cap::Pause)
    }

    /// The number that one more talk would exceed.
    pub(super) fn exceeded(&self, cap: Cap, claim: Stretch) -> Option<Talks> {
        self.over(cap, &self.of_day(claim), claim)
    }

    fn over(&self, cap: Cap, of_day: &[Stretch], claim: Stretch) -> Option<Talks> {
        match cap {
            Cap::OfDay => {
                let is_full = |most: &Talks| of_day.len() >= most.count() as usize;
                self.caps.max_per_day.filter(is_full)
            }
            Cap::Pause => {
                let is_missed = |pause: &Pause| !is_followed(of_day, claim, *pause);
                self.caps.pause.filter(is_missed).map(Pause::after)
            }
        }
    }

    /// The talks of the local day on which the claim begins.
    fn of_day(&self, claim: Stretch) -> Vec<Stretch> {
        let wanted = Talk::new(claim, self.time_zone);
        let from = |talk: &Talk, reach| talk.claim.from < claim.from + reach;
        let first = self.talks.partition_point(|talk| from(talk, -REACH));
        let behind = self.talks.partition_point(|talk| from(talk, REACH));
        let near = self.talks[first..behind].iter();
        near.filter(|talk| talk.day == wanted.day)
            .map(|talk| talk.claim)
            .collect()
    }
}

/// Whether the talk makes no row of talks longer than may be before a pause.
fn is_followed(of_day: &[Stretch], wanted: Stretch, pause: Pause) -> bool {
    let break_after = i64::from(pause.length().count());
    let place = of_day.partition_point(|talk| talk.from < wanted.from);
    let (before, after) = of_day.split_at(place);
    let mut row = 1;
    let mut edge = wanted.from;
    for talk in before.iter().rev() {
        if edge - talk.before >= break_after {
            break;
        }
        (edge, row) = (talk.from, row + 1);
    }
    let mut edge = wanted.before;
    for talk in after {
        if talk.from - edge >= break_after {
            break;
        }
        (edge, row) = (talk.before, row + 1);
    }
    row <= pause.after().count()
}
