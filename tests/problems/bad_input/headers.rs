use api::specification::specification;
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::json;
use tests::Answer;

use super::{Guarded, MARKER, first};
use crate::permissions::world::operations;

fn bytes(value: &[u8]) -> HeaderValue {
    HeaderValue::from_bytes(value).expect("a header")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_precondition_is_one_entity_tag_as_it_was_read() {
    let guarded = Guarded::arrange().await;
    let document = serde_json::to_value(specification()).expect("JSON");
    let token = guarded
        .world
        .server
        .token(guarded.world.furnished.talks.people.administrator);
    for operation in operations(&document) {
        let described =
            &document["paths"][operation.path][operation.method.as_str().to_lowercase()];
        let parameters = described["parameters"].as_array();
        if !parameters
            .into_iter()
            .flatten()
            .any(|parameter| parameter["name"] == "If-Match")
        {
            continue;
        }
        let path = guarded.bare(&operation).build().expect("a request");
        let (path, query) = (
            path.url().path().to_owned(),
            path.url().query().unwrap_or_default().to_owned(),
        );
        let request = || {
            let request = guarded
                .world
                .server
                .request(operation.method.clone(), &format!("{path}?{query}"));
            request.bearer_auth(&token).json(&json!({}))
        };
        for etag in [
            bytes(b"1"),
            bytes(b"W/\"1\""),
            bytes(b"\"abc\""),
            bytes(b"\"99999999999999999999\""),
            bytes(b"\"1\", \"2\""),
            bytes(b"\""),
            bytes(b"\"\""),
            bytes(b"\xff"),
            bytes(MARKER.as_bytes()),
        ] {
            let what = format!("{}: {etag:?}", operation.id);
            let problem = guarded
                .refused(request().header("If-Match", etag), 400, &what)
                .await;
            assert_eq!(first(&problem)["header"], "If-Match", "{what}: {problem}");
        }
        let twice = request()
            .header("If-Match", "\"1\"")
            .header("If-Match", "\"1\"");
        guarded.refused(twice, 400, operation.id).await;
        let problem = guarded.refused(request(), 428, operation.id).await;
        assert_eq!(
            first(&problem)["header"],
            "If-Match",
            "{}: {problem}",
            operation.id
        );
    }
    guarded.nothing_has_happened().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_secrets_that_are_none_open_nothing() {
    let guarded = Guarded::arrange().await;
    let server = &guarded.world.server;
    let slot = json!({"slot_id": guarded.world.furnished.slot(0)});
    let long = "x".repeat(256);
    for path in ["/v1/appointments", "/v1/holds"] {
        for key in [
            "",
            " ",
            "x",
            "two words",
            &long,
            "00000000-0000-0000-0000-00000000000g",
            MARKER,
        ] {
            let request = server.request(Method::POST, path).json(&slot);
            let problem = guarded
                .refused(request.header("Idempotency-Key", key), 400, key)
                .await;
            assert_eq!(
                first(&problem)["header"],
                "Idempotency-Key",
                "{key}: {problem}"
            );
        }
        let without = server.request(Method::POST, path).json(&slot);
        let problem = guarded.refused(without, 400, "without a key").await;
        assert_eq!(problem["code"], "idempotency-key-required");
    }
    let appointment = format!("/v1/appointments/{}", guarded.world.furnished.appointment);
    for secret in ["", "x", &long, MARKER, "7Z3KQ0M4X9V2T8R5P1N6H7J3D0"] {
        let source = format!("198.51.100.{}", secret.len() % 250);
        let request = server
            .request(Method::GET, &appointment)
            .header("X-Forwarded-For", source);
        guarded
            .refused(request.header("Appointment-Secret", secret), 404, secret)
            .await;
    }
    for authorization in [
        "",
        "x",
        "Bearer",
        "Bearer ",
        "Basic eDp4",
        "Bearer \u{e4}",
        MARKER,
    ] {
        for path in ["/v1/me", "/v1/sites"] {
            let request = server.request(Method::GET, path);
            let request = request.header("Authorization", bytes(authorization.as_bytes()));
            let problem = guarded.refused(request, 401, authorization).await;
            assert_eq!(problem["code"], "unauthenticated");
        }
    }
    guarded.nothing_has_happened().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wishes_that_cannot_be_read_are_passed_over() {
    let guarded = Guarded::arrange().await;
    let server = &guarded.world.server;
    let long = "de,".repeat(5000);
    for (name, value) in [
        ("Accept-Language", b";;q=,,*;q=x, de;q=NaN, \xff".as_slice()),
        ("Accept-Language", long.as_bytes()),
        ("If-None-Match", b"\xff, W/, \"".as_slice()),
        ("Accept", b"\xff/\x80".as_slice()),
        ("Accept-Encoding", b"gzip;q=x, \xff".as_slice()),
        ("X-Request-Id", format!("{MARKER} ").repeat(100).as_bytes()),
        ("X-Forwarded-For", b"nobody, \xff, 999.1.1.1".as_slice()),
        ("Forwarded", b"for=\"[::1\";by=".as_slice()),
        ("Cookie", MARKER.as_bytes()),
    ] {
        let path = format!("/v1/sites/{}", guarded.world.furnished.talks.site);
        for path in [path.as_str(), "/v1/services", "/v1/problems", "/livez"] {
            let request = server.request(Method::GET, path).header(name, bytes(value));
            let answer = Answer::of(request).await;
            assert_eq!(answer.status.as_u16(), 200, "{name}: {}", answer.text);
            let id = answer.header("x-request-id");
            assert!(!id.is_empty() && !id.contains(MARKER), "{id}");
        }
    }
    server
        .get("/v1/sites?colour=")
        .await
        .expect_problem(400, "invalid-request");
    guarded.nothing_has_happened().await;
}
