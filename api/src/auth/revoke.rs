use actix_web::{HttpResponse, post};
use domain::code::Secret;
use persistence::refresh_tokens;

use super::refresh::RefreshBody;
use crate::app::AppData;
use crate::extract::Body;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::tokens::refresh_token_hash;

/// Sign out
///
/// Voids the refresh token and all that came of the same sign-in; the access token ends by itself within ten minutes. What is no refresh token is answered the same (RFC 7009).
#[utoipa::path(operation_id = "revokeToken", tag = "auth", request_body = RefreshBody,
    responses((status = 204, description = "The token is void"), Refusals, ChangeRefusals))]
#[post("/v1/auth/revoke")]
pub async fn revoke_token(app: AppData, body: Body<RefreshBody>) -> Result<HttpResponse, Problem> {
    if let Ok(token) = body.value.refresh_token.0.parse::<Secret>() {
        let hash = refresh_token_hash(&app, &token);
        let mut transaction = app.database.issuer().await?;
        refresh_tokens::revoke(&mut transaction, hash).await?;
        transaction.commit().await?;
    }
    Ok(HttpResponse::NoContent().finish())
}
