use actix_web::{HttpResponse, patch};
use domain::ids::SiteId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::{schedules, sites};

use super::{SiteBody, SiteView};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::checks::same_organisation;
use crate::extract::{IfMatch, Patch, Path, Query};
use crate::permit::permit;
use crate::preview::DryRun;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::views::found;

/// Change a site
///
/// A merge patch (RFC 7396): what is left out stays, null removes. With another `time_zone` or
/// `federal_state`, its schedules are published again in the same step; sessions that a person
/// entered or edited, and what is booked, stay as they are; the answer lists what that affects. With
/// `dry_run=true` nothing is stored, and the answer is what would be.
#[utoipa::path(operation_id = "updateSite", tag = "setup", security(("bearer" = [])),
    params(DryRun, ("id" = Uuid, Path, description = "The site"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    request_body(content = ref("#/components/schemas/SitePatch"), content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The site as it is now", body = SiteView), Refusals, ChangeRefusals))]
#[patch("/v1/sites/{id}")]
pub async fn update_site(
    app: AppData,
    caller: SignedIn,
    id: Path<SiteId>,
    read: IfMatch,
    query: Query<DryRun>,
    patch: Patch,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let moves_times = patch.touches("time_zone") || patch.touches("federal_state");
    if moves_times {
        sites::lock(&mut transaction, id.0);
    }
    let site = sites::find_for_update(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = site.value.organisation_id;
    permit(&staff, Permission::ManageSites, organisation)?;
    read.check(site.version)?;
    let body = patch.apply_to(&SiteBody::from(&site.value))?;
    let changed = site.changed(body.read(id.0)?);
    same_organisation(organisation, changed.value.organisation_id)?;
    sites::update(&mut transaction, &changed);
    let now = app.clock.now();
    let affected = if moves_times {
        schedules::publish_at(&mut transaction, &changed.value, now).await?
    } else {
        Vec::new()
    };
    let view = SiteView::from(&changed).affecting(&affected);
    if query.0.dry_run {
        transaction.rollback().await;
        return Ok(HttpResponse::Ok().json(view));
    }
    let subject = ("site", id.0.uuid());
    let entry = Entry::by(&staff, organisation, "update", subject, now);
    transaction.audit(entry.touching(patch.names()));
    transaction.commit().await?;
    Ok(found(changed.version, &view))
}
