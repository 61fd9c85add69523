//! Who acts.

use std::collections::BTreeSet;

use crate::ids::{AccountId, CounsellorId, OrganisationId};
use crate::permission::{Permission, Reach, Role};

/// A person who signed in, with what the data base says of them at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    pub account_id: AccountId,
    pub network_coordinator: bool,
    pub memberships: BTreeSet<(OrganisationId, Role)>,
    /// The counsellors whom this account is, one in each organisation.
    pub counsellors: BTreeSet<(OrganisationId, CounsellorId)>,
}

impl Staff {
    /// The widest reach that any of the roles gives in that organisation.
    #[must_use]
    pub fn reach(&self, permission: Permission, organisation: OrganisationId) -> Reach {
        let mut reach = Reach::Never;
        for role in self.roles_in(organisation) {
            match permission.reach(role) {
                Reach::All => return Reach::All,
                Reach::Own => reach = Reach::Own,
                Reach::Never => {}
            }
        }
        reach
    }

    #[must_use]
    pub fn may(&self, permission: Permission, organisation: OrganisationId) -> bool {
        self.reach(permission, organisation) == Reach::All
    }

    /// As [`Staff::may`], for what belongs to a counsellor.
    #[must_use]
    pub fn may_for(
        &self,
        permission: Permission,
        organisation: OrganisationId,
        counsellor: CounsellorId,
    ) -> bool {
        match self.reach(permission, organisation) {
            Reach::All => true,
            Reach::Own => self.counsellors.contains(&(organisation, counsellor)),
            Reach::Never => false,
        }
    }

    #[must_use]
    pub fn is_member_of(&self, organisation: OrganisationId) -> bool {
        self.memberships
            .iter()
            .any(|(member_of, _)| *member_of == organisation)
    }

    pub fn roles_in(&self, organisation: OrganisationId) -> impl Iterator<Item = Role> {
        let network = self.network_coordinator.then_some(Role::NetworkCoordinator);
        self.memberships
            .iter()
            .filter(move |(member_of, _)| *member_of == organisation)
            .map(|(_, role)| *role)
            .chain(network)
    }
}

/// Whoever asks for something about an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A visitor who has shown the secret, or who books.
    Visitor,
    Staff(Staff),
}

impl Actor {
    #[must_use]
    pub fn account_id(&self) -> Option<AccountId> {
        match self {
            Self::Visitor => None,
            Self::Staff(staff) => Some(staff.account_id),
        }
    }
}

#[cfg(test)]
mod tests;
