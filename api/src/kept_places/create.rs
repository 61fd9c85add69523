use actix_web::{HttpResponse, post};
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::kept_places;
use persistence::stored::Stored;
use uuid::Uuid;

use super::{KeptPlacesBody, KeptPlacesView, check};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::Body;
use crate::idempotency::Attempt;
use crate::permit::permit;
use crate::problems::Problem;

use crate::refusals::{ChangeRefusals, Refusals};

/// Keep places for a partner
///
/// From then on they are missing from what everybody else is offered. Staff of the partner book them
/// with `sent_by`, for people who may stay anonymous; nobody learns who came.
#[utoipa::path(operation_id = "createKeptPlaces", tag = "setup", request_body = KeptPlacesBody, security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 201, description = "The kept places", body = KeptPlacesView), Refusals, ChangeRefusals))]
#[post("/v1/kept-places")]
pub async fn create_kept_places(
    app: AppData,
    caller: SignedIn,
    attempt: Attempt,
    body: Body<KeptPlacesBody>,
) -> Result<HttpResponse, Problem> {
    let organisation = body.value.organisation_id.into();
    let (mut transaction, staff) = app.staff(&caller).await?;
    permit(&staff, Permission::ManageSchedules, organisation)?;
    let attempt = attempt
        .by(&caller)
        .with(&app, "createKeptPlaces", &body.bytes);
    if let Some(answer) = attempt.answered(&app, &mut transaction).await? {
        return Ok(answer);
    }
    let id = Uuid::now_v7();
    let stored = Stored::new(body.value.read(id.into())?);
    check(&mut transaction, &stored.value).await?;
    kept_places::insert(&mut transaction, &stored);
    let now = app.clock.now();
    transaction.audit(Entry::by(
        &staff,
        organisation,
        "create",
        ("kept_places", id),
        now,
    ));
    let location = format!("/v1/kept-places/{id}");
    attempt
        .created(
            &app,
            transaction,
            &location,
            1,
            &KeptPlacesView::from(&stored),
        )
        .await
}
