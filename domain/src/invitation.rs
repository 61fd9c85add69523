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
    /// The network's, so that a new organisation gets its first one.
    Administrators,
    Anybody,
}

/// Why an invitation is not made, or no longer accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotInvite {
    #[error("a network coordinator invites administrators only")]
    AdministratorsOnly,
    #[error("the organisation has an administrator: only its own administrators invite")]
    HasAdministrator,
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

    /// Holds when an invitation is made, and for whoever made it again when it is accepted. The
    /// network sets an organisation up and then has no way in: else who coordinates it could make
    /// themselves an administrator, and read every appointment.
    pub fn check(self, roles: &Roles, has_administrator: bool) -> Result<(), CannotInvite> {
        if !self.covers(roles) {
            return Err(CannotInvite::AdministratorsOnly);
        }
        if self == Self::Administrators && has_administrator {
            return Err(CannotInvite::HasAdministrator);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::Role;

    #[test]
    fn the_network_invites_until_there_is_an_administrator() {
        let roles = |roles: &[Role]| Roles::new(roles.iter().copied().collect()).expect("roles");
        let administrator = roles(&[Role::Administrator]);
        let both = roles(&[Role::Administrator, Role::Coordinator]);
        let network = Invites::Administrators;
        assert_eq!(network.check(&administrator, false), Ok(()));
        assert_eq!(
            network.check(&administrator, true),
            Err(CannotInvite::HasAdministrator)
        );
        assert_eq!(
            network.check(&both, false),
            Err(CannotInvite::AdministratorsOnly)
        );
        assert_eq!(Invites::Anybody.check(&both, true), Ok(()));
        assert!(Invites::Nobody.check(&administrator, false).is_err());
    }
}
