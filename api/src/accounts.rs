//! The people of an organisation and their roles.

mod list;
mod remove;
mod update;

use std::collections::BTreeSet;

use domain::membership::{LastAdministrator, Member, Roles};
use domain::permission::Role;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

pub use list::list_accounts;
pub use remove::remove_account;
pub use update::update_account;

use crate::checks::Checks;
use crate::pages::page;
use crate::problems::{Code, Problem};
use crate::views::etag;

/// The roles of an account in an organisation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"roles": ["coordinator", "counsellor"]}))]
pub struct AccountBody {
    /// All of them, of `counsellor, coordinator, administrator`; at least one.
    #[schema(min_items = 1)]
    pub roles: Vec<String>,
}

/// An account, as one organisation sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    pub id: Uuid,
    pub organisation_id: Uuid,
    #[schema(format = Email)]
    pub email: String,
    pub display_name: String,
    /// In this organisation: of `counsellor, coordinator, administrator`.
    #[schema(example = json!(["coordinator"]))]
    pub roles: Vec<String>,
    /// What `If-Match` wants.
    #[schema(example = "\"2\"")]
    pub etag: String,
}

page!(
    /// The people of an organisation, in the order in which their accounts were made.
    AccountPage of AccountView
);

/// In which organisation: an account can belong to several.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfOrganisation {
    /// The organisation whose member it is.
    #[param(format = Uuid)]
    pub(super) organisation_id: String,
}

impl AccountBody {
    fn read(self) -> Result<Roles, Problem> {
        let mut checks = Checks::new();
        read_roles(self.roles, &mut checks).ok_or_else(|| checks.problem())
    }
}

impl From<&Member> for AccountBody {
    fn from(member: &Member) -> Self {
        Self {
            roles: names(&member.roles),
        }
    }
}

impl From<&Member> for AccountView {
    fn from(member: &Member) -> Self {
        Self {
            id: member.account.id.uuid(),
            organisation_id: member.organisation_id.uuid(),
            email: member.account.email.as_str().to_owned(),
            display_name: member.account.display_name.to_string(),
            roles: names(&member.roles),
            etag: etag(member.roles.version()),
        }
    }
}

impl From<LastAdministrator> for Problem {
    fn from(error: LastAdministrator) -> Self {
        Self::because(Code::Conflict, error)
    }
}

/// Reads the field `roles` of a body.
pub(crate) fn read_roles(roles: Vec<String>, checks: &mut Checks) -> Option<Roles> {
    let roles: BTreeSet<Role> = checks.each("/roles", roles, |role| role.parse::<Role>())?;
    checks.field("/roles", Roles::new(roles))
}

pub(crate) fn names(roles: &Roles) -> Vec<String> {
    roles.iter().map(|role| role.to_string()).collect()
}
