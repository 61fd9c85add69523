use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post};
use domain::code::Secret;
use persistence::refresh_tokens;
use serde::Deserialize;
use utoipa::ToSchema;

use super::private;
use crate::app::AppData;
use crate::extract::Body;
use crate::problems::{Code, Problem};
use crate::refusals::{ChangeRefusals, Refusals};
use crate::secret_text::SecretText;
use crate::throttle::Source;
use crate::tokens::{self, TokenView, refresh_token_hash};

/// A refresh token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"refresh_token": "7Z3KQ0M4X9V2T8R5P1N6H7J3D0"}))]
pub struct RefreshBody {
    pub refresh_token: SecretText,
}

/// Get the next tokens
///
/// A refresh token is good for one use. Using it a second time, also at the same moment, signs the
/// person out: its successors are void too, for a thief and the owner cannot be told apart
/// (RFC 9700, 4.14.2). Clients therefore refresh once at a time.
#[utoipa::path(operation_id = "refreshToken", tag = "auth", request_body = RefreshBody,
    responses((status = 200, description = "The next tokens", body = TokenView), Refusals, ChangeRefusals))]
#[post("/v1/auth/refresh")]
pub async fn refresh_token(
    app: AppData,
    source: Source,
    body: Body<RefreshBody>,
) -> Result<HttpResponse, Problem> {
    let refused = || {
        let detail = "the refresh token is unknown, expired or used: sign in again";
        let refusal = Problem::because(Code::Unauthenticated, detail);
        app.throttle.wrong_secret(source, refusal)
    };
    let token: Secret = body.value.refresh_token.0.parse().map_err(|_| refused())?;
    let hash = refresh_token_hash(&app, &token);
    let mut transaction = app.database.issuer().await?;
    let family = refresh_tokens::redeem(&mut transaction, hash, app.clock.now()).await?;
    let tokens = family.map(|family| tokens::next(&app, &mut transaction, family));
    let tokens = tokens.transpose()?;
    // Also where nothing is given: the family may have been ended.
    transaction.commit().await?;
    let tokens = tokens.ok_or_else(refused)?;
    Ok(private(StatusCode::OK, &tokens))
}
