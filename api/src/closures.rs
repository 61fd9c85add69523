//! Closures: when an organisation, a site or a room is closed.

mod archive;
mod create;
mod list;
mod update;

use chrono::{DateTime, Utc};
use domain::closure::{Closed, Closure};
use domain::ids::{AppointmentId, ClosureId, RoomId, SiteId};
use persistence::references::References;
use persistence::stored::Stored;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use archive::archive_closure;
pub use create::create_closure;
pub use list::{get_closure, list_closures};
pub use update::update_closure;

use crate::checks::Checks;
use crate::pages::page;
use crate::problems::Problem;
use crate::views::{TextMap, etag};

/// A closure as staff write it: of a site, of a room, or (with neither) of the organisation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "organisation_id": "01990000-0000-7000-8000-000000000001",
    "starts_at": "2026-12-24T00:00:00+01:00", "ends_at": "2027-01-02T00:00:00+01:00",
    "reason": {"de": "Betriebsferien"}}))]
pub struct ClosureBody {
    /// The organisation to which it belongs; cannot be changed.
    pub organisation_id: Uuid,
    /// The site that is closed; not together with `room_id`.
    #[serde(default)]
    pub site_id: Option<Uuid>,
    /// The room that is closed; not together with `site_id`.
    #[serde(default)]
    pub room_id: Option<Uuid>,
    pub starts_at: DateTime<Utc>,
    /// The first instant at which it is open again.
    pub ends_at: DateTime<Utc>,
    #[serde(default)]
    pub reason: Option<TextMap>,
}

/// A closure. Its times are in UTC: an organisation may have sites in several time zones.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClosureView {
    pub id: Uuid,
    pub organisation_id: Uuid,
    #[schema(required)]
    pub site_id: Option<Uuid>,
    #[schema(required)]
    pub room_id: Option<Uuid>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    #[schema(required)]
    pub reason: Option<TextMap>,
    /// Open appointments over which it lies. They stay valid and need attention.
    pub affected_appointments: Vec<Uuid>,
    /// What `If-Match` wants.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

page!(
    /// Closures, in the order in which they were entered.
    ClosurePage of ClosureView
);

impl ClosureBody {
    pub(super) fn read(self, id: ClosureId) -> Result<Closure, Problem> {
        let mut checks = Checks::new();
        let span = checks.span(self.starts_at, self.ends_at);
        let closed = Closed::new(self.site_id.map(SiteId::new), self.room_id.map(RoomId::new));
        let closed = checks.field("/room_id", closed);
        let reason = TextMap::read_optional(self.reason, "/reason", &mut checks);
        checks.finish(|| {
            Some(Closure {
                id,
                organisation_id: self.organisation_id.into(),
                closed: closed?,
                span: span?,
                reason: reason?,
            })
        })
    }
}

fn references_of(closure: &Closure) -> References {
    References {
        site_id: closure.closed.site_id(),
        room_id: closure.closed.room_id(),
        ..References::of(closure.organisation_id)
    }
}

impl From<&Closure> for ClosureBody {
    fn from(closure: &Closure) -> Self {
        Self {
            organisation_id: closure.organisation_id.uuid(),
            site_id: closure.closed.site_id().map(SiteId::uuid),
            room_id: closure.closed.room_id().map(RoomId::uuid),
            starts_at: closure.span.from(),
            ends_at: closure.span.before(),
            reason: closure.reason.as_ref().map(TextMap::from),
        }
    }
}

impl ClosureView {
    pub(super) fn new(stored: &Stored<Closure>, affected: &[AppointmentId]) -> Self {
        let body = ClosureBody::from(&stored.value);
        Self {
            id: stored.value.id.uuid(),
            organisation_id: body.organisation_id,
            site_id: body.site_id,
            room_id: body.room_id,
            starts_at: body.starts_at,
            ends_at: body.ends_at,
            reason: body.reason,
            affected_appointments: affected.iter().map(|id| id.uuid()).collect(),
            etag: etag(stored.version),
        }
    }
}
