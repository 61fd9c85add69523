//! From what staff write to what the domain means.

use domain::ids::{RoomId, ServiceId, SessionId};
use domain::places::Capacity;
use domain::publication::SessionContent;
use domain::session::{Attended, Origin, Session, check_span};

use super::{SessionBody, status};
use crate::checks::Checks;
use crate::kept;
use crate::problems::Problem;
use crate::views::texts_of;

impl SessionBody {
    /// A session that a person wrote: publishing leaves it alone.
    pub(super) fn read(self, id: SessionId, origin: Option<Origin>) -> Result<Session, Problem> {
        let mut checks = Checks::new();
        checks.count("/service_ids", self.service_ids.len(), 1..=50);
        checks.count("/modalities", self.modalities.len(), 1..=4);
        let modalities = checks.each("/modalities", &self.modalities, |text| text.parse());
        let span = checks.span(self.starts_at, self.ends_at);
        let span = span.and_then(|span| checks.field("/ends_at", check_span(span)));
        let withdrawn = match self.status.as_str() {
            "published" => Ok(false),
            "withdrawn" => Ok(true),
            _ => Err("a status is one of published, withdrawn"),
        };
        let withdrawn = checks.field("/status", withdrawn);
        let capacity = self.capacity.map(Capacity::new);
        let capacity = checks.optional("/capacity", capacity);
        let kept = kept::read(
            &self.audience,
            self.desk_places,
            self.opens_to_all_minutes,
            &mut checks,
        );
        checks.finish(|| {
            Some(Session {
                id,
                organisation_id: self.organisation_id.into(),
                origin,
                content: SessionContent {
                    span: span?,
                    counsellor_id: self.counsellor_id.into(),
                    site_id: self.site_id.into(),
                    room_id: self.room_id.map(RoomId::new),
                    service_ids: self.service_ids.into_iter().map(ServiceId::new).collect(),
                    modalities: modalities?,
                    opens_on_holidays: self.opens_on_holidays,
                    kept: kept?,
                },
                withdrawn: withdrawn?,
                attended: Attended {
                    capacity: capacity?,
                    takes_place: self.takes_place,
                },
                edited_by_hand: true,
            })
        })
    }
}

impl From<&Session> for SessionBody {
    fn from(session: &Session) -> Self {
        let content = &session.content;
        Self {
            organisation_id: session.organisation_id.uuid(),
            counsellor_id: content.counsellor_id.uuid(),
            site_id: content.site_id.uuid(),
            room_id: content.room_id.map(RoomId::uuid),
            service_ids: content
                .service_ids
                .iter()
                .copied()
                .map(ServiceId::uuid)
                .collect(),
            modalities: texts_of(&content.modalities),
            starts_at: content.span.from(),
            ends_at: content.span.before(),
            opens_on_holidays: content.opens_on_holidays,
            audience: kept::audience(content.kept),
            desk_places: content.kept.desk_places.count().into(),
            opens_to_all_minutes: kept::opens_to_all(content.kept).map(Into::into),
            capacity: session.attended.capacity.map(|it| it.count().into()),
            takes_place: session.attended.takes_place,
            status: status(session).to_owned(),
        }
    }
}
