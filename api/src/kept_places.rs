//! Places that are kept for people whom a partner sends.

mod archive;
mod create;
mod list;
mod update;

use domain::actor::Actor;
use domain::ids::{CourseId, KeptPlacesId, OrganisationId, SessionId};
use domain::kept_places::{KeptOf, KeptPlaces};
use domain::minutes::Minutes;
use domain::permission::Permission;
use domain::places::Capacity;
use persistence::stored::Stored;
use persistence::{Transaction, kept_places};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use archive::archive_kept_places;
pub use create::create_kept_places;
pub use list::{get_kept_places, list_kept_places};
pub use update::update_kept_places;

use crate::app::App;
use crate::authentication::Caller;
use crate::checks::Checks;
use crate::pages::page;
use crate::permit::permit_some;
use crate::problems::{Code, Problem};
use crate::views::etag;

/// Places that are kept for people whom a partner sends, as staff write them.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "organisation_id": "01990000-0000-7000-8000-000000000001",
    "service_id": "01990000-0000-7000-8000-000000000004",
    "partner_id": "01990000-0000-7000-8000-000000000011", "places": 2, "release_minutes": 2880}))]
pub struct KeptPlacesBody {
    /// The organisation that keeps them; cannot be changed.
    pub organisation_id: Uuid,
    /// A group or a course.
    pub service_id: Uuid,
    /// One session of it. Without a session and a course they are kept in every session of the
    /// service that says nothing of its own for this partner.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub session_id: Option<Uuid>,
    /// A course of it: on each of its dates.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub course_id: Option<Uuid>,
    /// The organisation for whose visitors they are kept.
    pub partner_id: Uuid,
    /// How many; as far as there are so many.
    #[schema(minimum = 1, maximum = 500)]
    pub places: i64,
    /// How long before the start, of a course before its first date, they are open to everybody;
    /// never, when left out.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 527040, example = 2880)]
    pub release_minutes: Option<i64>,
}

/// Kept places. Nobody learns how many of them are taken, or by whom.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptPlacesView {
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub service_id: Uuid,
    #[schema(required, example = json!(null))]
    pub session_id: Option<Uuid>,
    #[schema(required, example = json!(null))]
    pub course_id: Option<Uuid>,
    pub partner_id: Uuid,
    pub places: u16,
    #[schema(required, example = 2880)]
    pub release_minutes: Option<u32>,
    /// What `If-Match` wants.
    #[schema(example = "\"1\"")]
    pub etag: String,
}

page!(
    /// Kept places, in the order in which they were entered.
    KeptPlacesPage of KeptPlacesView
);

impl KeptPlacesBody {
    fn read(self, id: KeptPlacesId) -> Result<KeptPlaces, Problem> {
        let mut checks = Checks::new();
        let places = checks.field("/places", Capacity::new(self.places));
        let release = self.release_minutes.map(|count| {
            let count =
                u32::try_from(count).map_err(|_| "is a number of minutes, at most 527,040")?;
            Minutes::new(count).map_err(|_| "is a number of minutes, at most 527,040")
        });
        let release = checks.optional("/release_minutes", release);
        let of = match (self.session_id, self.course_id) {
            (None, None) => Ok(KeptOf::Service),
            (Some(session), None) => Ok(KeptOf::Session(session.into())),
            (None, Some(course)) => Ok(KeptOf::Course(course.into())),
            (Some(_), Some(_)) => Err("either of a session or of a course"),
        };
        let of = checks.field("/course_id", of);
        if self.partner_id == self.organisation_id {
            checks.refuse("/partner_id", "is another organisation");
        }
        checks.finish(|| {
            Some(KeptPlaces {
                id,
                organisation_id: self.organisation_id.into(),
                service_id: self.service_id.into(),
                of: of?,
                partner_id: self.partner_id.into(),
                places: places?,
                release: release?,
            })
        })
    }
}

/// Refuses every reference that leads nowhere.
async fn check(transaction: &mut Transaction, kept: &KeptPlaces) -> Result<(), Problem> {
    let there = kept_places::whereabouts(transaction, kept).await?;
    let there = there.ok_or_else(Problem::not_found)?;
    let mut checks = Checks::new();
    for (pointer, is_there, detail) in [
        (
            "/service_id",
            there.service,
            "is no group or course of the organisation",
        ),
        ("/session_id", there.session, "is no session of the service"),
        ("/course_id", there.course, "is no course of the service"),
        ("/partner_id", there.partner, "is no organisation"),
    ] {
        if !is_there {
            checks.refuse(pointer, detail);
        }
    }
    checks.finish(|| Some(()))
}

/// For whose visitors a place is wanted. Staff say so: of the partner, or of the organisation itself.
pub(crate) async fn sender(
    app: &App,
    caller: &Caller,
    actor: &Actor,
    sent_by: Option<OrganisationId>,
) -> Result<Option<OrganisationId>, Problem> {
    let Some(partner) = sent_by else {
        return Ok(None);
    };
    // Whether they may book is decided with the booking.
    if matches!(actor, Actor::Staff(_)) {
        return Ok(Some(partner));
    }
    let Caller::SignedIn(signed_in) = caller else {
        let detail = "who sends a visitor signs in: leave out `sent_by`, or ask the organisation";
        return Err(Problem::because(Code::Unauthenticated, detail));
    };
    let (transaction, staff) = app.staff(signed_in).await?;
    transaction.rollback().await;
    permit_some(&staff, Permission::BookAppointments, partner)?;
    Ok(Some(partner))
}

impl From<&KeptPlaces> for KeptPlacesBody {
    fn from(kept: &KeptPlaces) -> Self {
        Self {
            organisation_id: kept.organisation_id.uuid(),
            service_id: kept.service_id.uuid(),
            session_id: kept.of.session().map(SessionId::uuid),
            course_id: kept.of.course().map(CourseId::uuid),
            partner_id: kept.partner_id.uuid(),
            places: kept.places.count().into(),
            release_minutes: kept.release.map(|release| release.count().into()),
        }
    }
}

impl From<&Stored<KeptPlaces>> for KeptPlacesView {
    fn from(stored: &Stored<KeptPlaces>) -> Self {
        let kept = &stored.value;
        Self {
            id: kept.id.uuid(),
            organisation_id: kept.organisation_id.uuid(),
            service_id: kept.service_id.uuid(),
            session_id: kept.of.session().map(SessionId::uuid),
            course_id: kept.of.course().map(CourseId::uuid),
            partner_id: kept.partner_id.uuid(),
            places: kept.places.count(),
            release_minutes: kept.release.map(Minutes::count),
            etag: etag(stored.version),
        }
    }
}
