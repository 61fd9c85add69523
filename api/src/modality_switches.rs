//! Switches of modality: what is held in person is held by telephone or video for a while.

mod create;
mod end;
mod list;

use chrono::{DateTime, Utc};
use domain::actor::Staff;
use domain::ids::{AppointmentId, CounsellorId, ModalitySwitchId, ServiceId, SiteId};
use domain::modality::Modality;
use domain::modality_switch::{ModalitySwitch, Remote, SwitchScope};
use domain::permission::Permission;
use persistence::references::References;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use create::create_modality_switch;
pub use end::end_modality_switch;
pub use list::{get_modality_switch, list_modality_switches};

use crate::checks::Checks;
use crate::pages::page;
use crate::permit::{permit, permit_for};
use crate::problems::Problem;

/// A switch as staff write it: of a counsellor, of a site, of a service, or (with none) of the
/// organisation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "organisation_id": "01990000-0000-7000-8000-000000000001",
    "modality": "video", "starts_at": "2026-12-01T00:00:00+01:00"}))]
pub struct ModalitySwitchBody {
    pub organisation_id: Uuid,
    /// The counsellor whose calendar is switched.
    #[serde(default)]
    pub counsellor_id: Option<Uuid>,
    /// The site that is switched.
    #[serde(default)]
    pub site_id: Option<Uuid>,
    /// The service that is switched.
    #[serde(default)]
    pub service_id: Option<Uuid>,
    /// On which way it is held instead of in person: `phone` or `video`, whether the services are
    /// offered on it or not.
    #[schema(example = "video")]
    pub modality: String,
    /// Every session that is not over by then is switched as a whole.
    pub starts_at: DateTime<Utc>,
    /// Sessions that begin then or later are held as before; open until somebody ends it, when left
    /// out.
    #[serde(default)]
    pub ends_at: Option<DateTime<Utc>>,
}

/// A switch. Of several over one session, the last one that was made decides.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModalitySwitchView {
    pub id: Uuid,
    pub organisation_id: Uuid,
    #[schema(required)]
    pub counsellor_id: Option<Uuid>,
    #[schema(required)]
    pub site_id: Option<Uuid>,
    #[schema(required)]
    pub service_id: Option<Uuid>,
    /// `phone` or `video`.
    #[schema(example = "video")]
    pub modality: String,
    pub starts_at: DateTime<Utc>,
    /// Null as long as it is open.
    #[schema(required)]
    pub ends_at: Option<DateTime<Utc>>,
    /// When somebody ended it.
    #[schema(required)]
    pub ended_at: Option<DateTime<Utc>>,
    /// Appointments whose modality this call changed; null where nothing was changed. Their
    /// visitors have to be told.
    #[schema(required)]
    pub switched_appointments: Option<Vec<Uuid>>,
}

page!(
    /// Switches, in the order in which they were made.
    ModalitySwitchPage of ModalitySwitchView
);

impl ModalitySwitchBody {
    pub(super) fn read(self, id: ModalitySwitchId) -> Result<ModalitySwitch, Problem> {
        let mut checks = Checks::new();
        let scope = SwitchScope::new(
            self.counsellor_id.map(CounsellorId::new),
            self.site_id.map(SiteId::new),
            self.service_id.map(ServiceId::new),
        );
        let scope = checks.field("/counsellor_id", scope);
        let to = checks.field("/modality", self.modality.parse::<Modality>());
        let to = to.and_then(|to| checks.field("/modality", Remote::new(to)));
        let time = ModalitySwitch::time(self.starts_at, self.ends_at);
        let time = checks.field("/ends_at", time);
        checks.finish(|| {
            let (starts_at, ends_at) = time?;
            Some(ModalitySwitch {
                id,
                organisation_id: self.organisation_id.into(),
                scope: scope?,
                to: to?,
                starts_at,
                ends_at,
                ended_at: None,
            })
        })
    }
}

/// Counsellors switch their own calendar.
fn permit_to_switch(staff: &Staff, switch: &ModalitySwitch) -> Result<(), Problem> {
    let (permission, organisation) = (Permission::ManageSchedules, switch.organisation_id);
    match switch.scope {
        SwitchScope::Counsellor(counsellor) => {
            permit_for(staff, permission, organisation, counsellor)
        }
        _ => permit(staff, permission, organisation),
    }
}

fn references_of(switch: &ModalitySwitch) -> References {
    References {
        counsellor_id: switch.scope.counsellor_id(),
        site_id: switch.scope.site_id(),
        service_ids: switch.scope.service_id().into_iter().collect(),
        ..References::of(switch.organisation_id)
    }
}

impl From<&ModalitySwitch> for ModalitySwitchView {
    fn from(switch: &ModalitySwitch) -> Self {
        Self {
            id: switch.id.uuid(),
            organisation_id: switch.organisation_id.uuid(),
            counsellor_id: switch.scope.counsellor_id().map(CounsellorId::uuid),
            site_id: switch.scope.site_id().map(SiteId::uuid),
            service_id: switch.scope.service_id().map(ServiceId::uuid),
            modality: switch.to.modality().to_string(),
            starts_at: switch.starts_at,
            ends_at: switch.ends_at,
            ended_at: switch.ended_at,
            switched_appointments: None,
        }
    }
}

impl ModalitySwitchView {
    /// As the answer to a change.
    fn switching(self, switched: &[AppointmentId]) -> Self {
        Self {
            switched_appointments: Some(switched.iter().map(|id| id.uuid()).collect()),
            ..self
        }
    }
}
