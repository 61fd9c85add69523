//! From what staff write to what the domain means.

use chrono::TimeDelta;
use domain::ids::{AbsenceId, CounsellorId, OrganisationId};
use domain::line::Line;
use domain::minutes::Minutes;
use domain::proposal::MOST_PROPOSALS;
use domain::span::Span;
use persistence::references::References;

use super::SickDayBody;
use crate::checks::Checks;
use crate::problems::Problem;

pub(super) struct SickDay {
    pub(super) organisation_id: OrganisationId,
    pub(super) counsellor_id: CounsellorId,
    pub(super) span: Span,
    pub(super) action: Action,
}

pub(super) enum Action {
    Cancel { reason: Option<Line> },
    Propose { each: u8, within: Minutes },
}

const LONGEST: TimeDelta = TimeDelta::days(62);

impl SickDayBody {
    pub(super) fn read(self) -> Result<SickDay, Problem> {
        let mut checks = Checks::new();
        let span = checks.span(self.starts_at, self.ends_at);
        if span.is_some_and(|span| span.length() > LONGEST) {
            checks.refuse("/ends_at", "lies at most 62 days after the start");
        }
        if !(1..=MOST_PROPOSALS).contains(&self.proposals_each) {
            checks.refuse("/proposals_each", "is 1 to 3");
        }
        if !(60..=7 * 24 * 60).contains(&self.answer_within_minutes) {
            checks.refuse("/answer_within_minutes", "is 60 to 10,080");
        }
        let within = Minutes::new(self.answer_within_minutes);
        let within = checks.field("/answer_within_minutes", within);
        let reason = self.reason.filter(|reason| !reason.trim().is_empty());
        let reason = checks.optional("/reason", reason.as_deref().map(Line::new));
        let is_cancelled = match self.action.as_str() {
            "cancel" => Ok(true),
            "propose" => Ok(false),
            _ => Err("an action is one of cancel, propose"),
        };
        let is_cancelled = checks.field("/action", is_cancelled);
        checks.finish(|| {
            let action = if is_cancelled? {
                Action::Cancel { reason: reason? }
            } else {
                Action::Propose {
                    each: self.proposals_each,
                    within: within?,
                }
            };
            Some(SickDay {
                organisation_id: self.organisation_id.into(),
                counsellor_id: self.counsellor_id.into(),
                span: span?,
                action,
            })
        })
    }
}

impl SickDay {
    pub(super) fn references(&self) -> References {
        References {
            counsellor_id: Some(self.counsellor_id),
            ..References::of(self.organisation_id)
        }
    }

    pub(super) const fn absence(&self, id: AbsenceId) -> domain::absence::Absence {
        domain::absence::Absence {
            id,
            organisation_id: self.organisation_id,
            counsellor_id: self.counsellor_id,
            span: self.span,
        }
    }
}
