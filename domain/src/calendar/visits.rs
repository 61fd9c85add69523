//! Visits, once it is told where to.

use super::{Calendar, SessionOpening};
use crate::ids::ServiceId;
use crate::service::Format;
use crate::slots::{Member, Need, Pool, Timing};
use crate::visits::{Companion, Doorstep, VisitRules, Volunteers};

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HomeError {
    #[error("a visit needs to know where to: give `visit`")]
    Missing,
    #[error("this service is no visit: leave `visit` out")]
    NoVisit,
}

impl Calendar {
    /// Tells where visits lead. Before that, and where nobody comes so far, there are none.
    pub fn lead_to(&mut self, doorstep: Doorstep) {
        let services = &self.services;
        for opening in &mut self.openings {
            if let Some(service) = services.get(&opening.service_id) {
                opening.lead_to(doorstep, service.timing);
            }
        }
    }

    /// Whether it is of visits, and does not lead where one is wanted.
    pub(super) fn is_out_of_reach(&self, opening: &SessionOpening) -> bool {
        let service = self.services.get(&opening.service_id);
        opening.way.is_none() && service.is_some_and(|it| it.format == Format::Visit)
    }

    /// Whether a doorstep is given where the service is a visit, and only there. A service that is
    /// not there is no concern of this.
    pub fn asks_for(
        &self,
        service: ServiceId,
        doorstep: Option<Doorstep>,
    ) -> Result<(), HomeError> {
        let service = self.services.get(&service);
        match (service.map(|it| it.format == Format::Visit), doorstep) {
            (Some(true), None) => Err(HomeError::Missing),
            (Some(false), Some(_)) => Err(HomeError::NoVisit),
            _ => Ok(()),
        }
    }
}

impl SessionOpening {
    fn lead_to(&mut self, doorstep: Doorstep, timing: Timing) {
        let Some(visits) = self.visits.clone() else {
            return;
        };
        let rules = visits.rules;
        self.way = visits.area.and_then(|area| area.way_to(doorstep, rules));
        if rules.volunteers == Volunteers::Two {
            let others = visits.others.iter();
            let near = others.filter_map(|it| it.on_the_way_to(doorstep, rules, timing));
            let companions = Pool {
                need: Need::Companion,
                wanted: 1,
                members: near.collect(),
            };
            let pools = self
                .pools
                .iter()
                .filter(|pool| pool.need != Need::Companion);
            self.pools = pools
                .cloned()
                .chain([companions])
                .collect::<Vec<_>>()
                .into();
        }
    }
}

impl Companion {
    fn on_the_way_to(
        &self,
        doorstep: Doorstep,
        rules: VisitRules,
        timing: Timing,
    ) -> Option<Member> {
        let way = self.area.way_to(doorstep, rules)?;
        Some(Member {
            timing: Some(timing.with_way(way)?),
            ..self.member.clone()
        })
    }
}
