use actix_web::{HttpResponse, post};
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::equipment;
use persistence::stored::Stored;
use uuid::Uuid;

use super::{EquipmentBody, EquipmentView, references_of};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::Body;
use crate::idempotency::Attempt;
use crate::permit::permit;
use crate::problems::Problem;
use crate::references;
use crate::refusals::{ChangeRefusals, Refusals};

/// Create equipment
///
/// From then on services can need it. Each of its pieces is claimed by one talk at a time.
#[utoipa::path(operation_id = "createEquipment", tag = "setup", request_body = EquipmentBody, security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 201, description = "The new equipment", body = EquipmentView), Refusals, ChangeRefusals))]
#[post("/v1/equipment")]
pub async fn create_equipment(
    app: AppData,
    caller: SignedIn,
    attempt: Attempt,
    body: Body<EquipmentBody>,
) -> Result<HttpResponse, Problem> {
    let organisation = body.value.organisation_id.into();
    let (mut transaction, staff) = app.staff(&caller).await?;
    permit(&staff, Permission::ManageSites, organisation)?;
    let attempt = attempt
        .by(&caller)
        .with(&app, "createEquipment", &body.bytes);
    if let Some(answer) = attempt.answered(&app, &mut transaction).await? {
        return Ok(answer);
    }
    let id = Uuid::now_v7();
    let stored = Stored::new(body.value.read(id.into())?);
    references::check(&mut transaction, &references_of(&stored.value)).await?;
    equipment::insert(&mut transaction, &stored);
    let now = app.clock.now();
    transaction.audit(Entry::by(
        &staff,
        organisation,
        "create",
        ("equipment", id),
        now,
    ));
    let location = format!("/v1/equipment/{id}");
    attempt
        .created(
            &app,
            transaction,
            &location,
            1,
            &EquipmentView::from(&stored),
        )
        .await
}
