use domain::code::{Code, Secret};
use domain::crockford;

/// Codes and secrets as people write them down; refresh tokens and invitations are secrets too.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(code) = text.parse::<Code>() {
        assert_eq!(code.letters().len(), 8);
        assert_eq!(code.to_string().parse(), Ok(code));
    }
    if let Ok(secret) = text.parse::<Secret>() {
        assert_eq!(secret.reveal().len(), 26);
        assert!(secret.reveal().parse::<Secret>() == Ok(secret));
    }
    if let Ok(letters) = crockford::canonical(&text) {
        assert_eq!(crockford::canonical(&letters).as_deref(), Ok(&*letters));
        assert_eq!(
            crockford::decode_lenient(&text),
            crockford::decode_lenient(&letters)
        );
    }
}
