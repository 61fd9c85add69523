use std::collections::BTreeSet;

use api::specification::specification;
use reqwest::Method;
use tests::Answer;

use super::Guarded;
use crate::permissions::world::operations;

/// Their last word stands where another path has an id.
const AMBIGUOUS: [&str; 3] = [
    "/v1/appointments/find",
    "/v1/invitations/accept",
    "/v1/series/find",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_path_tells_the_methods_that_it_knows() {
    let guarded = Guarded::arrange().await;
    let document = serde_json::to_value(specification()).expect("JSON");
    let operations = operations(&document);
    let paths: BTreeSet<_> = operations.iter().map(|operation| operation.path).collect();
    for path in paths {
        let known: BTreeSet<_> = operations
            .iter()
            .filter(|operation| operation.path == path)
            .collect::<Vec<_>>()
            .iter()
            .map(|operation| operation.method.to_string())
            .collect();
        let real = path
            .replace("{id}", "01990000-0000-7000-8000-000000000001")
            .replace("{code}", "not-found");
        for method in [
            "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW",
        ] {
            if known.contains(method)
                || AMBIGUOUS.contains(&path)
                || method == "HEAD" && known.contains("GET")
            {
                continue;
            }
            let what = format!("{method} {path}");
            let wrong = Method::from_bytes(method.as_bytes()).expect("a method");
            let answer = Answer::of(guarded.world.server.request(wrong, &real)).await;
            assert_eq!(answer.status.as_u16(), 405, "{what}: {}", answer.text);
            let allowed: BTreeSet<_> = answer
                .header("allow")
                .split(", ")
                .map(str::to_owned)
                .collect();
            let mut expected = known.clone();
            if known.contains("GET") {
                expected.insert("HEAD".to_owned());
            }
            assert_eq!(allowed, expected, "{what}");
            if method != "HEAD" {
                answer.expect_problem(405, "method-not-allowed");
            }
        }
    }
    guarded.nothing_has_happened_but(405).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn head_is_get_without_the_body() {
    let guarded = Guarded::arrange().await;
    let server = &guarded.world.server;
    let site = format!("/v1/sites/{}", guarded.world.furnished.talks.site);
    for path in [
        "/livez",
        "/v1/sites",
        &site,
        "/v1/problems",
        "/openapi.json",
        "/v1/me",
        "/v1/nothing",
        "/docs/",
    ] {
        let got = server.get(path).await;
        let head = Answer::of(server.request(Method::HEAD, path)).await;
        assert_eq!(head.status, got.status, "{path}");
        for name in ["content-type", "etag", "link"] {
            assert_eq!(head.header(name), got.header(name), "{path}: {name}");
        }
        assert_eq!(head.text, "", "{path}");
    }
}
