use actix_web::http::header;
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::AppData;
use crate::refusals::Refusals;

/// A set of public keys (RFC 7517, section 5).
#[derive(Debug, Serialize, ToSchema)]
pub struct JwksView {
    pub keys: Vec<JwkView>,
}

/// An Ed25519 key (RFC 8037, section 2).
#[derive(Debug, Serialize, ToSchema)]
pub struct JwkView {
    #[schema(example = "OKP")]
    pub kty: &'static str,
    #[schema(example = "Ed25519")]
    pub crv: &'static str,
    /// The key in base64url.
    pub x: String,
    pub kid: String,
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    pub usage: &'static str,
    #[schema(example = "EdDSA")]
    pub alg: &'static str,
}

/// Get the public keys
///
/// With which others can verify access tokens of this service.
#[utoipa::path(operation_id = "getJwks", tag = "auth",
    responses((status = 200, description = "The keys", body = JwksView), Refusals))]
#[get("/.well-known/jwks.json")]
pub async fn get_jwks(app: AppData) -> HttpResponse {
    let (kid, x) = app.issuer.public_key();
    let key = JwkView {
        kty: "OKP",
        crv: "Ed25519",
        x,
        kid,
        usage: "sig",
        alg: "EdDSA",
    };
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .json(JwksView { keys: vec![key] })
}
