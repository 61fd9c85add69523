//! From the permission table to a refusal.

use domain::actor::Staff;
use domain::ids::{CounsellorId, OrganisationId};
use domain::permission::{Permission, Reach};

use crate::problems::{Code, Problem};

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

fn allowed(staff: &Staff, organisation: OrganisationId, allowed: bool) -> Result<(), Problem> {
    if allowed {
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
