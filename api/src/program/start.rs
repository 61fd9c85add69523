//! From a configuration to everything that handlers need, and the commands that need it for a moment.

use std::sync::Arc;
use std::time::Duration;

use domain::permission::Role;
use persistence::database::{Database, Settings};
use persistence::emptying::empty;
use persistence::installation::{self, Installation};
use persistence::migrations;
use tokio::runtime::Runtime;

use super::ProgramError;
use super::home::{Home, Stay};
use super::progress::Progress;
use crate::app::App;
use crate::authentication::Issuer;
use crate::clock::Clock;
use crate::config::Config;
use crate::throttle::Throttle;
use crate::{demo, tokens};

/// How long a request has with the data base; so it is answered within two seconds either way.
const PATIENCE: Duration = Duration::from_millis(1800);
/// How long one transaction of the demo may take, of which each loads much.
const PATIENCE_WITH_THE_DEMO: Duration = Duration::from_secs(60);

/// Builds what the handlers share. The schema must be up to date.
pub(super) async fn assemble(
    config: &Config,
    home: &Home,
) -> Result<(App, Installation), ProgramError> {
    let pending = migrations::pending(&home.url).await?;
    if !pending.is_empty() {
        return Err(ProgramError::Refused(format!(
            "the data base lacks {} migrations: run `sprechstunde migrate`, or serve with --migrate",
            pending.len()
        )));
    }
    let settings = Settings {
        url: home.url.clone(),
        connections: config.connections()?,
        patience: PATIENCE,
    };
    let database = Database::new(&settings)?;
    let clock = Clock::default();
    let installation = installation::prepare(&database, &home.vault, clock.now()).await?;
    let base_url = config.base_url()?;
    let key = &installation.signing_key;
    let app = App {
        database,
        vault: home.vault.clone(),
        issuer: Arc::new(Issuer::new(&base_url, key.id, &key.pkcs8)?),
        throttle: Arc::new(Throttle::new(clock.clone(), config.trusted_proxies()?)),
        clock,
        base_url,
        security_contact: config.security_contact()?,
        sandbox: false,
    };
    Ok((app, installation))
}

/// The same, for loading the demo.
pub(super) fn patient(app: &App) -> App {
    App {
        database: app.database.patient(PATIENCE_WITH_THE_DEMO),
        ..app.clone()
    }
}

#[expect(clippy::print_stdout, reason = "the operator reads it")]
pub(super) fn migrate(config: &Config, runtime: &Runtime) -> Result<(), ProgramError> {
    let home = Home::open(config, runtime, Stay::Visiting)?;
    let ran = runtime.block_on(migrations::migrate(&home.url))?;
    for migration in &ran {
        println!("{migration}");
    }
    println!("the schema is up to date");
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the operator reads it")]
pub(super) fn seed(config: &Config, runtime: &Runtime, reset: bool) -> Result<(), ProgramError> {
    let home = Home::open(config, runtime, Stay::Visiting)?;
    if reset && !home.is_private() {
        let why = "--reset empties the private data base of the demo network, and no other: unset DATABASE_URL";
        return Err(ProgramError::Refused(why.to_owned()));
    }
    runtime.block_on(async {
        let (app, installation) = assemble(config, &home).await?;
        if reset {
            if !installation.demo {
                let why = "what is in this data base was not loaded as the demo network: nothing was emptied";
                return Err(ProgramError::Refused(why.to_owned()));
            }
            if !empty(&home.url, &demo::organisations()).await? {
                let why = "there are organisations that are not of the demo network: nothing was emptied";
                return Err(ProgramError::Refused(why.to_owned()));
            }
        }
        let mut progress = Progress::new("organisations");
        let mut told = |done, all| progress.tell(done, all);
        let loaded = demo::load_telling(&patient(&app), &mut told).await?;
        drop(progress);
        println!("{loaded}");
        Ok(())
    })
}

#[expect(clippy::print_stdout, reason = "the operator reads it")]
pub(super) fn token(
    config: &Config,
    runtime: &Runtime,
    organisation: Option<&str>,
    role: Role,
) -> Result<(), ProgramError> {
    let slug = organisation.unwrap_or_default();
    if organisation.is_none() && role != Role::NetworkCoordinator {
        return Err(ProgramError::Refused(
            "name the organisation by its slug: --organisation".to_owned(),
        ));
    }
    let home = Home::open(config, runtime, Stay::Visiting)?;
    runtime.block_on(async {
        let (app, _) = assemble(config, &home).await?;
        let token = tokens::for_role(&app, slug, role).await?;
        let nobody = || ProgramError::Refused(format!("nobody is {role} in {slug:?}"));
        println!("{}", token.ok_or_else(nobody)?);
        Ok(())
    })
}
