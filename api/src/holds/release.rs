use actix_web::{HttpRequest, HttpResponse, delete};
use domain::ids::HoldId;
use persistence::holds;

use super::HoldToken;
use crate::app::AppData;
use crate::authentication::Caller;
use crate::extract::Path;
use crate::problems::{Code, Problem};
use crate::refusals::{ChangeRefusals, Refusals};
use crate::tenant;
use crate::throttle::Source;

/// Give a hold back
///
/// The slot is free at once. A hold that has expired or was redeemed is not found.
#[utoipa::path(operation_id = "releaseHold", tag = "booking", security((), ("bearer" = [])),
    params(("id" = Uuid, Path, description = "The hold"),
        ("Hold-Token" = String, Header, description = "The token of the hold")),
    responses((status = 204, description = "The slot is free again"), Refusals, ChangeRefusals))]
#[delete("/v1/holds/{id}")]
pub async fn release_hold(
    request: HttpRequest,
    app: AppData,
    _caller: Caller,
    source: Source,
    id: Path<HoldId>,
) -> Result<HttpResponse, Problem> {
    let text = request
        .headers()
        .get("Hold-Token")
        .and_then(|value| value.to_str().ok());
    let missing = || {
        Problem::header(
            Code::InvalidRequest,
            "Hold-Token",
            "send the token of the hold",
        )
    };
    let token = HoldToken::read(&app.vault, id.0, text.ok_or_else(missing)?)
        .map_err(|_| app.throttle.wrong_secret(source, Problem::not_found()))?;
    let mut transaction = app
        .database
        .visitor(Some(token.hash(&app.vault)), app.clock.now())
        .await?;
    let organisation = token.slot.organisation_id;
    tenant::note(organisation);
    let now = app.clock.now();
    if !holds::exists_for_update(&mut transaction, organisation, id.0, now).await? {
        return Err(Problem::not_found());
    }
    holds::remove(&mut transaction, organisation, id.0);
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
