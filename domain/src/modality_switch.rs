//! What is held in person is held by telephone or video for a while, by one decision, and back.

use chrono::{DateTime, Utc};

use crate::ids::{CounsellorId, ModalitySwitchId, OrganisationId, ServiceId, SiteId};
use crate::modality::Modality;
use crate::span::{Span, SpanError};

/// Every session that overlaps its time is switched as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModalitySwitch {
    pub id: ModalitySwitchId,
    pub organisation_id: OrganisationId,
    pub scope: SwitchScope,
    pub to: Remote,
    pub starts_at: DateTime<Utc>,
    /// Until somebody ends it, when nobody knows yet.
    pub ends_at: Option<DateTime<Utc>>,
    /// When somebody ended it.
    pub ended_at: Option<DateTime<Utc>>,
}

/// Whose sessions are switched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SwitchScope {
    Organisation,
    Counsellor(CounsellorId),
    Site(SiteId),
    Service(ServiceId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a switch is of one counsellor, of one site or of one service; of none it is of the organisation"
)]
pub struct SeveralScopes;

/// A way on which nobody has to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remote(Modality);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what is held in person is switched to phone or video")]
pub struct NotRemote;

impl Remote {
    pub fn new(modality: Modality) -> Result<Self, NotRemote> {
        match modality {
            Modality::Phone | Modality::Video => Ok(Self(modality)),
            Modality::InPerson | Modality::AtHome => Err(NotRemote),
        }
    }

    #[must_use]
    pub const fn modality(self) -> Modality {
        self.0
    }
}

impl SwitchScope {
    pub const fn new(
        counsellor: Option<CounsellorId>,
        site: Option<SiteId>,
        service: Option<ServiceId>,
    ) -> Result<Self, SeveralScopes> {
        match (counsellor, site, service) {
            (None, None, None) => Ok(Self::Organisation),
            (Some(counsellor), None, None) => Ok(Self::Counsellor(counsellor)),
            (None, Some(site), None) => Ok(Self::Site(site)),
            (None, None, Some(service)) => Ok(Self::Service(service)),
            _ => Err(SeveralScopes),
        }
    }

    #[must_use]
    pub const fn counsellor_id(self) -> Option<CounsellorId> {
        match self {
            Self::Counsellor(counsellor) => Some(counsellor),
            _ => None,
        }
    }

    #[must_use]
    pub const fn site_id(self) -> Option<SiteId> {
        match self {
            Self::Site(site) => Some(site),
            _ => None,
        }
    }

    #[must_use]
    pub const fn service_id(self) -> Option<ServiceId> {
        match self {
            Self::Service(service) => Some(service),
            _ => None,
        }
    }
}

impl ModalitySwitch {
    /// Checks what a person wrote about its time.
    pub fn time(
        starts_at: DateTime<Utc>,
        ends_at: Option<DateTime<Utc>>,
    ) -> Result<(DateTime<Utc>, Option<DateTime<Utc>>), SpanError> {
        let some_end = ends_at.unwrap_or(starts_at + chrono::TimeDelta::minutes(1));
        let span = Span::written(starts_at, some_end)?;
        Ok((span.from(), ends_at.map(|_| span.before())))
    }

    /// Switches back: sessions that begin from now on are held as they were. Whoever does that again
    /// changes nothing.
    #[must_use]
    pub fn end(self, now: DateTime<Utc>) -> Self {
        if self.ended_at.is_some() {
            return self;
        }
        let end = now.max(self.starts_at);
        Self {
            ends_at: Some(self.ends_at.map_or(end, |planned| planned.min(end))),
            ended_at: Some(now),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn switch(ends_at: Option<&str>) -> ModalitySwitch {
        ModalitySwitch {
            id: Uuid::nil().into(),
            organisation_id: Uuid::nil().into(),
            scope: SwitchScope::Organisation,
            to: Remote::new(Modality::Video).expect("remote"),
            starts_at: at("2026-12-01T00:00:00Z"),
            ends_at: ends_at.map(at),
            ended_at: None,
        }
    }

    #[test]
    fn it_ends_once_and_neither_before_it_began_nor_later_than_planned() {
        for (planned, now, end) in [
            (None, "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"),
            (None, "2026-12-05T10:30:00Z", "2026-12-05T10:30:00Z"),
            (
                Some("2026-12-24T00:00:00Z"),
                "2027-01-01T00:00:00Z",
                "2026-12-24T00:00:00Z",
            ),
        ] {
            let ended = switch(planned).end(at(now));
            assert_eq!(
                (ended.ends_at, ended.ended_at),
                (Some(at(end)), Some(at(now)))
            );
            assert_eq!(ended.clone().end(at("2030-01-01T00:00:00Z")), ended);
        }
    }

    #[test]
    fn it_is_of_one_thing_and_leads_away_from_the_place() {
        let id = Uuid::nil();
        assert_eq!(
            SwitchScope::new(Some(id.into()), Some(id.into()), None),
            Err(SeveralScopes)
        );
        assert_eq!(
            SwitchScope::new(None, None, None),
            Ok(SwitchScope::Organisation)
        );
        assert_eq!(Remote::new(Modality::InPerson), Err(NotRemote));
        assert_eq!(Remote::new(Modality::AtHome), Err(NotRemote));
        assert!(ModalitySwitch::time(at("2026-12-01T00:00:00Z"), None).is_ok());
        let empty =
            ModalitySwitch::time(at("2026-12-01T00:00:00Z"), Some(at("2026-12-01T00:00:00Z")));
        assert_eq!(empty, Err(SpanError::Empty));
    }
}
