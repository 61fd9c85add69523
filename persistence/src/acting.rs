//! Transactions on behalf of somebody: what the walls of the data base are told.

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Bool, Nullable, Text, Uuid as SqlUuid};
use diesel_async::AsyncPgConnection;
use diesel_async::methods::LoadQuery;
use domain::actor::Staff;
use domain::ids::{AccountId, OrganisationId};
use domain::permission::Role;
use uuid::Uuid;

use crate::connection::Connection;
use crate::database::{Database, Rights};
use crate::error::{Error, Result};
use crate::statement::Statement;
use crate::transaction::Transaction;

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
        transaction.queue(
            Statement::new("SELECT set_config('app.account', $1::text, true)")
                .bind::<SqlUuid, _>(account.uuid()),
        );
        transaction.queue(Statement::new(OPEN_WALLS).bind::<SqlUuid, _>(account.uuid()));
        let rows: Vec<MembershipRow> = transaction
            .ask(Statement::new(MEMBERSHIPS).bind::<SqlUuid, _>(account.uuid()))
            .await?;
        let Some(first) = rows.first() else {
            transaction.rollback().await;
            return Ok(None);
        };
        let mut staff = Staff {
            account_id: account,
            network_coordinator: first.network_coordinator,
            memberships: BTreeSet::new(),
            counsellors: BTreeSet::new(),
        };
        for row in &rows {
            let (Some(organisation), Some(role)) = (row.organisation_id, &row.role) else {
                continue;
            };
            let role: Role = role
                .parse()
                .map_err(|error| Error::corrupt("membership", error))?;
            staff.memberships.insert((organisation.into(), role));
            if let Some(counsellor) = row.counsellor_id {
                staff
                    .counsellors
                    .insert((organisation.into(), counsellor.into()));
            }
        }
        Ok(Some((transaction, staff)))
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

const OPEN_WALLS: &str = "
    SELECT set_config('app.organisations', coalesce((SELECT array_agg(DISTINCT organisation_id)
                                            FROM memberships WHERE account_id = $1), '{}')::text, true),
           set_config('app.network', (SELECT network_coordinator FROM accounts WHERE id = $1)::text, true)";

const MEMBERSHIPS: &str = "
    SELECT a.network_coordinator, m.organisation_id, m.role, c.id AS counsellor_id
    FROM accounts a
    LEFT JOIN memberships m ON m.account_id = a.id
    LEFT JOIN counsellors c ON c.organisation_id = m.organisation_id AND c.account_id = a.id
                           AND c.archived_at IS NULL
    WHERE a.id = $1";

#[derive(QueryableByName)]
struct MembershipRow {
    #[diesel(sql_type = Bool)]
    network_coordinator: bool,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    organisation_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    role: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    counsellor_id: Option<Uuid>,
}

impl Transaction {
    /// Opens the walls for what the secret or token with that hash opens.
    pub(crate) fn show_secret(&mut self, hash: [u8; 32]) {
        self.set("app.secret_hash", hex(hash));
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
