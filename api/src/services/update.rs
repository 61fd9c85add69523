use actix_web::{HttpResponse, patch};
use chrono::{DateTime, Utc};
use domain::ids::ServiceId;
use domain::permission::Permission;
use domain::service::Service;
use persistence::audit::Entry;
use persistence::{Transaction, affected, places, services};

use super::read::references_of;
use super::{ServiceBody, ServiceView};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::checks::same_organisation;
use crate::extract::{IfMatch, Patch, Path, Query};
use crate::permit::permit;
use crate::preview::DryRun;
use crate::problems::Problem;
use crate::references;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::views::found;

/// What was agreed with a booking hangs on these.
const AGREED: [&str; 7] = [
    "format",
    "modalities",
    "length_minutes",
    "buffer_before_minutes",
    "buffer_after_minutes",
    "volunteers",
    "published",
];

/// Change a service
///
/// A merge patch (RFC 7396): what is left out stays, null removes. What is booked stays as it was
/// agreed; where the change touches what was, the answer lists the appointments ahead. With
/// `dry_run=true` nothing is stored, and the answer is what would be.
#[utoipa::path(operation_id = "updateService", tag = "setup", security(("bearer" = [])),
    params(DryRun, ("id" = Uuid, Path, description = "The service"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    request_body(content = ref("#/components/schemas/ServicePatch"), content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The service as it is now", body = ServiceView), Refusals, ChangeRefusals))]
#[patch("/v1/services/{id}")]
pub async fn update_service(
    app: AppData,
    caller: SignedIn,
    id: Path<ServiceId>,
    read: IfMatch,
    query: Query<DryRun>,
    patch: Patch,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let go_on = ["topic", "format", "capacity", "max_per_week"];
    if go_on.into_iter().any(|name| patch.touches(name)) {
        // They go on to the sessions, which others publish and book under these locks, and to the
        // weeks, in which others book under them.
        services::lock(&mut transaction, id.0);
    }
    let service = services::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = service.value.organisation_id;
    permit(&staff, Permission::ManageServices, organisation)?;
    read.check(service.version)?;
    let body = patch.apply_to(&ServiceBody::from(ServiceView::from(&service)))?;
    let had_no_cap = service.value.max_per_week.is_none();
    let changed = service.changed(body.read(id.0)?);
    same_organisation(organisation, changed.value.organisation_id)?;
    references::check(&mut transaction, &references_of(&changed.value)).await?;
    let now = app.clock.now();
    keeps_format(&mut transaction, &service.value, &changed.value, now).await?;
    services::update(&mut transaction, &changed);
    if had_no_cap && changed.value.max_per_week.is_some() {
        services::count_weeks(&mut transaction, &changed.value, now);
    }
    if service.value.capacity != changed.value.capacity {
        places::follow_service(&mut transaction, organisation, id.0, now);
        // Asked of those sessions, so that who only tries learns whether there is room, too.
        services::is_offered(&mut transaction, organisation, id.0, now).await?;
    }
    let affected = if AGREED.iter().any(|name| patch.touches(name)) {
        affected::ahead(&mut transaction, organisation, id.0, now).await?
    } else {
        Vec::new()
    };
    let view = ServiceView::from(&changed).affecting(&affected);
    if query.0.dry_run {
        transaction.rollback().await;
        return Ok(HttpResponse::Ok().json(view));
    }
    let subject = ("service", id.0.uuid());
    let entry = Entry::by(&staff, organisation, "update", subject, now);
    transaction.audit(entry.touching(patch.names()));
    transaction.commit().await?;
    Ok(found(changed.version, &view))
}

/// What is cut into talks and what has places is published and claimed in different ways.
async fn keeps_format(
    transaction: &mut Transaction,
    before: &Service,
    after: &Service,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let is_kept = before.format.has_places() == after.format.has_places();
    if is_kept || !services::is_offered(transaction, before.organisation_id, before.id, now).await?
    {
        return Ok(());
    }
    let detail = "sessions offer the service: withdraw them first, or create another service";
    Err(Problem::rule("/format", detail))
}
