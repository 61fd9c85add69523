//! What an account is in one organisation.

use std::collections::BTreeSet;

use crate::account::Account;
use crate::ids::{AccountId, OrganisationId};
use crate::permission::Role;

/// At least one role that an organisation gives; the network's own is not among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roles(BTreeSet<Role>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RolesError {
    #[error("at least one role is needed")]
    Empty,
    #[error("an organisation gives the roles counsellor, coordinator and administrator only")]
    OfTheNetwork,
}

impl Roles {
    pub fn new(roles: BTreeSet<Role>) -> Result<Self, RolesError> {
        if roles.is_empty() {
            return Err(RolesError::Empty);
        }
        if roles.contains(&Role::NetworkCoordinator) {
            return Err(RolesError::OfTheNetwork);
        }
        Ok(Self(roles))
    }

    pub fn iter(&self) -> impl Iterator<Item = Role> {
        self.0.iter().copied()
    }

    #[must_use]
    pub fn contains(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// Whether administrator is the only one of them.
    #[must_use]
    pub fn are_administrator_only(&self) -> bool {
        self.0.iter().eq(&[Role::Administrator])
    }

    /// A number that no other set of roles has.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.0.iter().map(|role| 1 << (*role as i64)).sum()
    }
}

/// An account with its roles in one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub organisation_id: OrganisationId,
    pub account: Account,
    pub roles: Roles,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an organisation keeps at least one administrator: make somebody else administrator first")]
pub struct LastAdministrator;

impl Member {
    /// The member with other roles, unless nobody would be left who can manage the organisation.
    pub fn with_roles(
        self,
        roles: Roles,
        administrators: &BTreeSet<AccountId>,
    ) -> Result<Self, LastAdministrator> {
        if !roles.contains(Role::Administrator) {
            self.check_dispensable(administrators)?;
        }
        Ok(Self { roles, ..self })
    }

    /// Whether the organisation can do without them. `administrators` are all that it has.
    pub fn check_dispensable(
        &self,
        administrators: &BTreeSet<AccountId>,
    ) -> Result<(), LastAdministrator> {
        if administrators.iter().eq([&self.account.id]) {
            return Err(LastAdministrator);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::line::Line;

    fn roles(roles: &[Role]) -> Roles {
        Roles::new(roles.iter().copied().collect()).expect("roles")
    }

    fn administrator(number: u128) -> Member {
        Member {
            organisation_id: Uuid::from_u128(1).into(),
            account: Account {
                id: Uuid::from_u128(number).into(),
                email: "ada@example.org".parse().expect("an address"),
                display_name: Line::new("Ada").expect("a name"),
                network_coordinator: false,
            },
            roles: roles(&[Role::Administrator]),
        }
    }

    #[test]
    fn an_organisation_gives_its_own_roles_only() {
        assert_eq!(Roles::new(BTreeSet::new()), Err(RolesError::Empty));
        assert_eq!(
            Roles::new([Role::NetworkCoordinator].into()),
            Err(RolesError::OfTheNetwork)
        );
    }

    #[test]
    fn the_last_administrator_stays_one() {
        let alone = [administrator(7).account.id].into();
        let both = [administrator(7).account.id, administrator(8).account.id].into();
        let less = roles(&[Role::Coordinator]);
        let more = roles(&[Role::Coordinator, Role::Administrator]);
        assert_eq!(
            administrator(7).with_roles(less.clone(), &alone),
            Err(LastAdministrator)
        );
        assert!(administrator(7).with_roles(more, &alone).is_ok());
        assert!(administrator(7).with_roles(less, &both).is_ok());
        assert_eq!(
            administrator(7).check_dispensable(&alone),
            Err(LastAdministrator)
        );
        assert_eq!(administrator(8).check_dispensable(&alone), Ok(()));
    }

    #[test]
    fn every_set_of_roles_has_its_own_version() {
        let versions: BTreeSet<i64> = [
            &[Role::Counsellor][..],
            &[Role::Coordinator],
            &[Role::Administrator],
            &[Role::Counsellor, Role::Coordinator],
            &[Role::Counsellor, Role::Coordinator, Role::Administrator],
        ]
        .map(|set| roles(set).version())
        .into();
        assert_eq!(versions.len(), 5);
    }
}
