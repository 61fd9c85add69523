//! The key with which access tokens are signed, sealed under the master key.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Binary, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use crate::error::Result;
use crate::installation::InstallationError;
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::vault::{Purpose, Vault, VaultError};

/// An Ed25519 key.
#[derive(Clone)]
pub struct SigningKey {
    /// The `kid` of the tokens.
    pub id: Uuid,
    pub pkcs8: Vec<u8>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Binary)]
    sealed_private_key: Vec<u8>,
}

/// The newest key, or a fresh one where there is none. The caller holds the lock of the
/// installation: programs that start at once share one key.
pub(crate) async fn load_or_create(
    transaction: &mut Transaction,
    vault: &Vault,
    now: DateTime<Utc>,
) -> Result<SigningKey, InstallationError> {
    let query = Statement::new(
        "SELECT id, sealed_private_key FROM signing_keys ORDER BY created_at DESC, id DESC LIMIT 1",
    );
    let row: Option<Row> = transaction.ask_one(query).await?;
    if let Some(row) = row {
        let pkcs8 = vault.open(
            Purpose::SigningKey,
            row.id.as_bytes(),
            &row.sealed_private_key,
        )?;
        return Ok(SigningKey { id: row.id, pkcs8 });
    }
    let (key, public_key) = generate()?;
    let sealed = vault.seal(Purpose::SigningKey, key.id.as_bytes(), &key.pkcs8)?;
    let insert = Statement::new(
        "INSERT INTO signing_keys (id, public_key, sealed_private_key, created_at)
         VALUES ($1, $2, $3, $4)",
    );
    transaction.queue(
        insert
            .bind::<SqlUuid, _>(key.id)
            .bind::<Binary, _>(public_key)
            .bind::<Binary, _>(sealed)
            .bind::<Timestamptz, _>(now),
    );
    Ok(key)
}

fn generate() -> Result<(SigningKey, Vec<u8>), VaultError> {
    let no_randomness = |_| VaultError::NoRandomness;
    let pair = Ed25519KeyPair::generate().map_err(no_randomness)?;
    let pkcs8 = pair.to_pkcs8().map_err(no_randomness)?;
    let key = SigningKey {
        id: Uuid::now_v7(),
        pkcs8: pkcs8.as_ref().to_vec(),
    };
    Ok((key, pair.public_key().as_ref().to_vec()))
}
