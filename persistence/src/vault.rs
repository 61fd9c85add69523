//! The keys: everything secret in the data base hangs on one master key that is not in it.
//!
//! Each use has its own key, derived by HKDF-SHA256 (RFC 5869). What must be read again is sealed
//! with AES-256-GCM; what is only compared is kept as HMAC-SHA256.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{digest, hkdf, hmac, rand};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// 32 bytes of which everything else is derived.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    #[error("a master key is 32 random bytes in base64, such as `openssl rand -base64 32` prints")]
    MalformedMasterKey,
    #[error("the value was sealed under another master key")]
    OtherKey,
    #[error("the sealed value was changed, or belongs to another row")]
    Broken,
    #[error("the machine gives no random bytes")]
    NoRandomness,
}

impl MasterKey {
    pub fn from_base64(text: &str) -> Result<Self, VaultError> {
        let bytes = STANDARD
            .decode(text.trim())
            .map_err(|_| VaultError::MalformedMasterKey)?;
        bytes
            .try_into()
            .map(Self)
            .map_err(|_| VaultError::MalformedMasterKey)
    }

    pub fn random() -> Result<Self, VaultError> {
        Ok(Self(random_bytes()?))
    }

    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(hidden)")
    }
}

/// What a sealed value is for. Values of one purpose cannot be opened as another.
#[derive(Debug, Clone, Copy)]
pub enum Purpose {
    Contact,
    CancelReason,
    AttentionNote,
    SigningKey,
    Answer,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Contact => b"sprechstunde/contact/1",
            Self::CancelReason => b"sprechstunde/cancel-reason/1",
            Self::AttentionNote => b"sprechstunde/attention-note/1",
            Self::SigningKey => b"sprechstunde/signing-key/1",
            Self::Answer => b"sprechstunde/answer/1",
        }
    }
}

const KEY_ID_LENGTH: usize = 4;

#[derive(Clone)]
pub struct Vault {
    extracted: hkdf::Prk,
    hashing: hmac::Key,
    key_id: [u8; KEY_ID_LENGTH],
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

impl Vault {
    #[must_use]
    pub fn new(master: &MasterKey) -> Self {
        let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, b"sprechstunde").extract(&master.0);
        let hashing: [u8; 32] = expand(&extracted, &[b"sprechstunde/hash/1"]);
        let name: [u8; 32] = expand(&extracted, &[b"sprechstunde/key-id/1"]);
        let [a, b, c, d, ..] = name;
        Self {
            extracted,
            hashing: hmac::Key::new(hmac::HMAC_SHA256, &hashing),
            key_id: [a, b, c, d],
        }
    }

    /// Seals `plain`, bound to `row`: the value cannot be moved to another row unnoticed.
    ///
    /// The layout is key id (4 bytes), nonce (12), cipher text and tag.
    pub fn seal(&self, purpose: Purpose, row: &[u8], plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.seal_with(&[purpose.label()], row, plain)
    }

    pub fn open(&self, purpose: Purpose, row: &[u8], sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.open_with(&[purpose.label()], row, sealed)
    }

    /// As [`Vault::seal`], under a key that also hangs on `word`, which the data base never sees.
    pub fn seal_under(&self, word: &[u8], row: &[u8], plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.seal_with(
            &[Purpose::Answer.label(), &self.hash("word", &[word])],
            row,
            plain,
        )
    }

    pub fn open_under(
        &self,
        word: &[u8],
        row: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        self.open_with(
            &[Purpose::Answer.label(), &self.hash("word", &[word])],
            row,
            sealed,
        )
    }

    /// A keyed hash of the parts for one use; each part's length is hashed too.
    #[must_use]
    pub fn hash(&self, usage: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.hashing);
        for part in std::iter::once(&usage.as_bytes()).chain(parts) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(context.sign().as_ref());
        hash
    }

    /// What an installation keeps to recognise its master key.
    #[must_use]
    pub fn check_value(&self) -> [u8; 32] {
        self.hash("check", &[])
    }

    fn seal_with(&self, labels: &[&[u8]], row: &[u8], plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let nonce: [u8; NONCE_LEN] = random_bytes()?;
        let mut body = plain.to_vec();
        self.cipher(labels)?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(row),
                &mut body,
            )
            .map_err(|_| VaultError::Broken)?;
        Ok([self.key_id.as_slice(), nonce.as_slice(), &body].concat())
    }

    fn open_with(
        &self,
        labels: &[&[u8]],
        row: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let (key_id, rest) = sealed
            .split_first_chunk::<KEY_ID_LENGTH>()
            .ok_or(VaultError::Broken)?;
        let (nonce, body) = rest
            .split_first_chunk::<NONCE_LEN>()
            .ok_or(VaultError::Broken)?;
        if *key_id != self.key_id {
            return Err(VaultError::OtherKey);
        }
        let mut body = body.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain = self
            .cipher(labels)?
            .open_in_place(nonce, Aad::from(row), &mut body);
        plain
            .map(|plain| plain.to_vec())
            .map_err(|_| VaultError::Broken)
    }

    fn cipher(&self, labels: &[&[u8]]) -> Result<LessSafeKey, VaultError> {
        let key: [u8; 32] = expand(&self.extracted, labels);
        UnboundKey::new(&AES_256_GCM, &key)
            .map(LessSafeKey::new)
            .map_err(|_| VaultError::Broken)
    }
}

/// Random bytes of the operating system, for tokens and ids that nobody may guess.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| VaultError::NoRandomness)?;
    Ok(bytes)
}

/// SHA-256, for what is no secret.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    hash
}

fn expand(extracted: &hkdf::Prk, labels: &[&[u8]]) -> [u8; 32] {
    let mut key = [0; 32];
    extracted
        .expand(labels, hkdf::HKDF_SHA256)
        .and_then(|material| material.fill(&mut key))
        .expect("HKDF gives up to 255 hashes, and this is one");
    key
}

#[cfg(test)]
mod tests;
