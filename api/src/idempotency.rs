//! `Idempotency-Key`: a request that is sent again has its effect once, and gets its answer again.

use std::future::{Ready, ready};

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev};
use persistence::Transaction;
use persistence::idempotency::{Attempt as Hashed, Known};
use persistence::vault::fingerprint;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::authentication::{Caller, SignedIn};
use crate::extract::IdempotencyKey;
use crate::extract::idempotency_key;
use crate::problems::{Code, Problem};
use crate::views;

/// The key of a request, if it was sent with one.
#[derive(Debug, Clone)]
pub struct Attempt(Option<IdempotencyKey>);

impl FromRequest for Attempt {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(idempotency_key(request.headers()).map(Self))
    }
}

impl Attempt {
    /// For operations that insist on a key.
    pub fn required(self) -> Result<Self, Problem> {
        IdempotencyKey::required(self.0).map(|key| Self(Some(key)))
    }

    /// Binds the key to a caller with a token.
    #[must_use]
    pub fn by(self, caller: &SignedIn) -> OwnAttempt {
        OwnAttempt {
            key: self.0,
            caller: caller.account_id.to_string(),
        }
    }

    /// Binds the key to whoever holds the secret with that hash.
    pub fn by_holder(self, secret_hash: [u8; 32]) -> Result<OwnAttempt, Problem> {
        let key = self.0.map(IdempotencyKey::unguessable).transpose()?;
        Ok(OwnAttempt {
            key,
            caller: format!("holder {secret_hash:?}"),
        })
    }

    /// Binds the key to whoever calls; without a token it must be a UUID.
    pub fn by_anyone(self, caller: &Caller) -> Result<OwnAttempt, Problem> {
        match caller {
            Caller::SignedIn(signed_in) => Ok(self.by(signed_in)),
            Caller::Visitor => Ok(OwnAttempt {
                key: self.0.map(IdempotencyKey::unguessable).transpose()?,
                caller: "visitor".to_owned(),
            }),
        }
    }
}

/// A key with its caller.
#[derive(Debug)]
pub struct OwnAttempt {
    key: Option<IdempotencyKey>,
    caller: String,
}

impl OwnAttempt {
    /// Binds the key to the request: its operation (with the id it is about) and its body.
    #[must_use]
    pub fn with(self, app: &App, operation: &str, body: &[u8]) -> KeyedRequest {
        let Some(key) = self.key else {
            return KeyedRequest(None);
        };
        let parts = [
            self.caller.as_bytes(),
            operation.as_bytes(),
            key.as_str().as_bytes(),
        ];
        let hashed = Hashed {
            key_hash: app.vault.hash("idempotency", &parts),
            request_hash: fingerprint(body),
        };
        KeyedRequest(Some(Keyed { key, hashed }))
    }
}

/// A request that may have been answered before. Without a key it never was.
#[derive(Debug)]
pub struct KeyedRequest(Option<Keyed>);

#[derive(Debug)]
struct Keyed {
    key: IdempotencyKey,
    hashed: Hashed,
}

/// What is kept of an answer.
#[derive(Serialize, Deserialize)]
struct Answer {
    location: Option<String>,
    etag: Option<String>,
    body: serde_json::Value,
}

impl KeyedRequest {
    #[must_use]
    pub fn hashed(&self) -> Option<Hashed> {
        self.0.as_ref().map(|keyed| keyed.hashed)
    }

    /// The answer that was given before, if any; otherwise the key is this transaction's.
    pub async fn answered(
        &self,
        app: &App,
        transaction: &mut Transaction,
    ) -> Result<Option<HttpResponse>, Problem> {
        let Some(keyed) = &self.0 else {
            return Ok(None);
        };
        let known = transaction.attempt(&keyed.hashed, app.clock.now()).await?;
        self.answer_known(app, known)
    }

    /// As [`KeyedRequest::answered`], when what is known was asked along with something else.
    pub fn answer_known(&self, app: &App, known: Known) -> Result<Option<HttpResponse>, Problem> {
        let Some(keyed) = &self.0 else {
            return Ok(None);
        };
        match known {
            Known::Fresh => Ok(None),
            Known::InProgress => Err(Problem::new(Code::IdempotencyInProgress).retry_after(1)),
            Known::OtherRequest => Err(Problem::header(
                Code::IdempotencyKeyReused,
                "Idempotency-Key",
                "was sent with another request",
            )),
            Known::Answered { status, sealed } => {
                let word = keyed.key.as_str().as_bytes();
                let opened = app
                    .vault
                    .open_under(word, &keyed.hashed.key_hash, &sealed)?;
                let answer: Answer = serde_json::from_slice(&opened).map_err(broken)?;
                let status = StatusCode::from_u16(status).map_err(broken)?;
                Ok(Some(answer.respond(status)))
            }
        }
    }

    /// Commits the change together with its answer, and answers 201.
    pub async fn created(
        self,
        app: &App,
        transaction: Transaction,
        location: &str,
        version: i64,
        view: &impl Serialize,
    ) -> Result<HttpResponse, Problem> {
        let location = Some(location.to_owned());
        self.commit(
            app,
            transaction,
            StatusCode::CREATED,
            location,
            Some(version),
            view,
        )
        .await
    }

    /// Commits the change together with its answer, and answers 200.
    pub async fn changed(
        self,
        app: &App,
        transaction: Transaction,
        version: i64,
        view: &impl Serialize,
    ) -> Result<HttpResponse, Problem> {
        self.commit(app, transaction, StatusCode::OK, None, Some(version), view)
            .await
    }

    /// As [`KeyedRequest::created`], of what is changed through its parts alone.
    pub async fn created_without_version(
        self,
        app: &App,
        transaction: Transaction,
        location: &str,
        view: &impl Serialize,
    ) -> Result<HttpResponse, Problem> {
        let location = Some(location.to_owned());
        let created = StatusCode::CREATED;
        self.commit(app, transaction, created, location, None, view)
            .await
    }

    /// As [`KeyedRequest::changed`], for what has no version.
    pub async fn done(
        self,
        app: &App,
        transaction: Transaction,
        view: &impl Serialize,
    ) -> Result<HttpResponse, Problem> {
        self.commit(app, transaction, StatusCode::OK, None, None, view)
            .await
    }

    async fn commit(
        self,
        app: &App,
        mut transaction: Transaction,
        status: StatusCode,
        location: Option<String>,
        version: Option<i64>,
        view: &impl Serialize,
    ) -> Result<HttpResponse, Problem> {
        let body = serde_json::to_value(view).map_err(broken)?;
        let answer = Answer {
            location,
            etag: version.map(views::etag),
            body,
        };
        if let Some(keyed) = self.0 {
            let plain = serde_json::to_vec(&answer).map_err(broken)?;
            let word = keyed.key.as_str().as_bytes();
            let sealed = app.vault.seal_under(word, &keyed.hashed.key_hash, &plain)?;
            transaction.remember(&keyed.hashed, status.as_u16(), sealed, app.clock.now());
        }
        transaction.commit().await?;
        Ok(answer.respond(status))
    }
}

impl Answer {
    fn respond(self, status: StatusCode) -> HttpResponse {
        let mut response = HttpResponse::build(status);
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        if let Some(etag) = self.etag {
            response.insert_header((header::ETAG, etag));
        }
        response
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(self.body)
    }
}

fn broken(error: impl std::fmt::Display) -> Problem {
    log::error!("an answer cannot be kept or read again: {error}");
    Problem::new(Code::Internal)
}
