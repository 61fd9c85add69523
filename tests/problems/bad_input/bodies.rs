use api::specification::specification;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::Answer;

use super::{Guarded, MARKER, first};
use crate::permissions::world::{Operation, operations};

fn typed(request: RequestBuilder, body: impl Into<reqwest::Body>) -> RequestBuilder {
    request.header(CONTENT_TYPE, "application/json").body(body)
}

fn document() -> Value {
    serde_json::to_value(specification()).expect("JSON")
}

/// Operations that take a body, each with a good one.
fn with_bodies<'d>(document: &'d Value) -> impl Iterator<Item = Operation<'d>> {
    operations(document)
        .into_iter()
        .filter(|operation| operation.example.is_some())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_object_cannot_be_read() {
    let guarded = Guarded::arrange().await;
    for operation in with_bodies(&document()) {
        let deep = 10_000;
        for (what, body) in [
            ("nothing", Vec::new()),
            ("half an object", format!("{{\"{MARKER}").into_bytes()),
            ("two objects", b"{} {}".to_vec()),
            (
                "no UTF-8",
                [b"{\"name\": \"".as_slice(), MARKER.as_bytes(), b"\xff\"}"].concat(),
            ),
            ("a lone surrogate", b"{\"name\": \"\\ud800\"}".to_vec()),
            ("a bare word", MARKER.as_bytes().to_vec()),
            ("null", b"null".to_vec()),
            ("a number", b"17".to_vec()),
            ("a text", format!("\"{MARKER}\"").into_bytes()),
            ("a list", format!("[\"{MARKER}\"]").into_bytes()),
            ("deep lists", "[".repeat(deep).into_bytes()),
            ("deep objects", "{\"a\":".repeat(deep).into_bytes()),
            (
                "deep in a field",
                format!("{{\"name\": {}{}}}", "[".repeat(deep), "]".repeat(deep)).into_bytes(),
            ),
        ] {
            let what = format!("{}: {what}", operation.id);
            let request = typed(guarded.bare(&operation), body);
            let problem = guarded.refused(request, 400, &what).await;
            assert_eq!(problem["code"], "invalid-request", "{what}");
            assert!(first(&problem)["pointer"].is_string(), "{what}: {problem}");
        }
    }
    guarded.nothing_has_happened().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_fields_and_wrong_types_are_named() {
    let guarded = Guarded::arrange().await;
    for operation in with_bodies(&document()) {
        let good = operation.example.clone().expect("an example");
        let mut unknown = good.clone();
        unknown["unheard_of"] = json!(MARKER);
        let request = typed(guarded.bare(&operation), unknown.to_string());
        let problem = guarded.refused(request, 400, operation.id).await;
        assert_eq!(
            first(&problem)["code"],
            "unknown-field",
            "{}: {problem}",
            operation.id
        );
        assert_eq!(
            first(&problem)["pointer"],
            "/unheard_of",
            "{}: {problem}",
            operation.id
        );
        for name in good.as_object().expect("fields").keys() {
            let what = format!("{}: an object for {name}", operation.id);
            let mut wrong = good.clone();
            wrong[name] = json!({"x": {"y": MARKER}});
            let request = typed(guarded.bare(&operation), wrong.to_string());
            let problem = guarded.refused(request, 400, &what).await;
            let pointer = first(&problem)["pointer"].as_str().unwrap_or_default();
            assert!(
                pointer.starts_with(&format!("/{name}")),
                "{what}: {problem}"
            );
            if operation.method != Method::PATCH {
                let mut missing = good.clone();
                missing.as_object_mut().expect("fields").remove(name);
                let request = typed(guarded.bare(&operation), missing.to_string() + "}");
                guarded.refused(request, 400, &what).await;
            }
        }
    }
    guarded.nothing_has_happened().await;
}

/// Whatever of these is refused, it is refused as a mistake of the caller.
#[tokio::test(flavor = "multi_thread")]
async fn no_value_breaks_anything() {
    let guarded = Guarded::arrange().await;
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(9_223_372_036_854_775_807_i64),
        json!(""),
        json!(" "),
        json!("\u{0}"),
        json!(format!("{MARKER}\u{0}")),
        json!("\u{1}\u{7f}\u{1b}[31m"),
        json!("\u{202e}\u{feff}\u{fffd}"),
        json!("x".repeat(100_000)),
        json!([]),
        json!([null]),
        json!(["\u{0}"]),
        json!({"de": "\u{0}"}),
        json!({"\u{0}": MARKER}),
        json!({}),
        json!("0000-01-01T00:00:00Z"),
        json!("9999-12-31T23:59:60-23:59"),
        json!("10000-01-01T00:00:00Z"),
        json!("0000-01-01"),
        json!("9999-12-31"),
        json!("00000000-0000-0000-0000-000000000000"),
    ];
    for operation in with_bodies(&document()) {
        // A sign-in hashes what it is given, which takes its time.
        let good = guarded
            .world
            .body(&operation, 0)
            .filter(|body| *body != json!({}));
        let good = good.or(operation.example.clone()).expect("a body");
        for name in good.as_object().expect("fields").keys() {
            for value in &values {
                let mut bad = good.clone();
                bad[name] = value.clone();
                let request = typed(guarded.bare(&operation), bad.to_string());
                let answer = Answer::of(request).await;
                let status = answer.status.as_u16();
                assert!(
                    status < 500,
                    "{}: {name} = {value}: {}",
                    operation.id,
                    answer.text
                );
                let has_nul = value.to_string().contains("\\u0000");
                // What is no refresh token is answered the same (RFC 7009).
                let taken = status < 400 && operation.id != "revokeToken";
                assert!(
                    !(has_nul && taken),
                    "{}: {name} = {value} was taken",
                    operation.id
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_end_after_they_start_in_years_that_there_are() {
    let guarded = Guarded::arrange().await;
    let document = document();
    let good = ("2040-03-01T09:00:00Z", "2040-03-01T12:00:00Z");
    for operation in with_bodies(&document) {
        let with_spans = [
            "createAbsence",
            "createClosure",
            "createSession",
            "createSickDay",
        ];
        if !with_spans.contains(&operation.id) {
            continue;
        }
        for (starts_at, ends_at, status, pointer) in [
            (good.1, good.0, 422, "/ends_at"),
            (good.0, good.0, 422, "/ends_at"),
            ("0000-01-01T00:00:00Z", good.1, 422, "/starts_at"),
            (good.0, "9999-12-31T23:59:59Z", 422, "/ends_at"),
            ("10000-01-01T00:00:00Z", good.1, 400, "/starts_at"),
            (good.0, "10000-01-01T00:00:00Z", 400, "/ends_at"),
            ("2040-03-01T09:00:00", good.1, 400, "/starts_at"),
            ("2040-02-30T09:00:00Z", good.1, 400, "/starts_at"),
        ] {
            let what = format!("{}: {starts_at} to {ends_at}", operation.id);
            let mut body = guarded.world.body(&operation, 0).expect("a body");
            (body["starts_at"], body["ends_at"]) = (json!(starts_at), json!(ends_at));
            let request = typed(guarded.bare(&operation), body.to_string());
            let problem = guarded.refused(request, status, &what).await;
            assert_eq!(first(&problem)["pointer"], pointer, "{what}: {problem}");
        }
        let mut body = guarded.world.body(&operation, 0).expect("a body");
        body["organisation_id"] = json!(MARKER);
        let request = typed(guarded.bare(&operation), body.to_string());
        let problem = guarded.refused(request, 400, operation.id).await;
        assert_eq!(first(&problem)["pointer"], "/organisation_id");
    }
    let slot = guarded.world.server.request(Method::POST, "/v1/holds");
    let slot = slot.header("Idempotency-Key", uuid::Uuid::new_v4().to_string());
    let problem = guarded
        .refused(
            typed(slot, json!({"slot_id": MARKER}).to_string()),
            400,
            "a slot",
        )
        .await;
    assert_eq!(first(&problem)["pointer"], "/slot_id");
    guarded.nothing_has_happened().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_json_of_a_bearable_size_is_read() {
    let guarded = Guarded::arrange().await;
    for operation in with_bodies(&document()) {
        let bare = guarded.bare(&operation);
        let untyped = bare.body(format!("{{\"{MARKER}\": 1}}"));
        for request in [
            untyped.try_clone().expect("a copy"),
            untyped
                .try_clone()
                .expect("a copy")
                .header(CONTENT_TYPE, "text/plain"),
            untyped
                .try_clone()
                .expect("a copy")
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded"),
            untyped.header(CONTENT_TYPE, "\u{e4}"),
        ] {
            let problem = guarded.refused(request, 415, operation.id).await;
            assert_eq!(problem["code"], "unsupported-media-type");
            assert_eq!(
                first(&problem)["header"],
                "Content-Type",
                "{}",
                operation.id
            );
        }
        for size in [300_000, 1_000_000] {
            let long = format!("{{\"name\": \"{}\"}}", MARKER.repeat(size / MARKER.len()));
            let request = typed(guarded.bare(&operation), long);
            let problem = guarded.refused(request, 413, operation.id).await;
            assert_eq!(problem["code"], "too-large");
        }
    }
    guarded
        .world
        .server
        .get("/v1/sites?x=")
        .await
        .expect_problem(400, "invalid-request");
    guarded.nothing_has_happened().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_of_the_specification_can_be_read() {
    let guarded = Guarded::arrange().await;
    for operation in with_bodies(&document()) {
        let example = operation.example.clone().expect("an example");
        let request = typed(guarded.bare(&operation), example.to_string());
        let answer = Answer::of(request).await;
        assert_ne!(
            answer.status.as_u16(),
            400,
            "{}: {}",
            operation.id,
            answer.text
        );
    }
}
