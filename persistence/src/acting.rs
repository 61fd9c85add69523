//! Transactions on behalf of somebody: what the walls of the data base are told.

mod finding;

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Nullable, Text, Uuid as SqlUuid};
use diesel_async::AsyncPgConnection;
use diesel_async::methods::LoadQuery;
use domain::actor::Staff;
use domain::ids::{AccountId, OrganisationId};
use domain::permission::Role;
use uuid::Uuid;

use crate::connection::Connection;
use crate::database::{Database, Rights};
use crate::error::Result;
use crate::statement::Statement;
use crate::stored::parsed;
use crate::transaction::Transaction;
pub(crate) use finding::{as_holder, as_staff};

impl Database {
    /// A visitor's transaction, with the hash of the secret or token that was shown.
    pub async fn visitor(
        &self,
        shown_secret: Option<[u8; 32]>,
        now: DateTime<Utc>,
    ) -> Result<Transaction> {
        let mut transaction = self.transaction(Rights::Public).await?;
        transaction.set("app.now", now.to_rfc3339_opts(SecondsFormat::Micros, true));
        if let Some(hash) = shown_secret {
            transaction.show_secret(hash);
        }
        Ok(transaction)
    }

    /// The transaction of somebody who signed in, and who they are at this moment. `None` when the
    /// account is gone. The walls are open for their organisations, and for nothing else.
    pub async fn staff(&self, account: AccountId) -> Result<Option<(Transaction, Staff)>> {
        let mut transaction = self.transaction(Rights::Staff).await?;
        let act = Statement::new("SELECT * FROM act_as($1)").bind::<SqlUuid, _>(account.uuid());
        let Some(row) = transaction.ask_one::<StaffRow, _>(act).await? else {
            transaction.rollback().await;
            return Ok(None);
        };
        Ok(Some((transaction, row.staff(account)?)))
    }

    /// The transaction of the issuer of tokens: accounts, memberships and keys of the whole network,
    /// and nothing of any appointment.
    pub async fn issuer(&self) -> Result<Transaction> {
        self.transaction(Rights::Issuer).await
    }

    /// The program's own transaction for one organisation: the demo network, a one-off session.
    pub async fn program(&self, organisation: OrganisationId) -> Result<Transaction> {
        let mut transaction = self.transaction(Rights::Staff).await?;
        let walls = Statement::new(
            "SELECT set_config('app.organisations', ARRAY[$1]::text, true), set_config('app.network', 'true', true)",
        );
        transaction.queue(walls.bind::<SqlUuid, _>(organisation.uuid()));
        Ok(transaction)
    }
}

/// What `act_as` answers: organisations, and beside each a role and the counsellor of the account.
#[derive(QueryableByName)]
struct StaffRow {
    #[diesel(sql_type = Bool)]
    staff_network: bool,
    #[diesel(sql_type = Array<SqlUuid>)]
    staff_organisations: Vec<Uuid>,
    #[diesel(sql_type = Array<Text>)]
    staff_roles: Vec<String>,
    #[diesel(sql_type = Array<Nullable<SqlUuid>>)]
    staff_counsellors: Vec<Option<Uuid>>,
}

impl StaffRow {
    fn staff(self, account: AccountId) -> Result<Staff> {
        let mut staff = Staff {
            account_id: account,
            network_coordinator: self.staff_network,
            memberships: BTreeSet::new(),
            counsellors: BTreeSet::new(),
        };
        let places = self.staff_organisations.into_iter();
        let places = places.zip(self.staff_roles).zip(self.staff_counsellors);
        for ((organisation, role), counsellor) in places {
            let role: Role = parsed("membership", &role)?;
            staff.memberships.insert((organisation.into(), role));
            if let Some(counsellor) = counsellor {
                let whom = (organisation.into(), counsellor.into());
                staff.counsellors.insert(whom);
            }
        }
        Ok(staff)
    }
}

impl Transaction {
    /// Opens the walls for what the secret or token with that hash opens.
    pub(crate) fn show_secret(&mut self, hash: [u8; 32]) {
        self.set("app.secret_hash", hex(hash));
    }

    /// Opens the walls for what is known of whoever gave an address or a number with that hash.
    pub(crate) fn show_contacts(&mut self, hashes: &[[u8; 32]]) {
        let shown: Vec<_> = hashes.iter().copied().map(hex).collect();
        self.set("app.contact_hashes", shown.join(","));
    }

    /// Opens the walls for the answer that is kept under the key with that hash.
    pub(crate) fn show_key(&mut self, hash: [u8; 32]) {
        self.set("app.key_hash", hex(hash));
    }
}

/// As the walls read it.
fn hex(hash: [u8; 32]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    hash.iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// Reads with the rights of whoever asks.
pub enum Reader {
    /// What is published. No transaction: one statement, one round trip.
    Public(Connection),
    /// What is published, and everything of the own organisations.
    Staff(Transaction, Staff),
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Public(_) => f.write_str("Reader::Public"),
            Self::Staff(_, staff) => f.debug_tuple("Reader::Staff").field(staff).finish(),
        }
    }
}

impl Reader {
    pub(crate) async fn ask<'c, R, Q>(&'c mut self, query: Q) -> Result<Vec<R>>
    where
        Q: LoadQuery<'static, &'c AsyncPgConnection, R> + Send + 'static,
        R: Send + 'static,
    {
        match self {
            Self::Public(connection) => connection.load(query).await,
            Self::Staff(transaction, _) => transaction.ask(query).await,
        }
    }

    pub(crate) async fn ask_one<'c, R, Q>(&'c mut self, query: Q) -> Result<Option<R>>
    where
        Q: LoadQuery<'static, &'c AsyncPgConnection, R> + Send + 'static,
        R: Send + 'static,
    {
        Ok(self.ask(query).await?.into_iter().next())
    }

    #[must_use]
    pub fn staff(&self) -> Option<&Staff> {
        match self {
            Self::Public(_) => None,
            Self::Staff(_, staff) => Some(staff),
        }
    }
}

impl Database {
    pub async fn public_reader(&self) -> Result<Reader> {
        Ok(Reader::Public(self.connection(Rights::Public).await?))
    }
}
