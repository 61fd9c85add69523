//! Absences: when a counsellor is away.

mod archive;
mod create;
mod list;
mod update;

use chrono::{DateTime, Utc};
use domain::absence::Absence;
use domain::ids::{AbsenceId, AppointmentId};
use persistence::references::References;
use persistence::stored::Stored;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use archive::archive_absence;
pub use create::create_absence;
pub use list::{get_absence, list_absences};
pub use update::update_absence;

use crate::checks::Checks;
use crate::pages::page;
use crate::problems::Problem;
use crate::views::etag;

/// An absence as staff write it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "organisation_id": "01990000-0000-7000-8000-000000000001",
    "counsellor_id": "01990000-0000-7000-8000-000000000003",
    "starts_at": "2026-12-21T00:00:00+01:00", "ends_at": "2027-01-04T00:00:00+01:00"}))]
pub struct AbsenceBody {
    /// The organisation of the counsellor; cannot be changed.
    pub organisation_id: Uuid,
    /// Who is away; cannot be changed.
    pub counsellor_id: Uuid,
    pub starts_at: DateTime<Utc>,
    /// The first instant at which they are back.
    pub ends_at: DateTime<Utc>,
}

/// An absence. Its times are in UTC: a counsellor may work at sites of several time zones.
#[derive(Debug, Serialize, ToSchema)]
pub struct AbsenceView {
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub counsellor_id: Uuid,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// Open appointments over which it lies. They stay valid and need attention.
    pub affected_appointments: Vec<Uuid>,
    /// What `If-Match` wants.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

page!(
    /// Absences, in the order in which they were entered.
    AbsencePage of AbsenceView
);

impl AbsenceBody {
    pub(super) fn read(self, id: AbsenceId) -> Result<Absence, Problem> {
        let mut checks = Checks::new();
        let span = checks.span(self.starts_at, self.ends_at);
        checks.finish(|| {
            Some(Absence {
                id,
                organisation_id: self.organisation_id.into(),
                counsellor_id: self.counsellor_id.into(),
                span: span?,
            })
        })
    }
}

fn references_of(absence: &Absence) -> References {
    References {
        counsellor_id: Some(absence.counsellor_id),
        ..References::of(absence.organisation_id)
    }
}

impl From<&Absence> for AbsenceBody {
    fn from(absence: &Absence) -> Self {
        Self {
            organisation_id: absence.organisation_id.uuid(),
            counsellor_id: absence.counsellor_id.uuid(),
            starts_at: absence.span.from(),
            ends_at: absence.span.before(),
        }
    }
}

impl AbsenceView {
    pub(super) fn new(stored: &Stored<Absence>, affected: &[AppointmentId]) -> Self {
        let body = AbsenceBody::from(&stored.value);
        Self {
            id: stored.value.id.uuid(),
            organisation_id: body.organisation_id,
            counsellor_id: body.counsellor_id,
            starts_at: body.starts_at,
            ends_at: body.ends_at,
            affected_appointments: affected.iter().map(|id| id.uuid()).collect(),
            etag: etag(stored.version),
        }
    }
}
