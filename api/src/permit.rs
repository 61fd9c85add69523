//! From the permission table to a refusal.

use std::collections::BTreeSet;

use domain::actor::Staff;
use domain::ids::{CounsellorId, OrganisationId};
use domain::permission::{Permission, Reach};

use crate::problems::{Code, Problem};
use crate::tenant;

/// Members learn that their role does not allow it; to everybody else the organisation's insides
/// do not exist.
pub fn permit(
    staff: &Staff,
    permission: Permission,
    organisation: OrganisationId,
) -> Result<(), Problem> {
    allowed(staff, organisation, staff.may(permission, organisation))
}

/// As [`permit`], for what belongs to a counsellor.
pub fn permit_for(
    staff: &Staff,
    permission: Permission,
    organisation: OrganisationId,
    counsellor: CounsellorId,
) -> Result<(), Problem> {
    allowed(
        staff,
        organisation,
        staff.may_for(permission, organisation, counsellor),
    )
}

/// Refuses whoever reaches nothing by that permission; what they reach is decided thing by thing.
pub fn permit_some(
    staff: &Staff,
    permission: Permission,
    organisation: OrganisationId,
) -> Result<(), Problem> {
    allowed(
        staff,
        organisation,
        staff.reach(permission, organisation) != Reach::Never,
    )
}

/// The organisations in which somebody may do something to everything, narrowed to the wanted one.
#[must_use]
pub fn permitted(
    staff: &Staff,
    permission: Permission,
    wanted: Option<OrganisationId>,
) -> Vec<OrganisationId> {
    let memberships = staff
        .memberships
        .iter()
        .map(|(organisation, _)| *organisation);
    let organisations: BTreeSet<_> = memberships
        .filter(|organisation| wanted.is_none_or(|wanted| wanted == *organisation))
        .filter(|organisation| staff.may(permission, *organisation))
        .collect();
    organisations.into_iter().collect()
}

fn allowed(staff: &Staff, organisation: OrganisationId, allowed: bool) -> Result<(), Problem> {
    if allowed {
        tenant::note(organisation);
        return Ok(());
    }
    // The network coordinator knows every organisation, and nothing inside.
    let inside = staff.is_member_of(organisation) || staff.network_coordinator;
    Err(Problem::new(if inside {
        Code::Forbidden
    } else {
        Code::NotFound
    }))
}
