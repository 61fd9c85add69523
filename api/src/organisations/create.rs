use actix_web::{HttpResponse, post};
use domain::ids::OrganisationId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::organisations;
use persistence::stored::Stored;
use uuid::Uuid;

use super::{OrganisationBody, OrganisationView};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::Body;
use crate::idempotency::Attempt;
use crate::problems::{Code, Problem};
use crate::refusals::{ChangeRefusals, Refusals};

/// Create an organisation
///
/// Those who coordinate the network do this; administrators are then invited.
#[utoipa::path(operation_id = "createOrganisation", tag = "setup", request_body = OrganisationBody, security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 201, description = "The new organisation", body = OrganisationView), Refusals, ChangeRefusals))]
#[post("/v1/organisations")]
pub async fn create_organisation(
    app: AppData,
    caller: SignedIn,
    attempt: Attempt,
    body: Body<OrganisationBody>,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let id = OrganisationId::new(Uuid::now_v7());
    if !staff.may(Permission::CreateOrganisation, id) {
        return Err(Problem::new(Code::Forbidden));
    }
    let attempt = attempt
        .by(&caller)
        .with(&app, "createOrganisation", &body.bytes);
    if let Some(answer) = attempt.answered(&app, &mut transaction).await? {
        return Ok(answer);
    }
    let organisation = Stored::new(body.value.read(id)?);
    organisations::insert(&mut transaction, &organisation);
    let now = app.clock.now();
    transaction.audit(Entry::by(
        &staff,
        id,
        "create",
        ("organisation", id.uuid()),
        now,
    ));
    let location = format!("/v1/organisations/{id}");
    attempt
        .created(
            &app,
            transaction,
            &location,
            1,
            &OrganisationView::from(&organisation),
        )
        .await
}
