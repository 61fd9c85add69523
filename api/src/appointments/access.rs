use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev};
use domain::actor::{Actor, Staff};
use domain::code::Secret;
use domain::ids::{AppointmentId, SeriesId, WaitlistEntryId};
use domain::permission::Permission;
use persistence::Transaction;
use persistence::appointments::{self, Found};
use persistence::series::{self, FoundSeries};
use persistence::vault::Vault;
use persistence::waitlist;

use crate::app::{App, account_gone};
use crate::authentication::{Caller, SignedIn};
use crate::extract::SecretHeader;
use crate::idempotency::{Attempt, OwnAttempt};
use crate::permit::permit_for;
use crate::problems::{Code, Problem};
use crate::tenant;
use crate::throttle::Source;

/// Somebody with a key to an appointment. Wrong keys are counted by source.
#[derive(Debug, Clone)]
pub struct Access {
    key: Key,
    source: Source,
}

/// The secret of the appointment, or a token.
#[derive(Debug, Clone)]
enum Key {
    Secret(Secret),
    Token(SignedIn),
}

impl FromRequest for Access {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let source = Source::from_request(request, payload).into_inner();
        let caller = Caller::from_request(request, payload).into_inner();
        let secret = SecretHeader::from_request(request, payload).into_inner();
        ready(key(caller, secret).and_then(|key| {
            Ok(Self {
                key,
                source: source?,
            })
        }))
    }
}

fn key(
    caller: Result<Caller, Problem>,
    secret: Result<SecretHeader, Problem>,
) -> Result<Key, Problem> {
    match (caller?, secret?) {
        (_, SecretHeader(Some(secret))) => Ok(Key::Secret(secret)),
        (Caller::SignedIn(signed_in), _) => Ok(Key::Token(signed_in)),
        (Caller::Visitor, _) => {
            let detail = "send `Appointment-Secret`, or sign in";
            Err(Problem::because(Code::Unauthenticated, detail))
        }
    }
}

/// What the data base keeps of a secret.
pub(crate) fn hash(vault: &Vault, secret: &Secret) -> [u8; 32] {
    vault.hash("appointment-secret", &[secret.reveal().as_bytes()])
}

impl Access {
    /// Begins a transaction in which the walls are open for whoever holds this key.
    pub(crate) async fn enter(&self, app: &App) -> Result<(Transaction, Actor), Problem> {
        match &self.key {
            Key::Secret(secret) => {
                let transaction = app
                    .database
                    .visitor(Some(hash(&app.vault, secret)), app.clock.now())
                    .await?;
                Ok((transaction, Actor::Visitor))
            }
            Key::Token(signed_in) => {
                let (transaction, staff) = app.staff(signed_in).await?;
                Ok((transaction, Actor::Staff(staff)))
            }
        }
    }

    /// The appointment, if the walls let whoever holds this key see it, and who that is.
    pub(crate) async fn find(
        &self,
        app: &App,
        id: AppointmentId,
    ) -> Result<(Option<Found>, Actor), Problem> {
        match &self.key {
            Key::Secret(secret) => {
                let hash = hash(&app.vault, secret);
                let found = appointments::find_as_holder(&app.database, hash, id).await?;
                Ok((found, Actor::Visitor))
            }
            Key::Token(SignedIn { account_id }) => {
                let found = appointments::find_as_staff(&app.database, *account_id, id).await?;
                let (staff, found) = found.ok_or_else(account_gone)?;
                Ok((found, Actor::Staff(staff)))
            }
        }
    }

    /// The series, if the walls let whoever holds this key see it, and who that is.
    pub(crate) async fn find_series(
        &self,
        app: &App,
        id: SeriesId,
    ) -> Result<(Option<FoundSeries>, Actor), Problem> {
        match &self.key {
            Key::Secret(secret) => {
                let hash = hash(&app.vault, secret);
                let found = series::find_as_holder(&app.database, hash, id).await?;
                Ok((found, Actor::Visitor))
            }
            Key::Token(SignedIn { account_id }) => {
                let found = series::find_as_staff(&app.database, *account_id, id).await?;
                let (staff, found) = found.ok_or_else(account_gone)?;
                Ok((found, Actor::Staff(staff)))
            }
        }
    }

    /// The waiting-list entry, if the walls let whoever holds this key see it, and who that is.
    pub(crate) async fn find_entry(
        &self,
        app: &App,
        id: WaitlistEntryId,
    ) -> Result<(Option<waitlist::Found>, Actor), Problem> {
        match &self.key {
            Key::Secret(secret) => {
                let hash = hash(&app.vault, secret);
                let found = waitlist::find_as_holder(&app.database, hash, id).await?;
                Ok((found, Actor::Visitor))
            }
            Key::Token(SignedIn { account_id }) => {
                let found = waitlist::find_as_staff(&app.database, *account_id, id).await?;
                let (staff, found) = found.ok_or_else(account_gone)?;
                Ok((found, Actor::Staff(staff)))
            }
        }
    }

    /// What whoever holds this key is told when it opens nothing here.
    pub(crate) fn nothing_there(&self, app: &App) -> Problem {
        match self.key {
            Key::Secret(_) => app.throttle.wrong_secret(self.source, Problem::not_found()),
            Key::Token(_) => Problem::not_found(),
        }
    }

    /// Binds an idempotency key to whoever holds this key.
    pub(crate) fn binds(&self, app: &App, attempt: Attempt) -> Result<OwnAttempt, Problem> {
        match &self.key {
            Key::Secret(secret) => attempt.by_holder(hash(&app.vault, secret)),
            Key::Token(signed_in) => Ok(attempt.by(signed_in)),
        }
    }

    /// The appointment, if it is there for the actor; a member who may see it and not change it
    /// learns that.
    pub(crate) fn permitted(
        &self,
        app: &App,
        found: Option<Found>,
        actor: &Actor,
        permission: Permission,
    ) -> Result<Found, Problem> {
        let found = found.ok_or_else(|| self.nothing_there(app))?;
        tenant::note(found.appointment.organisation_id);
        if let Actor::Staff(staff) = actor {
            permitted_to(staff, &found, permission)?;
        }
        Ok(found)
    }
}

/// Staff who may not see it learn nothing; those who may see it learn that they may not change it.
pub(crate) fn permitted_to(
    staff: &Staff,
    found: &Found,
    permission: Permission,
) -> Result<(), Problem> {
    let appointment = &found.appointment;
    if !appointment.visible_to(staff) {
        return Err(Problem::not_found());
    }
    permit_for(
        staff,
        permission,
        appointment.organisation_id,
        appointment.counsellor_for(staff),
    )
}
