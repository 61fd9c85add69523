use actix_web::http::Uri;
use actix_web::test::TestRequest;
use api::extract::Query;
use api::pages::Limit;
use serde::Deserialize;

use super::requests::{extract, is_refusal};

/// The kinds of parameters that operations have.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    organisation_id: Option<String>,
    #[serde(default)]
    status: Vec<String>,
    dry_run: Option<bool>,
    limit: Option<u32>,
}

/// Whatever can stand behind the `?` of a request line.
pub fn run(bytes: &[u8]) {
    let uri = [b"/v1/sites?".as_slice(), bytes].concat();
    let Ok(uri) = Uri::try_from(uri) else {
        return;
    };
    let request = TestRequest::with_uri(&uri.to_string());
    let Some(Query(read)) = extract::<Query<Parameters>>(request) else {
        return;
    };
    assert!(read.organisation_id.is_none_or(|id| !id.is_empty()));
    assert!(read.status.len() <= bytes.len());
    let _ = read.dry_run;
    match Limit::new(read.limit) {
        Ok(limit) => assert!((1..=200).contains(&limit.count())),
        Err(problem) => is_refusal(&problem),
    }
}
