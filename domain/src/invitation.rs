//! Offers of a membership.

use chrono::{DateTime, TimeDelta, Utc};

use crate::actor::Staff;
use crate::contact::Email;
use crate::ids::{AccountId, InvitationId, OrganisationId};
use crate::membership::Roles;
use crate::permission::{Permission, Reach};

/// How long an invitation can be accepted.
pub const LASTS: TimeDelta = TimeDelta::days(7);

/// Whoever shows its token becomes a member with these roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub id: InvitationId,
    pub organisation_id: OrganisationId,
    pub email: Email,
    pub roles: Roles,
    pub invited_by: AccountId,
    pub expires_at: DateTime<Utc>,
}

/// Whom somebody may invite to an organisation, and whose invitations they see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invites {
    Nobody,
    /// So that a new organisation gets its first one.
    Administrators,
    Anybody,
}

impl Invites {
    #[must_use]
    pub fn of(staff: &Staff, organisation: OrganisationId) -> Self {
        if staff.may(Permission::ManageAccounts, organisation) {
            return Self::Anybody;
        }
        match staff.reach(Permission::InviteAdministrator, organisation) {
            Reach::All => Self::Administrators,
            Reach::Own | Reach::Never => Self::Nobody,
        }
    }

    #[must_use]
    pub fn covers(self, roles: &Roles) -> bool {
        match self {
            Self::Nobody => false,
            Self::Administrators => roles.are_administrator_only(),
            Self::Anybody => true,
        }
    }
}
