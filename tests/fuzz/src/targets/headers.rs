use actix_web::http::header::HeaderValue;
use actix_web::test::TestRequest;
use api::extract::{IfMatch, IfNoneMatch, Languages, SecretHeader};
use api::idempotency::Attempt;
use api::throttle::Network;

use super::requests::extract;

/// The same value in every header that somebody reads.
pub fn run(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = text.parse::<Network>();
    }
    let Ok(value) = HeaderValue::from_bytes(bytes) else {
        return;
    };
    let with = |name: &'static str| TestRequest::default().insert_header((name, value.clone()));
    if let Some(IfMatch::Version(version)) = extract(with("If-Match")) {
        let same = IfMatch::Version(version).check(version);
        assert!(same.is_ok());
    }
    if let Some(tags) = extract::<IfNoneMatch>(with("If-None-Match")) {
        let _ = tags.has("\"1\"");
    }
    if let Some(attempt) = extract::<Attempt>(with("Idempotency-Key")) {
        assert!(attempt.required().is_ok());
    }
    if let Some(Languages(wishes)) = extract(with("Accept-Language")) {
        assert!(wishes.len() <= bytes.len());
    }
    let _ = extract::<SecretHeader>(with("Appointment-Secret"));
    let twice = with("If-Match").append_header(("If-Match", value.clone()));
    assert!(extract::<IfMatch>(twice).is_none(), "two versions");
}
