use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post};
use domain::account::{Account, Password};
use domain::code::Secret;
use domain::ids::AccountId;
use domain::line::Line;
use persistence::{accounts, installation};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::me::MeView;
use super::private;
use crate::app::{App, AppData};
use crate::checks::Checks;
use crate::extract::Body;
use crate::passwords;
use crate::problems::{Code, Problem};
use crate::refusals::{ChangeRefusals, Refusals};
use crate::secret_text::SecretText;
use crate::throttle::Source;

/// Who is to be the first account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "7Z3KQ0M4X9V2T8R5P1N6H7J3D0", "email": "ada@example.org",
    "password": "correct horse battery staple", "display_name": "Ada"}))]
pub struct SetupBody {
    /// What the program printed when it started.
    pub token: SecretText,
    #[schema(format = Email)]
    pub email: String,
    /// 10 to 200 characters.
    #[schema(format = Password)]
    pub password: SecretText,
    #[schema(max_length = 200)]
    pub display_name: String,
}

impl SetupBody {
    fn read(self, id: AccountId) -> Result<(Account, Password), Problem> {
        let mut checks = Checks::new();
        let email = checks.field("/email", self.email.parse());
        let password = checks.field("/password", Password::new(self.password.0));
        let display_name = checks.field("/display_name", Line::new(&self.display_name));
        let (Some(email), Some(password), Some(display_name)) = (email, password, display_name)
        else {
            return Err(checks.problem());
        };
        let account = Account {
            id,
            email,
            display_name,
            network_coordinator: true,
        };
        Ok((account, password))
    }
}

/// Make the first account
///
/// It coordinates the network. The token is printed when the program starts, works once, and never again once there is an account.
#[utoipa::path(operation_id = "setUp", tag = "auth", request_body = SetupBody,
    responses((status = 201, description = "The new account", body = MeView), Refusals, ChangeRefusals))]
#[post("/v1/auth/setup")]
pub async fn set_up(
    app: AppData,
    source: Source,
    body: Body<SetupBody>,
) -> Result<HttpResponse, Problem> {
    let refused = || {
        let detail = "the set-up token is wrong, or there is an account already";
        let refusal = Problem::because(Code::Unauthenticated, detail);
        app.throttle.wrong_secret(source, refusal)
    };
    if !is_current(&app, &body.value.token).await? {
        return Err(refused());
    }
    let (account, password) = body.value.read(AccountId::new(Uuid::now_v7()))?;
    let hash = passwords::hash(password).await?;
    let mut transaction = app.database.issuer().await?;
    if !installation::consume_setup_token(&mut transaction).await? {
        return Err(refused());
    }
    accounts::insert(&mut transaction, &account, hash, app.clock.now());
    transaction.commit().await?;
    log::info!("the first account was made: {}", account.id);
    Ok(private(StatusCode::CREATED, &MeView::new(&account, None)))
}

async fn is_current(app: &App, shown: &SecretText) -> Result<bool, Problem> {
    let mut transaction = app.database.issuer().await?;
    let current = installation::current_setup_token(&mut transaction, &app.vault).await?;
    transaction.rollback().await;
    let (Some(current), Ok(shown)) = (current, shown.0.parse::<Secret>()) else {
        return Ok(false);
    };
    // Hashes are compared, so that the time it takes says nothing about the token.
    let hash = |token: &Secret| app.vault.hash("shown", &[token.reveal().as_bytes()]);
    Ok(hash(&current) == hash(&shown))
}
