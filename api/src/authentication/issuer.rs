//! The built-in issuer of access tokens: Ed25519, in the manner of RFC 9068.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::AccountId;
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::known::Known;

/// How long an access token is good.
pub const ACCESS_LASTS: TimeDelta = TimeDelta::minutes(10);
/// How far clocks may differ.
const LEEWAY_SECONDS: i64 = 30;
const MEDIA_TYPE: &str = "at+jwt";

/// Signs and verifies with one key and exactly one algorithm.
pub struct Issuer {
    name: String,
    key_id: String,
    signing: EncodingKey,
    verifying: DecodingKey,
    public_key: Vec<u8>,
    known: Known<Said>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    #[error("the key is no Ed25519 key")]
    BrokenKey,
    #[error("the token is malformed, expired or not ours")]
    BadToken,
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    exp: i64,
    nbf: i64,
    iat: i64,
    jti: String,
}

/// What a good token says; times in seconds of the Unix epoch.
#[derive(Debug, Clone, Copy)]
struct Said {
    account: AccountId,
    not_before: i64,
    expires: i64,
}

impl Issuer {
    /// From a key in PKCS #8; `name` is the address of this service, issuer and audience alike.
    pub fn new(name: &str, key_id: Uuid, pkcs8: &[u8]) -> Result<Self, IssuerError> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|_| IssuerError::BrokenKey)?;
        let public_key = pair.public_key().as_ref().to_vec();
        Ok(Self {
            name: name.to_owned(),
            key_id: key_id.to_string(),
            signing: EncodingKey::from_ed_der(pkcs8),
            verifying: DecodingKey::from_ed_der(&public_key),
            public_key,
            known: Known::default(),
        })
    }

    /// A fresh key in PKCS #8, and its public half.
    pub fn new_key() -> Result<(Vec<u8>, Vec<u8>), IssuerError> {
        let pair = Ed25519KeyPair::generate().map_err(|_| IssuerError::BrokenKey)?;
        let pkcs8 = pair.to_pkcs8().map_err(|_| IssuerError::BrokenKey)?;
        Ok((pkcs8.as_ref().to_vec(), pair.public_key().as_ref().to_vec()))
    }

    pub fn sign(&self, account: AccountId, now: DateTime<Utc>) -> Result<String, IssuerError> {
        let header = Header {
            typ: Some(MEDIA_TYPE.to_owned()),
            kid: Some(self.key_id.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        let claims = Claims {
            iss: self.name.clone(),
            aud: self.name.clone(),
            sub: account.to_string(),
            exp: (now + ACCESS_LASTS).timestamp(),
            nbf: now.timestamp(),
            iat: now.timestamp(),
            jti: Uuid::now_v7().to_string(),
        };
        encode(&header, &claims, &self.signing).map_err(|_| IssuerError::BrokenKey)
    }

    /// Whose token it is. Algorithm, type, key, issuer, audience and times must all be right.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<AccountId, IssuerError> {
        let said = self.known.or_check(token, || self.check(token))?;
        let now = now.timestamp();
        let expired = said.expires.saturating_add(LEEWAY_SECONDS) <= now;
        if expired || said.not_before.saturating_sub(LEEWAY_SECONDS) > now {
            return Err(IssuerError::BadToken);
        }
        Ok(said.account)
    }

    /// All but the times, which change what they mean while one waits.
    fn check(&self, token: &str) -> Result<Said, IssuerError> {
        let bad = |_| IssuerError::BadToken;
        let header = decode_header(token).map_err(bad)?;
        let ours = header.alg == Algorithm::EdDSA
            && header
                .typ
                .as_deref()
                .is_some_and(|typ| typ.eq_ignore_ascii_case(MEDIA_TYPE))
            && header.kid.as_deref() == Some(&self.key_id)
            && header.jku.is_none()
            && header.jwk.is_none()
            && header.x5u.is_none();
        if !ours {
            return Err(IssuerError::BadToken);
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.set_issuer(&[&self.name]);
        validation.set_audience(&[&self.name]);
        // The library asks the machine's clock; `verify` compares the times with the program's.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let claims = decode::<Claims>(token, &self.verifying, &validation)
            .map_err(bad)?
            .claims;
        Ok(Said {
            account: claims.sub.parse().map_err(|_| IssuerError::BadToken)?,
            not_before: claims.nbf,
            expires: claims.exp,
        })
    }

    /// The public key as a JWK (RFC 8037): `kid` and `x`.
    #[must_use]
    pub fn public_key(&self) -> (String, String) {
        (
            self.key_id.clone(),
            URL_SAFE_NO_PAD.encode(&self.public_key),
        )
    }
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issuer")
            .field("name", &self.name)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}
