use domain::crockford::{self, Case};
use domain::slot_id::SlotId;

/// Slot ids and what they are made of: as text, and as the bytes behind it.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    one_text(&text);
    one_text(&crockford::encode(bytes, Case::Lower));
    for case in [Case::Upper, Case::Lower] {
        if let Ok(decoded) = crockford::decode_strict(&text, case) {
            assert_eq!(crockford::encode(&decoded, case), text);
        }
        let encoded = crockford::encode(bytes, case);
        assert_eq!(
            crockford::decode_strict(&encoded, case).as_deref(),
            Ok(bytes)
        );
        assert_eq!(crockford::decode_lenient(&encoded).as_deref(), Ok(bytes));
    }
}

fn one_text(text: &str) {
    if let Ok(id) = text.parse::<SlotId>() {
        assert_eq!(id.to_string(), text, "two texts for one slot");
        assert!(id.starts_at.instant() >= chrono::DateTime::UNIX_EPOCH);
    }
}
