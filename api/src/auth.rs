//! Signing in, and who one is.

mod jwks;
mod me;
mod refresh;
mod revoke;
mod setup;
mod token;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use serde::Serialize;

pub use jwks::get_jwks;
pub use me::{MeView, MembershipView, get_me};
pub use refresh::refresh_token;
pub use revoke::revoke_token;
pub use setup::set_up;
pub use token::create_token;

/// An answer that no cache may keep (RFC 6749, section 5.1).
pub(crate) fn private(status: StatusCode, view: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(view)
}
