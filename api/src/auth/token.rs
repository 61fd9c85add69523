use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post};
use domain::account::Password;
use domain::contact::Email;
use persistence::accounts;
use serde::Deserialize;
use utoipa::ToSchema;

use super::private;
use crate::app::AppData;
use crate::extract::Body;
use crate::passwords::{self, Guess};
use crate::problems::{Code, Problem};
use crate::refusals::{ChangeRefusals, Refusals};
use crate::secret_text::SecretText;
use crate::throttle::Source;
use crate::tokens::{self, TokenView};

/// With what somebody signs in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@example.org", "password": "correct horse battery staple"}))]
pub struct TokenBody {
    #[schema(format = Email)]
    pub email: String,
    #[schema(format = Password)]
    pub password: SecretText,
}

/// Sign in
///
/// A wrong password and an unknown address have the same answer. Wrong attempts are slowed by the address that they come from, for one account and for all.
#[utoipa::path(operation_id = "createToken", tag = "auth", request_body = TokenBody,
    responses((status = 200, description = "Tokens for the account", body = TokenView), Refusals, ChangeRefusals))]
#[post("/v1/auth/token")]
pub async fn create_token(
    app: AppData,
    source: Source,
    body: Body<TokenBody>,
) -> Result<HttpResponse, Problem> {
    let email = body.value.email.parse::<Email>().ok();
    app.throttle.check_password(source, email.as_ref())?;
    let mut known = None;
    if let Some(email) = &email {
        let mut transaction = app.database.issuer().await?;
        known = accounts::credentials(&mut transaction, email).await?;
        // Not held while the password is hashed: that takes long.
        transaction.rollback().await;
    }
    let password = Password::new(body.value.password.0).ok();
    let hash = known.as_ref().map(|known| known.password_hash.clone());
    let guess = Guess {
        source,
        email: email.as_ref(),
        password,
    };
    let verified = passwords::verify(&app.throttle, guess, hash).await?;
    let Some(known) = known.filter(|_| verified) else {
        let detail = "the e-mail address or the password is wrong";
        return Err(Problem::because(Code::Unauthenticated, detail));
    };
    let mut transaction = app.database.issuer().await?;
    let tokens = tokens::begin(&app, &mut transaction, &known.account)?;
    transaction.commit().await?;
    Ok(private(StatusCode::OK, &tokens))
}
