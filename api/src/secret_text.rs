//! Texts of a request that no log may show.

use serde::Deserialize;
use utoipa::ToSchema;

/// A password or a token as it was sent.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(value_type = String)]
pub struct SecretText(pub String);

impl std::fmt::Debug for SecretText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretText(hidden)")
    }
}
