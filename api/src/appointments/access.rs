use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev};
use domain::actor::Actor;
use domain::code::Secret;
use domain::permission::Permission;
use persistence::Transaction;
use persistence::appointments::Found;
use persistence::vault::Vault;

use crate::app::App;
use crate::authentication::{Caller, SignedIn};
use crate::extract::SecretHeader;
use crate::idempotency::{Attempt, OwnAttempt};
use crate::permit::permit_for;
use crate::problems::{Code, Problem};

/// The key to an appointment: its secret, or a token.
#[derive(Debug, Clone)]
pub enum Access {
    Secret(Secret),
    Token(SignedIn),
}

impl FromRequest for Access {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let caller = Caller::from_request(request, payload).into_inner();
        let secret = SecretHeader::from_request(request, payload).into_inner();
        ready(match (caller, secret) {
            (Err(problem), _) | (_, Err(problem)) => Err(problem),
            (_, Ok(SecretHeader(Some(secret)))) => Ok(Self::Secret(secret)),
            (Ok(Caller::SignedIn(signed_in)), _) => Ok(Self::Token(signed_in)),
            (Ok(Caller::Visitor), _) => {
                let detail = "send `Appointment-Secret`, or sign in";
                Err(Problem::because(Code::Unauthenticated, detail))
            }
        })
    }
}

/// What the data base keeps of a secret.
pub(super) fn hash(vault: &Vault, secret: &Secret) -> [u8; 32] {
    vault.hash("appointment-secret", &[secret.reveal().as_bytes()])
}

impl Access {
    /// Begins a transaction in which the walls are open for whoever holds this key.
    pub(super) async fn enter(&self, app: &App) -> Result<(Transaction, Actor), Problem> {
        match self {
            Self::Secret(secret) => {
                let transaction = app.database.visitor(Some(hash(&app.vault, secret))).await?;
                Ok((transaction, Actor::Visitor))
            }
            Self::Token(signed_in) => {
                let (transaction, staff) = app.staff(signed_in).await?;
                Ok((transaction, Actor::Staff(staff)))
            }
        }
    }

    /// Binds an idempotency key to whoever holds this key.
    pub(super) fn binds(&self, app: &App, attempt: Attempt) -> Result<OwnAttempt, Problem> {
        match self {
            Self::Secret(secret) => attempt.by_holder(hash(&app.vault, secret)),
            Self::Token(signed_in) => Ok(attempt.by(signed_in)),
        }
    }
}

/// The appointment, if it is there for the actor; a member who may see it and not change it learns that.
pub(super) fn permitted(
    found: Option<Found>,
    actor: &Actor,
    permission: Permission,
) -> Result<Found, Problem> {
    let found = found.ok_or_else(Problem::not_found)?;
    if let Actor::Staff(staff) = actor {
        if !found.appointment.visible_to(staff) {
            return Err(Problem::not_found());
        }
        let appointment = &found.appointment;
        permit_for(
            staff,
            permission,
            appointment.organisation_id,
            appointment.place.counsellor_id,
        )?;
    }
    Ok(found)
}
