//! The tokens that staff carry: a short-lived access token and a refresh token for the next one.

use domain::account::Account;
use domain::code::Secret;
use domain::ids::AccountId;
use domain::permission::Role;
use persistence::refresh_tokens::{self, Family};
use persistence::vault::random_bytes;
use persistence::{Transaction, accounts};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::authentication::{ACCESS_LASTS, IssuerError};
use crate::problems::{Code, Problem};

/// What signing in gives (RFC 6749, section 5.1).
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenView {
    /// Sent as `Authorization: Bearer …`.
    pub access_token: String,
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// How many seconds the access token is good.
    #[schema(example = 600)]
    pub expires_in: i64,
    /// Good for one use, within 14 days.
    pub refresh_token: String,
}

/// Begins a family of tokens; good when the transaction commits.
pub fn begin(
    app: &App,
    transaction: &mut Transaction,
    account: &Account,
) -> Result<TokenView, Problem> {
    let family = Family {
        id: Uuid::now_v7(),
        account_id: account.id,
    };
    next(app, transaction, family)
}

/// The next tokens of a family; good when the transaction commits.
pub fn next(
    app: &App,
    transaction: &mut Transaction,
    family: Family,
) -> Result<TokenView, Problem> {
    let refresh_token = random_secret()?;
    let now = app.clock.now();
    let hash = refresh_token_hash(app, &refresh_token);
    refresh_tokens::insert(transaction, family, hash, now);
    Ok(TokenView {
        access_token: access_token(app, family.account_id)?,
        token_type: "Bearer",
        expires_in: ACCESS_LASTS.num_seconds(),
        refresh_token: refresh_token.reveal().to_owned(),
    })
}

/// An access token for somebody who holds the role in the organisation of that slug, or anywhere
/// for the network's own role. `None` when nobody does.
pub async fn for_role(app: &App, slug: &str, role: Role) -> Result<Option<String>, Problem> {
    let mut transaction = app.database.issuer().await?;
    let holder = accounts::holder_of(&mut transaction, role, slug).await?;
    transaction.rollback().await;
    holder.map(|account| access_token(app, account)).transpose()
}

pub fn access_token(app: &App, account: AccountId) -> Result<String, Problem> {
    app.issuer
        .sign(account, app.clock.now())
        .map_err(|error: IssuerError| {
            log::error!("an access token cannot be signed: {error}");
            Problem::new(Code::Internal)
        })
}

/// What is kept of a refresh token.
#[must_use]
pub fn refresh_token_hash(app: &App, token: &Secret) -> [u8; 32] {
    app.vault
        .hash("refresh-token", &[token.reveal().as_bytes()])
}

/// 130 bits that nobody can guess.
pub fn random_secret() -> Result<Secret, Problem> {
    Ok(Secret::from_random(random_bytes()?))
}
