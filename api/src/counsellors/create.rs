use actix_web::{HttpResponse, post};
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::counsellors;
use persistence::stored::Stored;
use uuid::Uuid;

use super::{CounsellorBody, CounsellorView, references_of};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::Body;
use crate::idempotency::Attempt;
use crate::permit::permit;
use crate::problems::Problem;
use crate::references;
use crate::refusals::{ChangeRefusals, Refusals};

/// Create a counsellor
///
/// Nothing can be booked with them until a schedule or a session opens their calendar.
#[utoipa::path(operation_id = "createCounsellor", tag = "setup", request_body = CounsellorBody, security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 201, description = "The new counsellor", body = CounsellorView), Refusals, ChangeRefusals))]
#[post("/v1/counsellors")]
pub async fn create_counsellor(
    app: AppData,
    caller: SignedIn,
    attempt: Attempt,
    body: Body<CounsellorBody>,
) -> Result<HttpResponse, Problem> {
    let organisation = body.value.organisation_id.into();
    let (mut transaction, staff) = app.staff(&caller).await?;
    permit(&staff, Permission::ManageCounsellors, organisation)?;
    let attempt = attempt
        .by(&caller)
        .with(&app, "createCounsellor", &body.bytes);
    if let Some(answer) = attempt.answered(&app, &mut transaction).await? {
        return Ok(answer);
    }
    let id = Uuid::now_v7();
    let counsellor = Stored::new(body.value.read(id.into())?);
    references::check(&mut transaction, &references_of(&counsellor.value)).await?;
    counsellors::insert(&mut transaction, &counsellor);
    let now = app.clock.now();
    transaction.audit(Entry::by(
        &staff,
        organisation,
        "create",
        ("counsellor", id),
        now,
    ));
    let location = format!("/v1/counsellors/{id}");
    attempt
        .created(
            &app,
            transaction,
            &location,
            1,
            &CounsellorView::from(&counsellor),
        )
        .await
}
