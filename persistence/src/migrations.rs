//! The schema, carried from one version to the next.

use std::time::Duration;

use diesel_async::{AsyncMigrationHarness, AsyncPgConnection};
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
    let mut names = Vec::new();
    let mut attempts = ATTEMPTS;
    loop {
        match run_next(&mut harness) {
            Ok(None) => return Ok(names),
            Ok(Some(name)) => names.push(name),
            // Rolled back as a whole; those who were in the way are done in a moment.
            Err(Error::Corrupt { why, .. }) if attempts > 0 && is_in_the_way(&why) => {
                attempts -= 1;
                log::info!("a migration waits for its turn: {why}");
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error),
        }
    }
}

fn run_next(harness: &mut AsyncMigrationHarness<AsyncPgConnection>) -> Result<Option<String>> {
    let pending = harness.pending_migrations(MIGRATIONS).map_err(failed)?;
    let Some(next) = pending.first() else {
        return Ok(None);
    };
    let version = harness.run_migration(next.as_ref()).map_err(failed)?;
    Ok(Some(version.to_string()))
}

/// How often a migration that others are in the way of is tried again, in all.
const ATTEMPTS: u32 = 200;
const PAUSE: Duration = Duration::from_millis(150);

fn is_in_the_way(why: &str) -> bool {
    why.contains("deadlock detected") || why.contains("due to lock timeout")
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

/// Runs the next migration that the data base lacks, if it lacks one.
pub async fn apply_next(url: &str) -> Result<Option<String>> {
    let _lock = ClusterLock::acquire(url).await?;
    run_next(&mut AsyncMigrationHarness::new(
        cluster::connect(url).await?,
    ))
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
