//! The schema, carried from one version to the next.

use diesel_async::AsyncMigrationHarness;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::cluster::{self, ClusterLock};
use crate::error::{Error, Result};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Brings the data base to this program's schema; answers the names of the migrations that ran.
///
/// Safe for several programs at once: they wait for each other. Needs a multi-threaded runtime.
pub async fn migrate(url: &str) -> Result<Vec<String>> {
    let _lock = ClusterLock::acquire(url).await?;
    let mut connection = cluster::connect(url).await?;
    cluster::create_roles(&mut connection).await?;
    let mut harness = AsyncMigrationHarness::new(connection);
    let ran = harness.run_pending_migrations(MIGRATIONS).map_err(failed)?;
    Ok(ran.iter().map(ToString::to_string).collect())
}

/// The names of the migrations that the data base lacks.
pub async fn pending(url: &str) -> Result<Vec<String>> {
    let mut harness = AsyncMigrationHarness::new(cluster::connect(url).await?);
    let pending = harness.pending_migrations(MIGRATIONS).map_err(failed)?;
    Ok(pending
        .iter()
        .map(|migration| migration.name().to_string())
        .collect())
}

/// Takes the newest migration back.
pub async fn revert_last(url: &str) -> Result<()> {
    let _lock = ClusterLock::acquire(url).await?;
    let mut harness = AsyncMigrationHarness::new(cluster::connect(url).await?);
    harness.revert_last_migration(MIGRATIONS).map_err(failed)?;
    Ok(())
}

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> Error {
    match error.downcast::<diesel::result::Error>() {
        Ok(error) => Error::from(*error),
        Err(error) => Error::corrupt("schema", error),
    }
}
