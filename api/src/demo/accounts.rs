//! Who signs in to the demo network. All have one password, hashed once.

use chrono::{DateTime, Utc};
use domain::account::{Account, Password};
use domain::ids::AccountId;
use domain::permission::Role;
use persistence::{accounts, installation};

use super::ids::{Kind, id};
use super::model::{line, read, ruled};
use super::tables::Body;
use super::{BODIES, DemoError, PASSWORD, SignIn};
use crate::app::App;
use crate::passwords;

/// The number of the account that has the role in every organisation.
const COORDINATOR: u16 = 1;
const ADMINISTRATOR: u16 = 2;
const COUNSELLOR: u16 = 3;

impl Body {
    fn account(&self, number: u16) -> AccountId {
        id(self.number, Kind::Account, number).into()
    }

    pub(super) fn coordinator_account(&self) -> AccountId {
        self.account(COORDINATOR)
    }

    pub(super) fn counsellor_account(&self) -> AccountId {
        self.account(COUNSELLOR)
    }

    pub(super) fn roles(&self) -> [(AccountId, Role); 3] {
        [
            (self.account(COORDINATOR), Role::Coordinator),
            (self.account(ADMINISTRATOR), Role::Administrator),
            (self.account(COUNSELLOR), Role::Counsellor),
        ]
    }

    fn name_of(&self, role: Role) -> &'static str {
        match role {
            Role::Coordinator | Role::NetworkCoordinator => self.coordinator,
            Role::Administrator => self.administrator,
            Role::Counsellor => self.counsellors.first().map_or("", |person| person.name),
        }
    }
}

/// All who sign in: the roles of each organisation, and one for the network.
pub(super) fn sign_ins() -> Vec<SignIn> {
    let staff = BODIES.iter().flat_map(|body| {
        body.roles().map(|(account, role)| SignIn {
            account,
            organisation: Some(body.slug),
            role,
            email: format!("{role}@{}.example", body.slug),
            name: body.name_of(role),
        })
    });
    let network = SignIn {
        account: id(0, Kind::Account, 1).into(),
        organisation: None,
        role: Role::NetworkCoordinator,
        email: "network@sprechstunde.example".to_owned(),
        name: "Noa Netzwerk",
    };
    staff.chain([network]).collect()
}

/// Makes the accounts, all at once, and notes that this data base has a demo network.
pub(super) async fn load(app: &App, now: DateTime<Utc>) -> Result<(), DemoError> {
    let mut transaction = app.database.issuer().await?;
    let network = id(0, Kind::Account, 1).into();
    if accounts::find(&mut transaction, network).await?.is_some() {
        transaction.rollback().await;
        return Ok(());
    }
    let hash = passwords::hash(ruled(Password::new(PASSWORD.to_owned()))?).await?;
    for sign_in in sign_ins() {
        let account = Account {
            id: sign_in.account,
            email: read(&sign_in.email)?,
            display_name: line(sign_in.name)?,
            network_coordinator: sign_in.role == Role::NetworkCoordinator,
        };
        accounts::insert(&mut transaction, &account, hash.clone(), now);
    }
    installation::mark_demo(&mut transaction);
    match transaction.commit().await {
        // Somebody was faster.
        Err(error) if error.is_refused_by("accounts_pkey") => Ok(()),
        committed => Ok(committed?),
    }
}
