//! Invitations: how an organisation gets its people.

mod accept;
mod create;
mod list;
mod withdraw;

use chrono::{DateTime, Utc};
use domain::actor::Staff;
use domain::code::Secret;
use domain::ids::{AccountId, InvitationId, OrganisationId};
use domain::invitation::{Invitation, Invites, LASTS};
use domain::permission::Permission;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use accept::accept_invitation;
pub use create::create_invitation;
pub use list::{get_invitation, list_invitations};
pub use withdraw::withdraw_invitation;

use crate::accounts::{names, read_roles};
use crate::app::App;
use crate::checks::Checks;
use crate::pages::page;
use crate::permit::permit;
use crate::problems::Problem;

/// Whom to invite, as what.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"organisation_id": "01990000-0000-7000-8000-000000000001",
    "email": "grace@example.org", "roles": ["coordinator"]}))]
pub struct InvitationBody {
    pub organisation_id: Uuid,
    #[schema(format = Email)]
    pub email: String,
    /// Of `counsellor, coordinator, administrator`; at least one.
    #[schema(min_items = 1)]
    pub roles: Vec<String>,
}

/// An invitation that nobody has accepted yet.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationView {
    pub id: Uuid,
    pub organisation_id: Uuid,
    #[schema(format = Email)]
    pub email: String,
    /// Of `counsellor, coordinator, administrator`.
    #[schema(example = json!(["coordinator"]))]
    pub roles: Vec<String>,
    /// The account that made it.
    pub invited_by: Uuid,
    /// From then on it cannot be accepted.
    pub expires_at: DateTime<Utc>,
}

/// A new invitation, with its token.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewInvitationView {
    pub id: Uuid,
    pub organisation_id: Uuid,
    #[schema(format = Email)]
    pub email: String,
    #[schema(example = json!(["coordinator"]))]
    pub roles: Vec<String>,
    pub invited_by: Uuid,
    pub expires_at: DateTime<Utc>,
    /// For the invited person: accepts the invitation, once. It cannot be read again.
    #[schema(example = "7Z3KQ0M4X9V2T8R5P1N6H7J3D0")]
    pub token: String,
}

page!(
    /// Invitations that nobody has accepted, in the order in which they were made.
    InvitationPage of InvitationView
);

impl InvitationBody {
    fn read(
        self,
        id: InvitationId,
        invited_by: AccountId,
        now: DateTime<Utc>,
    ) -> Result<Invitation, Problem> {
        let mut checks = Checks::new();
        let email = checks.field("/email", self.email.parse());
        let roles = read_roles(self.roles, &mut checks);
        let (Some(email), Some(roles)) = (email, roles) else {
            return Err(checks.problem());
        };
        Ok(Invitation {
            id,
            organisation_id: self.organisation_id.into(),
            email,
            roles,
            invited_by,
            expires_at: now + LASTS,
        })
    }
}

impl From<&Invitation> for InvitationView {
    fn from(invitation: &Invitation) -> Self {
        Self {
            id: invitation.id.uuid(),
            organisation_id: invitation.organisation_id.uuid(),
            email: invitation.email.as_str().to_owned(),
            roles: names(&invitation.roles),
            invited_by: invitation.invited_by.uuid(),
            expires_at: invitation.expires_at,
        }
    }
}

impl NewInvitationView {
    fn new(invitation: &Invitation, token: &Secret) -> Self {
        let view = InvitationView::from(invitation);
        Self {
            id: view.id,
            organisation_id: view.organisation_id,
            email: view.email,
            roles: view.roles,
            invited_by: view.invited_by,
            expires_at: view.expires_at,
            token: token.reveal().to_owned(),
        }
    }
}

/// Whom the caller may invite there; refuses those who may invite nobody.
fn invites(staff: &Staff, organisation: OrganisationId) -> Result<Invites, Problem> {
    permit(staff, Permission::InviteAdministrator, organisation)?;
    Ok(Invites::of(staff, organisation))
}

/// What is kept of a token.
fn token_hash(app: &App, token: &Secret) -> [u8; 32] {
    app.vault.hash("invitation", &[token.reveal().as_bytes()])
}
