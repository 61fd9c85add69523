//! Who may do what: one table for the whole network.

use std::fmt;
use std::str::FromStr;

/// What an account is in one organisation, or in the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Counsellor,
    Coordinator,
    Administrator,
    NetworkCoordinator,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a role is one of counsellor, coordinator, administrator, network_coordinator")]
pub struct UnknownRole;

impl Role {
    pub const ALL: [Self; 4] = [
        Self::Counsellor,
        Self::Coordinator,
        Self::Administrator,
        Self::NetworkCoordinator,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counsellor => "counsellor",
            Self::Coordinator => "coordinator",
            Self::Administrator => "administrator",
            Self::NetworkCoordinator => "network_coordinator",
        }
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(UnknownRole)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something that staff do in an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    CreateOrganisation,
    EditOrganisation,
    InviteAdministrator,
    ManageAccounts,
    ReadAccounts,
    ReadSetup,
    ManageSites,
    ManageCounsellors,
    ManageServices,
    ManageSchedules,
    ManageAbsences,
    ManageClosures,
    ManageLoans,
    ManageMeetings,
    ReadAppointments,
    BookAppointments,
    ChangeAppointments,
    AnswerRequests,
    RecordAttendance,
    ManageWaitlist,
}

/// How far a permission reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    Never,
    /// Only what belongs to the counsellor whom the account is.
    Own,
    /// Everything of the organisation; of the network, for those who coordinate it.
    All,
}

impl Permission {
    pub const ALL: [Self; 20] = [
        Self::CreateOrganisation,
        Self::EditOrganisation,
        Self::InviteAdministrator,
        Self::ManageAccounts,
        Self::ReadAccounts,
        Self::ReadSetup,
        Self::ManageSites,
        Self::ManageCounsellors,
        Self::ManageServices,
        Self::ManageSchedules,
        Self::ManageAbsences,
        Self::ManageClosures,
        Self::ManageLoans,
        Self::ManageMeetings,
        Self::ReadAppointments,
        Self::BookAppointments,
        Self::ChangeAppointments,
        Self::AnswerRequests,
        Self::RecordAttendance,
        Self::ManageWaitlist,
    ];

    /// The table. A network coordinator founds organisations and sees no appointment.
    #[must_use]
    pub const fn reach(self, role: Role) -> Reach {
        use Reach::{All, Never, Own};
        let [counsellor, coordinator, administrator, network] = match self {
            Self::CreateOrganisation => [Never, Never, Never, All],
            Self::EditOrganisation => [Never, Never, All, All],
            Self::InviteAdministrator => [Never, Never, All, All],
            Self::ManageAccounts => [Never, Never, All, Never],
            Self::ReadAccounts => [Never, All, All, Never],
            Self::ReadSetup => [All, All, All, Never],
            Self::ManageSites => [Never, All, All, Never],
            Self::ManageCounsellors => [Never, Never, All, Never],
            Self::ManageServices => [Never, Never, All, Never],
            Self::ManageSchedules => [Own, All, All, Never],
            Self::ManageAbsences => [Own, All, All, Never],
            Self::ManageClosures => [Never, All, All, Never],
            Self::ManageLoans => [Never, All, All, Never],
            Self::ManageMeetings => [Never, All, All, Never],
            Self::ReadAppointments => [Own, All, Never, Never],
            Self::BookAppointments => [Own, All, Never, Never],
            Self::ChangeAppointments => [Own, All, Never, Never],
            Self::AnswerRequests => [Own, All, Never, Never],
            Self::RecordAttendance => [Own, All, Never, Never],
            Self::ManageWaitlist => [Never, All, Never, Never],
        };
        match role {
            Role::Counsellor => counsellor,
            Role::Coordinator => coordinator,
            Role::Administrator => administrator,
            Role::NetworkCoordinator => network,
        }
    }
}

/// The table as a person reads it: a row for each permission, a column for each role.
#[must_use]
pub fn table() -> String {
    use std::fmt::Write;
    let mut table = format!("{:<22}", "");
    for role in Role::ALL {
        let _ = write!(table, "{:<21}", role.as_str());
    }
    for permission in Permission::ALL {
        let _ = write!(table, "\n{:<22}", format!("{permission:?}"));
        for role in Role::ALL {
            let reach = match permission.reach(role) {
                Reach::Never => "-",
                Reach::Own => "own",
                Reach::All => "all",
            };
            let _ = write!(table, "{reach:<21}");
        }
    }
    table
        .lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests;
