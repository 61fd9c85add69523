use uuid::Uuid;

use super::*;

fn organisation(number: u128) -> OrganisationId {
    Uuid::from_u128(number).into()
}

fn counsellor(number: u128) -> CounsellorId {
    Uuid::from_u128(number).into()
}

/// A counsellor and administrator of the first organisation, a coordinator of the second.
fn staff(network_coordinator: bool) -> Staff {
    Staff {
        account_id: Uuid::from_u128(9).into(),
        network_coordinator,
        memberships: BTreeSet::from([
            (organisation(1), Role::Counsellor),
            (organisation(1), Role::Administrator),
            (organisation(2), Role::Coordinator),
        ]),
        counsellors: BTreeSet::from([(organisation(1), counsellor(7))]),
    }
}

#[test]
fn the_widest_role_in_that_organisation_decides() {
    let (staff, permission) = (staff(false), Permission::ManageSchedules);
    assert_eq!(staff.reach(permission, organisation(1)), Reach::All);
    let permission = Permission::ReadAppointments;
    assert_eq!(staff.reach(permission, organisation(1)), Reach::Own);
    assert_eq!(staff.reach(permission, organisation(2)), Reach::All);
    assert_eq!(staff.reach(permission, organisation(3)), Reach::Never);
    assert!(!staff.may(permission, organisation(1)));
    assert!(staff.may(permission, organisation(2)));
}

#[test]
fn what_is_ones_own_is_so_in_its_organisation() {
    let may_read = |number, whose| {
        let permission = Permission::ReadAppointments;
        staff(false).may_for(permission, organisation(number), counsellor(whose))
    };
    assert!(may_read(1, 7));
    assert!(!may_read(1, 8));
    assert!(may_read(2, 8));
    assert!(!may_read(3, 7));
}

#[test]
fn who_coordinates_the_network_is_no_member_but_has_that_role_everywhere() {
    let [plain, network] = [false, true].map(staff);
    assert!(plain.is_member_of(organisation(1)));
    assert!(!network.is_member_of(organisation(3)));
    assert_eq!(plain.roles_in(organisation(3)).count(), 0);
    assert!(
        network
            .roles_in(organisation(2))
            .eq([Role::Coordinator, Role::NetworkCoordinator])
    );
    assert!(network.may(Permission::EditOrganisation, organisation(3)));
}

#[test]
fn a_visitor_has_no_account() {
    assert_eq!(Actor::Visitor.account_id(), None);
    let account = staff(false).account_id;
    assert_eq!(Actor::Staff(staff(false)).account_id(), Some(account));
}
