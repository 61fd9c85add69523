use actix_web::{HttpResponse, post};
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::services;
use persistence::stored::Stored;
use uuid::Uuid;

use super::read::references_of;
use super::{ServiceBody, ServiceView};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::Body;
use crate::idempotency::Attempt;
use crate::permit::permit;
use crate::problems::Problem;
use crate::references;
use crate::refusals::{ChangeRefusals, Refusals};

/// Create a service
///
/// It can be booked in the sessions that offer it, once it is published.
#[utoipa::path(operation_id = "createService", tag = "setup", request_body = ServiceBody, security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 201, description = "The new service", body = ServiceView), Refusals, ChangeRefusals))]
#[post("/v1/services")]
pub async fn create_service(
    app: AppData,
    caller: SignedIn,
    attempt: Attempt,
    body: Body<ServiceBody>,
) -> Result<HttpResponse, Problem> {
    let organisation = body.value.organisation_id.into();
    let (mut transaction, staff) = app.staff(&caller).await?;
    permit(&staff, Permission::ManageServices, organisation)?;
    let attempt = attempt.by(&caller).with(&app, "createService", &body.bytes);
    if let Some(answer) = attempt.answered(&app, &mut transaction).await? {
        return Ok(answer);
    }
    let id = Uuid::now_v7();
    let service = Stored::new(body.value.read(id.into())?);
    references::check(&mut transaction, &references_of(&service.value)).await?;
    services::insert(&mut transaction, &service);
    let now = app.clock.now();
    transaction.audit(Entry::by(
        &staff,
        organisation,
        "create",
        ("service", id),
        now,
    ));
    let location = format!("/v1/services/{id}");
    attempt
        .created(
            &app,
            transaction,
            &location,
            1,
            &ServiceView::from(&service),
        )
        .await
}
