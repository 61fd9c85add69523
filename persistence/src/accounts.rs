//! Accounts: who signs in.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Bool, Text, Timestamptz, Uuid as SqlUuid};
use domain::account::Account;
use domain::contact::Email;
use domain::ids::AccountId;
use domain::line::Line;
use domain::permission::Role;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::statement::Statement;
use crate::stored::parsed;
use crate::transaction::Transaction;

/// An account with the hash of its password, which the issuer alone can read.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub account: Account,
    /// In PHC format.
    pub password_hash: String,
}

/// The constraint that refuses a second account with the same address.
pub const EMAIL_TAKEN: &str = "accounts_email_key";

#[derive(QueryableByName)]
pub(crate) struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Text)]
    display_name: String,
    #[diesel(sql_type = Bool)]
    network_coordinator: bool,
}

#[derive(QueryableByName)]
struct CredentialsRow {
    #[diesel(embed)]
    account: Row,
    #[diesel(sql_type = Text)]
    password_hash: String,
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// What is needed to sign in with that address. In a transaction of the issuer.
pub async fn credentials(
    transaction: &mut Transaction,
    email: &Email,
) -> Result<Option<Credentials>> {
    let query = Statement::new(
        "SELECT id, email, display_name, network_coordinator, password_hash
         FROM accounts WHERE email = $1",
    );
    let query = query.bind::<Text, _>(email.as_str().to_owned());
    let row: Option<CredentialsRow> = transaction.ask_one(query).await?;
    row.map(TryInto::try_into).transpose()
}

/// One account, as far as the transaction's rights reach.
pub async fn find(transaction: &mut Transaction, id: AccountId) -> Result<Option<Account>> {
    let query = Statement::new(
        "SELECT id, email, display_name, network_coordinator FROM accounts WHERE id = $1",
    );
    let row: Option<Row> = transaction
        .ask_one(query.bind::<SqlUuid, _>(id.uuid()))
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// Somebody who holds the role in the organisation of that slug, or anywhere for the network's own
/// role; the one whose account is oldest. In a transaction of the issuer.
pub async fn holder_of(
    transaction: &mut Transaction,
    role: Role,
    slug: &str,
) -> Result<Option<AccountId>> {
    let query = match role {
        Role::NetworkCoordinator => {
            Statement::new("SELECT id FROM accounts WHERE network_coordinator ORDER BY id LIMIT 1")
        }
        Role::Counsellor | Role::Coordinator | Role::Administrator => Statement::new(
            "SELECT m.account_id AS id
             FROM memberships m JOIN organisations o ON o.id = m.organisation_id
             WHERE o.slug = $1 AND m.role = $2
             ORDER BY m.account_id LIMIT 1",
        )
        .bind::<Text, _>(slug.to_owned())
        .bind::<Text, _>(role.as_str()),
    };
    let row: Option<IdRow> = transaction.ask_one(query).await?;
    Ok(row.map(|row| row.id.into()))
}

/// Refused by [`EMAIL_TAKEN`] where the address has an account. In a transaction of the issuer.
pub fn insert(
    transaction: &mut Transaction,
    account: &Account,
    password_hash: String,
    now: DateTime<Utc>,
) {
    let insert = Statement::new(
        "INSERT INTO accounts (id, email, display_name, password_hash, network_coordinator, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    );
    transaction.queue(
        insert
            .bind::<SqlUuid, _>(account.id.uuid())
            .bind::<Text, _>(account.email.as_str().to_owned())
            .bind::<Text, _>(account.display_name.to_string())
            .bind::<Text, _>(password_hash)
            .bind::<Bool, _>(account.network_coordinator)
            .bind::<Timestamptz, _>(now),
    );
}

impl TryFrom<Row> for Account {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            email: parsed("account", &row.email)?,
            display_name: Line::new(&row.display_name)
                .map_err(|error| Error::corrupt("account", error))?,
            network_coordinator: row.network_coordinator,
        })
    }
}

impl TryFrom<CredentialsRow> for Credentials {
    type Error = Error;

    fn try_from(row: CredentialsRow) -> Result<Self> {
        Ok(Self {
            account: row.account.try_into()?,
            password_hash: row.password_hash,
        })
    }
}
