use api::pages::{after, after_instant, cursor, each_parsed, parsed};
use api::problems::Problem;
use chrono::Datelike;
use domain::ids::SiteId;
use serde_json::Value;
use uuid::Uuid;

use super::requests::is_refusal;

/// As it is sent, and as if somebody had looked into a good one and changed what it says.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    read_as_all(&text);
    if let Ok(position) = serde_json::from_slice::<Value>(bytes) {
        let forged = cursor(position, &"filter").expect("a cursor");
        read_as_all(&forged);
        let elsewhere = after::<Value>(Some(&forged), &"another filter");
        is_refusal(&elsewhere.expect_err("a cursor of another list"));
    }
    told(parsed::<SiteId>("site_id", Some(&text)));
    told(each_parsed::<SiteId>("site_id", &super::lines(bytes)));
}

fn read_as_all(text: &str) {
    if let Some(id) = told(after::<Uuid>(Some(text), &"filter")).flatten() {
        let again = cursor(id, &"filter").expect("a cursor");
        let read = after::<Uuid>(Some(&again), &"filter");
        assert!(read.is_ok_and(|read| read == Some(id)));
    }
    if let Some((instant, _)) = told(after_instant(Some(text), &"filter")).flatten() {
        assert!((1970..=9999).contains(&instant.year()), "{instant}");
    }
    told(after::<String>(Some(text), &"filter"));
}

fn told<T>(result: Result<T, Problem>) -> Option<T> {
    result.map_err(|problem| is_refusal(&problem)).ok()
}
