use super::*;

/// The table as a person reads it. After a change that is meant, `UPDATE=1 cargo test -p domain
/// permission` writes it anew.
const READ: &str = include_str!("../../permissions.txt");

#[test]
fn the_table_is_the_one_that_people_read() {
    let table = table() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/permissions.txt");
        std::fs::write(path, table).expect("the table");
    } else {
        assert_eq!(
            table, READ,
            "the table in permission.rs and permissions.txt differ"
        );
    }
}

#[test]
fn every_role_is_read_back_from_its_text() {
    let texts = Role::ALL.map(Role::as_str);
    let roles = [
        "counsellor",
        "coordinator",
        "administrator",
        "network_coordinator",
    ];
    assert_eq!(texts, roles);
    for role in Role::ALL {
        assert_eq!(role.to_string().parse(), Ok(role));
    }
    for unknown in ["", "Counsellor", "owner"] {
        assert_eq!(unknown.parse::<Role>(), Err(UnknownRole));
    }
}

#[test]
fn a_network_coordinator_sees_no_appointment_and_founds_organisations() {
    let network = Permission::ALL.map(|permission| permission.reach(Role::NetworkCoordinator));
    let granted = Permission::ALL
        .into_iter()
        .zip(network)
        .filter(|(_, reach)| *reach != Reach::Never);
    assert!(granted.map(|(permission, _)| permission).eq([
        Permission::CreateOrganisation,
        Permission::EditOrganisation,
        Permission::InviteAdministrator,
    ]));
}

#[test]
fn whoever_works_with_appointments_does_not_give_out_roles() {
    use Reach::{All, Never, Own};
    let reaches = |permission: Permission| Role::ALL.map(|role| permission.reach(role));
    assert_eq!(
        reaches(Permission::ChangeAppointments),
        [Own, All, Never, Never]
    );
    assert_eq!(
        reaches(Permission::ManageAccounts),
        [Never, Never, All, Never]
    );
}
