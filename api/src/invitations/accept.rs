use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post};
use domain::account::{Account, Password};
use domain::code::Secret;
use domain::ids::{AccountId, OrganisationId};
use domain::invitation::{Invitation, Invites};
use domain::line::Line;
use persistence::accounts::{self, Credentials, EMAIL_TAKEN};
use persistence::audit::Entry;
use persistence::{Transaction, invitations, memberships};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::token_hash;
use crate::accounts::AccountView;
use crate::app::{App, AppData};
use crate::auth::private;
use crate::checks::Checks;
use crate::extract::Body;
use crate::passwords::{self, Guess};
use crate::problems::{Code, Problem};
use crate::refusals::{ChangeRefusals, Refusals};
use crate::secret_text::SecretText;
use crate::throttle::Source;

/// Who accepts an invitation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "7Z3KQ0M4X9V2T8R5P1N6H7J3D0",
    "password": "correct horse battery staple", "display_name": "Grace"}))]
pub struct AcceptanceBody {
    pub token: SecretText,
    /// Of the account with the invited address, or for a new one: 10 to 200 characters.
    #[schema(format = Password)]
    pub password: SecretText,
    /// The name of a new account; one that exists keeps its own.
    #[schema(max_length = 200)]
    pub display_name: String,
}

/// A well-formed acceptance.
struct Acceptance {
    password: Password,
    display_name: Line,
}

impl AcceptanceBody {
    fn read(self) -> Result<Acceptance, Problem> {
        let mut checks = Checks::new();
        let password = checks.field("/password", Password::new(self.password.0));
        let display_name = checks.field("/display_name", Line::new(&self.display_name));
        let (Some(password), Some(display_name)) = (password, display_name) else {
            return Err(checks.problem());
        };
        Ok(Acceptance {
            password,
            display_name,
        })
    }
}

/// Accept an invitation
///
/// Makes an account with the invited address, or adds the roles to the one that has it, whose password is then needed. Of several who accept at once, one does; an unknown, used or expired token is not found.
#[utoipa::path(operation_id = "acceptInvitation", tag = "auth", request_body = AcceptanceBody,
    responses((status = 201, description = "The account in its organisation", body = AccountView), Refusals, ChangeRefusals))]
#[post("/v1/invitations/accept")]
pub async fn accept_invitation(
    app: AppData,
    source: Source,
    body: Body<AcceptanceBody>,
) -> Result<HttpResponse, Problem> {
    let unknown = || {
        let refusal = Problem::because(Code::NotFound, "no open invitation has this token");
        app.throttle.wrong_secret(source, refusal)
    };
    let token: Secret = body.value.token.0.parse().map_err(|_| unknown())?;
    let hash = token_hash(&app, &token);
    let mut transaction = app.database.issuer().await?;
    let invitation = invitations::open(&mut transaction, hash, app.clock.now()).await?;
    let invitation = invitation.ok_or_else(unknown)?;
    let acceptance = body.value.read()?;
    let known = accounts::credentials(&mut transaction, &invitation.email).await?;
    // Not held while the password is hashed: that takes long.
    transaction.rollback().await;
    let accepting = accepting(&app, source, &invitation, known, acceptance).await?;
    let mut transaction = app.database.issuer().await?;
    let view = join(&app, &mut transaction, accepting, hash).await?;
    transaction.commit().await.map_err(address_taken)?;
    Ok(private(StatusCode::CREATED, &view))
}

/// Who joins what, and the hash of their password if the account is new.
struct Accepting {
    organisation: OrganisationId,
    account: Account,
    new_password_hash: Option<String>,
}

async fn accepting(
    app: &App,
    source: Source,
    invitation: &Invitation,
    known: Option<Credentials>,
    acceptance: Acceptance,
) -> Result<Accepting, Problem> {
    let organisation = invitation.organisation_id;
    let Some(known) = known else {
        return Ok(Accepting {
            organisation,
            account: Account {
                id: AccountId::new(Uuid::now_v7()),
                email: invitation.email.clone(),
                display_name: acceptance.display_name,
                network_coordinator: false,
            },
            new_password_hash: Some(passwords::hash(acceptance.password).await?),
        });
    };
    let guess = Guess {
        source,
        email: Some(&invitation.email),
        password: Some(acceptance.password),
    };
    if !passwords::verify(&app.throttle, guess, Some(known.password_hash)).await? {
        let detail = "the password is not that of the invited address";
        return Err(Problem::because(Code::Unauthenticated, detail));
    }
    Ok(Accepting {
        organisation,
        account: known.account,
        new_password_hash: None,
    })
}

async fn join(
    app: &App,
    transaction: &mut Transaction,
    accepting: Accepting,
    token_hash: [u8; 32],
) -> Result<AccountView, Problem> {
    let now = app.clock.now();
    let (organisation, account) = (accepting.organisation, accepting.account);
    invitations::lock_those_of_administrators(transaction, organisation);
    let invitation = invitations::accept(transaction, token_hash, now)
        .await?
        .ok_or_else(|| Problem::because(Code::NotFound, "the invitation was just accepted"))?;
    check_author(transaction, &invitation).await?;
    if let Some(hash) = accepting.new_password_hash {
        accounts::insert(transaction, &account, hash, now);
    }
    memberships::grant(transaction, organisation, account.id, &invitation.roles);
    transaction.audit(Entry {
        organisation_id: organisation,
        account_id: Some(account.id),
        action: "accept",
        subject_kind: "invitation",
        subject_id: invitation.id.uuid(),
        fields: vec!["roles".to_owned()],
        at: now,
    });
    let member = memberships::find(transaction, organisation, account.id)
        .await
        .map_err(address_taken)?
        .ok_or_else(Problem::not_found)?;
    Ok(AccountView::from(&member))
}

/// An invitation is worth what whoever made it may still do.
async fn check_author(
    transaction: &mut Transaction,
    invitation: &Invitation,
) -> Result<(), Problem> {
    let author = invitations::author(transaction, invitation).await?;
    let may_invite = author.is_some_and(|author| {
        let has_administrator = author.organisation_has_administrator;
        Invites::of(&author.staff, invitation.organisation_id)
            .check(&invitation.roles, has_administrator)
            .is_ok()
    });
    if may_invite {
        return Ok(());
    }
    let detail = "whoever invited you may not do so any more: ask an administrator of the organisation for a new invitation";
    Err(Problem::because(Code::Conflict, detail))
}

fn address_taken(error: persistence::Error) -> Problem {
    if error.is_refused_by(EMAIL_TAKEN) {
        let detail = "an account with this address was just made: accept with its password";
        return Problem::because(Code::Conflict, detail);
    }
    error.into()
}
