//! What one data base knows of itself: whose master key it hangs on, and how the first account is
//! made.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Binary, Bool, Nullable};
use domain::code::Secret;

use crate::database::Database;
use crate::error::{Error, Result};
use crate::signing_keys::{self, SigningKey};
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::vault::{Vault, VaultError, random_bytes};

/// What the program needs to serve this data base.
#[derive(Debug, Clone)]
pub struct Installation {
    pub signing_key: SigningKey,
    /// Makes the first account; `None` once there is one.
    pub setup_token: Option<Secret>,
    /// Whether the demo network was loaded into it.
    pub demo: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum InstallationError {
    #[error("the master key does not belong to this data base")]
    OtherMasterKey,
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Arbitrary; held while an installation is prepared.
const LOCK: &str = "SELECT pg_advisory_xact_lock(5204718836471190251)";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Binary)]
    key_check: Vec<u8>,
    #[diesel(sql_type = Nullable<Binary>)]
    setup_seed: Option<Vec<u8>>,
    #[diesel(sql_type = Bool)]
    demo: bool,
    #[diesel(sql_type = Bool)]
    has_accounts: bool,
}

/// Recognises the data base by its master key, or makes it this key's own when it is new.
///
/// Safe for several programs that start at once: they wait for each other, and answer the same
/// signing key and the same set-up token.
///
/// # Errors
///
/// [`InstallationError::OtherMasterKey`] when it hangs on another key.
pub async fn prepare(
    database: &Database,
    vault: &Vault,
    now: DateTime<Utc>,
) -> Result<Installation, InstallationError> {
    let mut transaction = database.issuer().await?;
    transaction.queue(Statement::new(LOCK));
    let insert = Statement::new(
        "INSERT INTO installation (key_check) VALUES ($1) ON CONFLICT (only_row) DO NOTHING",
    );
    transaction.queue(insert.bind::<Binary, _>(vault.check_value().to_vec()));
    let row = read(&mut transaction).await?;
    if row.key_check != vault.check_value() {
        return Err(InstallationError::OtherMasterKey);
    }
    let signing_key = signing_keys::load_or_create(&mut transaction, vault, now).await?;
    let setup_token = match (row.has_accounts, row.setup_seed) {
        (true, _) => None,
        (false, Some(seed)) => Some(setup_token(vault, &seed)),
        (false, None) => {
            let seed = random_bytes::<32>()?.to_vec();
            let update = Statement::new("UPDATE installation SET setup_seed = $1");
            transaction.queue(update.bind::<Binary, _>(seed.clone()));
            Some(setup_token(vault, &seed))
        }
    };
    transaction.commit().await?;
    Ok(Installation {
        signing_key,
        setup_token,
        demo: row.demo,
    })
}

/// The set-up token of this moment. `None` when there is an account already.
pub async fn current_setup_token(
    transaction: &mut Transaction,
    vault: &Vault,
) -> Result<Option<Secret>> {
    let row = read(transaction).await?;
    let seed = row.setup_seed.filter(|_| !row.has_accounts);
    Ok(seed.map(|seed| setup_token(vault, &seed)))
}

/// Uses the set-up token up. Of several transactions at once, one gets `true`; the others wait for
/// it, and get `false` when it commits.
pub async fn consume_setup_token(transaction: &mut Transaction) -> Result<bool> {
    transaction.queue(Statement::new(
        "UPDATE installation SET setup_seed = NULL
         WHERE setup_seed IS NOT NULL AND NOT EXISTS (SELECT FROM accounts)",
    ));
    Ok(transaction.flush().await? == 1)
}

/// Notes that the demo network was loaded. In a transaction of the issuer.
pub fn mark_demo(transaction: &mut Transaction) {
    transaction.queue(Statement::new("UPDATE installation SET demo = true"));
}

async fn read(transaction: &mut Transaction) -> Result<Row> {
    let query = Statement::new(
        "SELECT key_check, setup_seed, demo, EXISTS (SELECT FROM accounts) AS has_accounts
         FROM installation",
    );
    let row: Option<Row> = transaction.ask_one(query).await?;
    row.ok_or_else(|| Error::corrupt("installation", "is not prepared"))
}

/// Made of the seed and the master key: a copy of the data base alone does not tell it, and every
/// program that serves the data base prints the same.
fn setup_token(vault: &Vault, seed: &[u8]) -> Secret {
    let mut bytes = [0; 17];
    bytes.copy_from_slice(&vault.hash("setup-token", &[seed])[..17]);
    Secret::from_random(bytes)
}
