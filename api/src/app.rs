//! What every handler can reach.

use std::sync::Arc;

use actix_web::web::Data;
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
}

/// The argument through which handlers receive it.
pub type AppData = Data<App>;

impl App {
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
