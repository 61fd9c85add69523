//! Passwords are kept as argon2id hashes, and hashed one at a time: each takes 19 MiB.

use std::time::Duration;

use actix_web::web::block;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::account::Password;
use domain::contact::Email;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::problems::{Code, Problem};
use crate::throttle::{Source, Throttle};

/// OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes and one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The hash of a password that nobody has: an unknown address takes as long as a wrong password.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$3sshnwI0jzBaaEipkVN7pw$BDXaTapvV9Z0wwTTkVMGW5A4XCWsSmmdOqdSs3Vh2jo";

/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

static PERMIT: Semaphore = Semaphore::const_new(1);

/// Hashes a password, in PHC format.
pub async fn hash(password: Password) -> Result<String, Problem> {
    let permit = turn().await?;
    let hashed = block(move || {
        let _permit = permit;
        hasher()?
            .hash_password(password.reveal().as_bytes())
            .map(|hash| hash.to_string())
    });
    hashed.await.map_err(broken)?.map_err(broken)
}

/// A password that somebody shows for an account. What is no address has no account, and what is
/// no password belongs to none.
#[derive(Debug)]
pub struct Guess<'g> {
    pub source: Source,
    pub email: Option<&'g Email>,
    pub password: Option<Password>,
}

/// Whether the password belongs to the hash; without a hash it never does. Wrong ones are counted,
/// and a source that had too many of them is refused.
pub async fn verify(
    throttle: &Throttle,
    guess: Guess<'_>,
    hash: Option<String>,
) -> Result<bool, Problem> {
    let (source, email, password) = (guess.source, guess.email, guess.password);
    throttle.check_password(source, email)?;
    let permit = turn().await?;
    // While this one waited, others of the same source may have failed.
    throttle.check_password(source, email)?;
    let verified = block(move || {
        let _permit = permit;
        // What is no hash belongs to an account without a password.
        let hash = hash.and_then(|hash| PasswordHash::new(&hash).ok());
        let known = hash.is_some() && password.is_some();
        let hash = hash.map_or_else(|| PasswordHash::new(NOBODYS), Ok)?;
        let password = password.as_ref().map_or("", Password::reveal);
        // The parameters of the hash count, not those of the hasher: old hashes stay good.
        match hasher()?.verify_password(password.as_bytes(), &hash) {
            Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
            verified => verified.map(|()| known),
        }
    });
    let verified = verified.await.map_err(broken)?.map_err(broken)?;
    if !verified {
        throttle.wrong_password(source, email);
    }
    Ok(verified)
}

/// The permit travels with the work: it is not free again when the caller leaves early.
async fn turn() -> Result<SemaphorePermit<'static>, Problem> {
    match tokio::time::timeout(PATIENCE, PERMIT.acquire()).await {
        Ok(Ok(permit)) => Ok(permit),
        Ok(Err(_)) | Err(_) => Err(Problem::new(Code::Unavailable).retry_after(5)),
    }
}

fn hasher() -> Result<Argon2<'static>, argon2::password_hash::Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn broken(error: impl std::fmt::Display) -> Problem {
    log::error!("a password cannot be hashed: {error}");
    Problem::new(Code::Internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobodys_hash_costs_as_much_as_anybodys() {
        let nobodys = PasswordHash::new(NOBODYS).expect("a hash");
        let anybodys: PasswordHash = hasher()
            .expect("parameters")
            .hash_password(b"correct horse")
            .expect("a hash");
        assert_eq!(nobodys.params, anybodys.params);
        assert_eq!(nobodys.algorithm, anybodys.algorithm);
    }
}
