//! Invitations: offers of a membership.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{
    Array, BigInt, Binary, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::actor::Staff;
use domain::ids::{InvitationId, OrganisationId};
use domain::invitation::Invitation;
use domain::permission::Role;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::memberships::{names, roles};
use crate::statement::Statement;
use crate::stored::{parsed, parsed_set};
use crate::transaction::Transaction;

/// The constraint that refuses an invitation to an organisation that does not exist.
const NO_SUCH_ORGANISATION: &str = "invitations_organisation_fkey";

/// Which invitations a list has.
#[derive(Debug, Clone, Copy)]
pub struct Filter {
    pub organisation_id: OrganisationId,
    /// Only those that offer the role of an administrator and no other.
    pub administrators_only: bool,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Array<Text>)]
    roles: Vec<String>,
    #[diesel(sql_type = SqlUuid)]
    invited_by: Uuid,
    #[diesel(sql_type = Timestamptz)]
    expires_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct AuthorRow {
    #[diesel(sql_type = Bool)]
    network_coordinator: bool,
    #[diesel(sql_type = Array<Text>)]
    roles: Vec<String>,
    #[diesel(sql_type = Bool)]
    has_administrator: bool,
}

/// At most `limit` invitations that nobody has accepted, also expired ones, in the order in which
/// they were made, those after `after`.
pub async fn list(
    transaction: &mut Transaction,
    filter: &Filter,
    after: Option<InvitationId>,
    limit: i64,
) -> Result<Vec<Invitation>> {
    let query = Statement::new(
        "SELECT organisation_id, id, email, roles, invited_by, expires_at FROM invitations
         WHERE organisation_id = $1 AND accepted_at IS NULL AND ($2 IS NULL OR id > $2)
           AND (roles = ARRAY['administrator'] OR NOT $3)
         ORDER BY id LIMIT $4",
    );
    let query = query
        .bind::<SqlUuid, _>(filter.organisation_id.uuid())
        .bind::<Nullable<SqlUuid>, _>(after.map(InvitationId::uuid))
        .bind::<Bool, _>(filter.administrators_only)
        .bind::<BigInt, _>(limit);
    let rows: Vec<Row> = transaction.ask(query).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// An invitation that nobody has accepted.
pub async fn find(transaction: &mut Transaction, id: InvitationId) -> Result<Option<Invitation>> {
    let query = Statement::new(
        "SELECT organisation_id, id, email, roles, invited_by, expires_at FROM invitations
         WHERE id = $1 AND accepted_at IS NULL",
    );
    let row: Option<Row> = transaction
        .ask_one(query.bind::<SqlUuid, _>(id.uuid()))
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// The invitation that can be accepted with the token of that hash. In a transaction of the issuer.
pub async fn open(
    transaction: &mut Transaction,
    token_hash: [u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<Invitation>> {
    let query = Statement::new(
        "SELECT organisation_id, id, email, roles, invited_by, expires_at FROM invitations
         WHERE token_hash = $1 AND accepted_at IS NULL AND expires_at > $2",
    );
    let query = query
        .bind::<Binary, _>(token_hash.to_vec())
        .bind::<Timestamptz, _>(now);
    let row: Option<Row> = transaction.ask_one(query).await?;
    row.map(TryInto::try_into).transpose()
}

/// As [`open`], and marks it accepted: of several transactions at once, one gets it.
pub async fn accept(
    transaction: &mut Transaction,
    token_hash: [u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<Invitation>> {
    let query = Statement::new(
        "UPDATE invitations SET accepted_at = $2
         WHERE token_hash = $1 AND accepted_at IS NULL AND expires_at > $2
         RETURNING organisation_id, id, email, roles, invited_by, expires_at",
    );
    let query = query
        .bind::<Binary, _>(token_hash.to_vec())
        .bind::<Timestamptz, _>(now);
    let row: Option<Row> = transaction.ask_one(query).await?;
    row.map(TryInto::try_into).transpose()
}

/// What is known of whoever made an invitation, when it is accepted.
#[derive(Debug, Clone)]
pub struct Author {
    /// With their memberships in this organisation alone.
    pub staff: Staff,
    pub organisation_has_administrator: bool,
}

/// Who made the invitation, as they are now; `None` when their account is gone. In a transaction
/// of the issuer.
pub async fn author(
    transaction: &mut Transaction,
    invitation: &Invitation,
) -> Result<Option<Author>> {
    let query = Statement::new(
        "SELECT network_coordinator,
                ARRAY(SELECT role FROM memberships WHERE organisation_id = $1 AND account_id = $2) AS roles,
                EXISTS (SELECT FROM memberships WHERE organisation_id = $1 AND role = $3) AS has_administrator
         FROM accounts WHERE id = $2",
    );
    let query = query
        .bind::<SqlUuid, _>(invitation.organisation_id.uuid())
        .bind::<SqlUuid, _>(invitation.invited_by.uuid())
        .bind::<Text, _>(Role::Administrator.as_str());
    let row: Option<AuthorRow> = transaction.ask_one(query).await?;
    let Some(row) = row else { return Ok(None) };
    let roles: BTreeSet<Role> = parsed_set("membership", &row.roles)?;
    let organisation = invitation.organisation_id;
    Ok(Some(Author {
        staff: Staff {
            account_id: invitation.invited_by,
            network_coordinator: row.network_coordinator,
            memberships: roles.into_iter().map(|role| (organisation, role)).collect(),
            counsellors: BTreeSet::new(),
        },
        organisation_has_administrator: row.has_administrator,
    }))
}

/// Lets those who become administrators of one organisation wait for each other: a later one sees
/// the earlier. Travels with the next statement.
pub fn lock_those_of_administrators(transaction: &mut Transaction, organisation: OrganisationId) {
    let lock = Statement::new(
        "SELECT id FROM invitations
         WHERE organisation_id = $1 AND $2 = ANY (roles) AND accepted_at IS NULL
         ORDER BY id FOR UPDATE",
    );
    transaction.queue(
        lock.bind::<SqlUuid, _>(organisation.uuid())
            .bind::<Text, _>(Role::Administrator.as_str()),
    );
}

/// `false` where the organisation does not exist.
pub async fn insert(
    transaction: &mut Transaction,
    invitation: &Invitation,
    token_hash: [u8; 32],
) -> Result<bool> {
    let insert = Statement::new(
        "INSERT INTO invitations (organisation_id, id, email, roles, token_hash, invited_by, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    );
    transaction.queue(
        insert
            .bind::<SqlUuid, _>(invitation.organisation_id.uuid())
            .bind::<SqlUuid, _>(invitation.id.uuid())
            .bind::<Text, _>(invitation.email.as_str().to_owned())
            .bind::<Array<Text>, _>(names(&invitation.roles))
            .bind::<Binary, _>(token_hash.to_vec())
            .bind::<SqlUuid, _>(invitation.invited_by.uuid())
            .bind::<Timestamptz, _>(invitation.expires_at),
    );
    match transaction.flush().await {
        Err(error) if error.is_refused_by(NO_SUCH_ORGANISATION) => Ok(false),
        inserted => inserted.map(|_| true),
    }
}

/// Takes an invitation back. `false` when it was accepted or taken back meanwhile.
pub async fn withdraw(transaction: &mut Transaction, invitation: &Invitation) -> Result<bool> {
    let delete = Statement::new(
        "DELETE FROM invitations WHERE organisation_id = $1 AND id = $2 AND accepted_at IS NULL",
    );
    transaction.queue(
        delete
            .bind::<SqlUuid, _>(invitation.organisation_id.uuid())
            .bind::<SqlUuid, _>(invitation.id.uuid()),
    );
    Ok(transaction.flush().await? == 1)
}

impl TryFrom<Row> for Invitation {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            organisation_id: row.organisation_id.into(),
            email: parsed("invitation", &row.email)?,
            roles: roles("invitation", &row.roles)?,
            invited_by: row.invited_by.into(),
            expires_at: row.expires_at,
        })
    }
}
