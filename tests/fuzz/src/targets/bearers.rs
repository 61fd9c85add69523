use std::sync::OnceLock;

use api::authentication::Issuer;
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use uuid::Uuid;

struct Key {
    issuer: Issuer,
    pair: Ed25519KeyPair,
}

/// As it is sent; and of two lines, header and claims, with a good signature of our own.
pub fn run(bytes: &[u8]) {
    let key = key();
    let text = String::from_utf8_lossy(bytes);
    assert!(key.issuer.verify(&text, now()).is_err(), "a forged token");
    let lines = super::lines(bytes);
    let [header, claims, ..] = lines.as_slice() else {
        return;
    };
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
    let message = format!("{header}.{claims}");
    let signature = URL_SAFE_NO_PAD.encode(key.pair.sign(message.as_bytes()));
    let signed = format!("{message}.{signature}");
    if key.issuer.verify(&signed, now()).is_ok() {
        let broken = format!("{message}.{}", URL_SAFE_NO_PAD.encode([0; 64]));
        assert!(key.issuer.verify(&broken, now()).is_err());
        assert!(key.issuer.verify(&message, now()).is_err());
    }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap_or(DateTime::UNIX_EPOCH)
}

fn key() -> &'static Key {
    static KEY: OnceLock<Key> = OnceLock::new();
    KEY.get_or_init(|| {
        let (pkcs8, _) = Issuer::new_key().expect("a key");
        Key {
            issuer: Issuer::new("https://issuer.example", Uuid::nil(), &pkcs8).expect("an issuer"),
            pair: Ed25519KeyPair::from_pkcs8(&pkcs8).expect("a pair"),
        }
    })
}
