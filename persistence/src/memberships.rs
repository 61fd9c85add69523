//! Memberships: what an account is in which organisation.

use std::collections::BTreeSet;

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Uuid as SqlUuid};
use domain::ids::{AccountId, OrganisationId};
use domain::membership::{Member, Roles};
use domain::permission::Role;
use uuid::Uuid;

use crate::accounts;
use crate::error::{Error, Result};
use crate::statement::Statement;
use crate::stored::parsed_set;
use crate::transaction::Transaction;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(embed)]
    account: accounts::Row,
    #[diesel(sql_type = Array<Text>)]
    roles: Vec<String>,
}

#[derive(QueryableByName)]
struct AccountRow {
    #[diesel(sql_type = SqlUuid)]
    account_id: Uuid,
}

/// At most `limit` members of the organisation in the order of their accounts' ids, those after
/// `after`.
pub async fn list(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    after: Option<AccountId>,
    limit: i64,
) -> Result<Vec<Member>> {
    let query = Statement::new(
        "SELECT m.organisation_id, a.id, a.email, a.display_name, a.network_coordinator,
                array_agg(m.role) AS roles
         FROM memberships m JOIN accounts a ON a.id = m.account_id
         WHERE m.organisation_id = $1 AND ($2 IS NULL OR m.account_id > $2)
         GROUP BY m.organisation_id, a.id, a.email, a.display_name, a.network_coordinator
         ORDER BY a.id LIMIT $3",
    );
    let query = query
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Nullable<SqlUuid>, _>(after.map(AccountId::uuid))
        .bind::<BigInt, _>(limit);
    let rows: Vec<Row> = transaction.ask(query).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub async fn find(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    account: AccountId,
) -> Result<Option<Member>> {
    let query = Statement::new(
        "SELECT m.organisation_id, a.id, a.email, a.display_name, a.network_coordinator,
                array_agg(m.role) AS roles
         FROM memberships m JOIN accounts a ON a.id = m.account_id
         WHERE m.organisation_id = $1 AND m.account_id = $2
         GROUP BY m.organisation_id, a.id, a.email, a.display_name, a.network_coordinator",
    );
    let query = query
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<SqlUuid, _>(account.uuid());
    let row: Option<Row> = transaction.ask_one(query).await?;
    row.map(TryInto::try_into).transpose()
}

/// The member for a change, and all administrators beside. Changes in one organisation wait for
/// each other, so that two administrators cannot remove one another at the same time.
pub async fn find_for_update(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    account: AccountId,
) -> Result<Option<(Member, BTreeSet<AccountId>)>> {
    let lock = Statement::new("SELECT id FROM organisations WHERE id = $1 FOR NO KEY UPDATE");
    transaction.queue(lock.bind::<SqlUuid, _>(organisation.uuid()));
    let Some(member) = find(transaction, organisation, account).await? else {
        return Ok(None);
    };
    let query = Statement::new(
        "SELECT account_id FROM memberships WHERE organisation_id = $1 AND role = $2",
    );
    let query = query
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Text, _>(Role::Administrator.as_str());
    let rows: Vec<AccountRow> = transaction.ask(query).await?;
    let administrators = rows.into_iter().map(|row| row.account_id.into()).collect();
    Ok(Some((member, administrators)))
}

/// Whether the organisation has an administrator, for whoever coordinates the network: the wall
/// hides its members from them, and is open for this organisation alone from now on until the
/// transaction ends.
pub async fn has_administrator(
    transaction: &mut Transaction,
    organisation: OrganisationId,
) -> Result<bool> {
    let open = Statement::new("SELECT set_config('app.organisations', ARRAY[$1]::text, true)");
    transaction.queue(open.bind::<SqlUuid, _>(organisation.uuid()));
    let query = Statement::new(
        "SELECT account_id FROM memberships WHERE organisation_id = $1 AND role = $2 LIMIT 1",
    );
    let query = query
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Text, _>(Role::Administrator.as_str());
    let row: Option<AccountRow> = transaction.ask_one(query).await?;
    Ok(row.is_some())
}

/// Adds the roles to whatever the account has.
pub fn grant(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    account: AccountId,
    roles: &Roles,
) {
    let insert = Statement::new(
        "INSERT INTO memberships (organisation_id, account_id, role)
         SELECT $1, $2, role FROM unnest($3) AS role
         ON CONFLICT DO NOTHING",
    );
    transaction.queue(
        insert
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<SqlUuid, _>(account.uuid())
            .bind::<Array<Text>, _>(names(roles)),
    );
}

/// Stores a locked member's roles in place of the former ones.
pub fn update(transaction: &mut Transaction, member: &Member) {
    let delete = Statement::new(
        "DELETE FROM memberships
         WHERE organisation_id = $1 AND account_id = $2 AND NOT role = ANY ($3)",
    );
    transaction.queue(
        delete
            .bind::<SqlUuid, _>(member.organisation_id.uuid())
            .bind::<SqlUuid, _>(member.account.id.uuid())
            .bind::<Array<Text>, _>(names(&member.roles)),
    );
    grant(
        transaction,
        member.organisation_id,
        member.account.id,
        &member.roles,
    );
}

/// Ends a locked membership; the account stays.
pub fn remove(transaction: &mut Transaction, member: &Member) {
    let delete =
        Statement::new("DELETE FROM memberships WHERE organisation_id = $1 AND account_id = $2");
    transaction.queue(
        delete
            .bind::<SqlUuid, _>(member.organisation_id.uuid())
            .bind::<SqlUuid, _>(member.account.id.uuid()),
    );
}

pub(crate) fn names(roles: &Roles) -> Vec<String> {
    roles.iter().map(|role| role.to_string()).collect()
}

pub(crate) fn roles(what: &'static str, names: &[String]) -> Result<Roles> {
    Roles::new(parsed_set(what, names)?).map_err(|error| Error::corrupt(what, error))
}

impl TryFrom<Row> for Member {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            organisation_id: row.organisation_id.into(),
            account: row.account.try_into()?,
            roles: roles("membership", &row.roles)?,
        })
    }
}
