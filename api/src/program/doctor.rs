use persistence::{cluster, installation, migrations};
use tokio::runtime::Runtime;

use super::ProgramError;
use super::home::{Home, Stay};
use super::start::assemble;
use crate::config::Config;

/// Looks at everything that has to be right, and says of each whether it is.
#[expect(clippy::print_stdout, reason = "the operator reads it")]
pub(super) fn doctor(config: &Config, runtime: &Runtime) -> Result<(), ProgramError> {
    println!("ok    configuration, base URL {}", config.base_url()?);
    let home = Home::open(config, runtime, Stay::Visiting)?;
    let server = runtime.block_on(cluster::server_facts(&home.url))?;
    println!("ok    Postgres {}", server.version);
    if server.superuser && !home.is_private() {
        println!(
            "WARN  the user of DATABASE_URL is a superuser: give the program one that owns nothing"
        );
    }
    let pending = runtime.block_on(migrations::pending(&home.url))?;
    if pending.is_empty() {
        println!("ok    schema");
    } else {
        println!("FAIL  schema: {} migrations are pending", pending.len());
    }
    let (app, _): (_, installation::Installation) = runtime.block_on(assemble(config, &home))?;
    println!("ok    master key and signing key");
    runtime.block_on(app.database.ping())?;
    println!("ok    public role");
    Ok(())
}
