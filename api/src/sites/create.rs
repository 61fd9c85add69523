use actix_web::{HttpResponse, post};
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::sites;
use persistence::stored::Stored;
use uuid::Uuid;

use super::{SiteBody, SiteView};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::Body;
use crate::idempotency::Attempt;
use crate::permit::permit;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Create a site
///
/// Its time zone and federal state decide when the sessions there open.
#[utoipa::path(operation_id = "createSite", tag = "setup", request_body = SiteBody, security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 201, description = "The new site", body = SiteView), Refusals, ChangeRefusals))]
#[post("/v1/sites")]
pub async fn create_site(
    app: AppData,
    caller: SignedIn,
    attempt: Attempt,
    body: Body<SiteBody>,
) -> Result<HttpResponse, Problem> {
    let organisation = body.value.organisation_id.into();
    let (mut transaction, staff) = app.staff(&caller).await?;
    permit(&staff, Permission::ManageSites, organisation)?;
    let attempt = attempt.by(&caller).with(&app, "createSite", &body.bytes);
    if let Some(answer) = attempt.answered(&app, &mut transaction).await? {
        return Ok(answer);
    }
    let id = Uuid::now_v7();
    let site = Stored::new(body.value.read(id.into())?);
    sites::insert(&mut transaction, &site);
    let now = app.clock.now();
    transaction.audit(Entry::by(&staff, organisation, "create", ("site", id), now));
    let location = format!("/v1/sites/{id}");
    attempt
        .created(&app, transaction, &location, 1, &SiteView::from(&site))
        .await
}
