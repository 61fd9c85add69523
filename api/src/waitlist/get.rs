use actix_web::{HttpResponse, get};
use domain::ids::WaitlistEntryId;

use super::{WaitlistEntryView, seen};
use crate::app::AppData;
use crate::appointments::access::Access;
use crate::extract::Path;
use crate::problems::Problem;
use crate::refusals::Refusals;

/// Get a waiting-list entry
///
/// With its secret in `Appointment-Secret`, or as staff who keep the list. It tells what is offered
/// at the moment, and not how many wait: that would tell of others.
#[utoipa::path(operation_id = "getWaitlistEntry", tag = "booking", security((), ("bearer" = [])),
    params(("id" = Uuid, Path, description = "The entry"),
        ("Appointment-Secret" = Option<String>, Header, description = "The secret, for callers without a token")),
    responses((status = 200, description = "The entry", body = WaitlistEntryView), Refusals))]
#[get("/v1/waitlist-entries/{id}")]
pub async fn get_waitlist_entry(
    app: AppData,
    access: Access,
    id: Path<WaitlistEntryId>,
) -> Result<HttpResponse, Problem> {
    let (found, actor) = access.find_entry(&app, id.0).await?;
    let found = seen(&access, &app, found, &actor)?;
    let view = WaitlistEntryView::of(&found, &app.vault, app.clock.now())?;
    Ok(HttpResponse::Ok().json(view))
}
