//! What every handler can reach.

use std::future::{Ready, ready};
use std::ops::Deref;
use std::sync::Arc;

use actix_web::http::header::HeaderValue;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, dev};
use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::Staff;
use persistence::acting::Reader;
use persistence::vault::Vault;
use persistence::{Database, Transaction};

use crate::authentication::{Caller, Issuer, SignedIn};
use crate::clock::Clock;
use crate::problems::{Code, Problem};
use crate::throttle::Throttle;

/// Shared by all workers of the program; holds no state of its own.
#[derive(Debug, Clone)]
pub struct App {
    pub database: Database,
    pub vault: Vault,
    pub clock: Clock,
    pub issuer: Arc<Issuer>,
    pub throttle: Arc<Throttle>,
    /// Where callers reach this program, without a slash at the end.
    pub base_url: String,
    /// Whom to tell of a weakness, if somebody is named.
    pub security_contact: Option<String>,
    /// Whether it serves the demo network: callers may say what time it is.
    pub sandbox: bool,
}

/// As all handlers of a worker share it.
pub type SharedApp = Data<App>;

/// The argument through which handlers receive it. In the demo network its clock shows the time that
/// the request names.
#[derive(Debug)]
pub struct AppData(Arc<App>);

impl Deref for AppData {
    type Target = App;

    fn deref(&self) -> &App {
        &self.0
    }
}

/// When a request takes place, in the demo network.
const TEST_CLOCK: &str = "Test-Clock";

/// How far from the real time that may be.
const FURTHEST: TimeDelta = TimeDelta::days(800);

impl FromRequest for AppData {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let Some(app) = request.app_data::<SharedApp>() else {
            return ready(Err(Problem::new(Code::Internal)));
        };
        ready(match request.headers().get(TEST_CLOCK) {
            None => Ok(Self(Arc::clone(app))),
            Some(shown) => app.at(shown).map(|app| Self(Arc::new(app))),
        })
    }
}

impl App {
    /// The same at another time.
    fn at(&self, shown: &HeaderValue) -> Result<Self, Problem> {
        let refused = |why: &str| Problem::header(Code::InvalidRequest, TEST_CLOCK, why);
        if !self.sandbox {
            return Err(refused("only the demo network takes place at other times"));
        }
        let instant = shown.to_str().ok().and_then(|text| text.parse().ok());
        let instant: DateTime<Utc> =
            instant.ok_or_else(|| refused("is an instant as in 2027-03-28T01:59:00+01:00"))?;
        if (instant - self.clock.now()).abs() > FURTHEST {
            return Err(refused("is at most 800 days from now"));
        }
        Ok(Self {
            clock: self.clock.showing(instant),
            ..self.clone()
        })
    }

    /// Begins the transaction of somebody who signed in.
    pub async fn staff(&self, caller: &SignedIn) -> Result<(Transaction, Staff), Problem> {
        let found = self.database.staff(caller.account_id).await?;
        found.ok_or_else(account_gone)
    }

    /// Reads with the rights of somebody who signed in.
    pub async fn staff_reader(&self, caller: &SignedIn) -> Result<(Reader, Staff), Problem> {
        let (transaction, staff) = self.staff(caller).await?;
        Ok((Reader::Staff(transaction, staff.clone()), staff))
    }

    /// Reads with the rights of the caller.
    pub async fn reader(&self, caller: &Caller) -> Result<Reader, Problem> {
        match caller {
            Caller::Visitor => Ok(self.database.public_reader().await?),
            Caller::SignedIn(signed_in) => {
                let (transaction, staff) = self.staff(signed_in).await?;
                Ok(Reader::Staff(transaction, staff))
            }
        }
    }
}

/// For a good token of somebody who was removed since.
pub fn account_gone() -> Problem {
    Problem::because(
        Code::Unauthenticated,
        "this account does not exist any more",
    )
}
