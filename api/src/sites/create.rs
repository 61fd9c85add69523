use actix_web::{HttpResponse, post};
use domain::ids::SiteId;
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
    let id = SiteId::new(Uuid::now_v7());
    let site = body.value.read(id, organisation)?;
    sites::insert(&mut transaction, &site);
    transaction.audit(Entry {
        organisation_id: organisation,
        account_id: Some(staff.account_id),
        action: "create",
        subject_kind: "site",
        subject_id: id.uuid(),
        fields: Vec::new(),
        at: app.clock.now(),
    });
    let stored = Stored {
        value: site,
        version: 1,
        archived: false,
    };
    attempt
        .created(
            &app,
            transaction,
            &format!("/v1/sites/{id}"),
            1,
            &SiteView::from(&stored),
        )
        .await
}
