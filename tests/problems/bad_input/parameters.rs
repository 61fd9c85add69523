use api::specification::specification;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use tests::Answer;
use uuid::Uuid;

use super::{Guarded, MARKER, first};
use crate::permissions::world::{Operation, operations};

/// The operation with that query instead of its own.
fn asking(guarded: &Guarded, operation: &Operation<'_>, query: &str) -> RequestBuilder {
    let request = guarded.bare(operation);
    let (client, request) = request.build_split();
    let mut request = request.expect("a request");
    let needed = request.url().query().unwrap_or_default().to_owned();
    let needed = needed
        .split('&')
        .filter(|pair| !pair.is_empty() && !names(query).contains(&name(pair)));
    let all: Vec<_> = needed.chain([query]).collect();
    let query = all.join("&");
    request.url_mut().set_query(Some(&query));
    RequestBuilder::from_parts(client, request)
}

fn name(pair: &str) -> &str {
    pair.split('=').next().unwrap_or_default()
}

fn names(query: &str) -> Vec<&str> {
    query.split('&').map(name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_operation_ignores_a_parameter_that_it_does_not_have() {
    let guarded = Guarded::arrange().await;
    let document = serde_json::to_value(specification()).expect("JSON");
    for operation in operations(&document) {
        if !operation.path.starts_with("/v1/") {
            continue;
        }
        let described = document["paths"][operation.path][operation.method.as_str().to_lowercase()]
            ["parameters"]
            .as_array();
        let tries_first = described
            .into_iter()
            .flatten()
            .any(|parameter| parameter["name"] == "dry_run");
        let mut bad = vec![
            ("colour", format!("colour={MARKER}")),
            ("colour", "colour".to_owned()),
        ];
        if !tries_first {
            bad.push(("dry_run", "dry_run=true".to_owned()));
        }
        for (name, query) in bad {
            let what = format!("{}?{query}", operation.id);
            let request = asking(&guarded, &operation, &query);
            let problem = guarded.refused(request, 400, &what).await;
            assert_eq!(problem["code"], "invalid-request", "{what}");
            let error = first(&problem);
            assert_eq!(error["parameter"], name, "{what}: {problem}");
            assert_eq!(error["code"], "unknown-parameter", "{what}");
        }
    }
    guarded.nothing_has_happened().await;
}

/// Every operation that reads, with the names and formats of its parameters.
fn reading(document: &Value) -> Vec<(Operation<'_>, Vec<(&str, &str)>)> {
    let paths = &document["paths"];
    let reading = operations(document)
        .into_iter()
        .filter(|operation| operation.method == Method::GET);
    reading
        .map(|operation| {
            let described = &paths[operation.path]["get"]["parameters"];
            let parameters = described.as_array().into_iter().flatten();
            let in_query = parameters.filter(|parameter| parameter["in"] == "query");
            let formats = in_query.map(|parameter| {
                let format = parameter["schema"]["format"].as_str();
                (
                    parameter["name"].as_str().expect("a name"),
                    format.unwrap_or_default(),
                )
            });
            let formats = formats.collect();
            (operation, formats)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_that_cannot_be_read_are_named() {
    let guarded = Guarded::arrange().await;
    let document = serde_json::to_value(specification()).expect("JSON");
    for (operation, parameters) in reading(&document) {
        let mut bad = Vec::new();
        for (name, format) in parameters {
            match (name, format) {
                ("limit", _) => {
                    for limit in ["0", "-1", "1.5", "", "x", "99999999999999999999", "limit"] {
                        bad.push((name, format!("limit={limit}")));
                    }
                    bad.push((name, "limit=1&limit=2".to_owned()));
                }
                ("cursor", _) => {
                    for cursor in [MARKER, "", "%00", "%FF", "e30", "bnVsbA", "%F0%9F%92%A9"] {
                        bad.push((name, format!("cursor={cursor}")));
                    }
                }
                (_, "uuid") => {
                    for id in [MARKER, "", "%00", "00000000-0000-0000-0000-00000000000g"] {
                        bad.push((name, format!("{name}={id}")));
                    }
                    bad.push((
                        name,
                        format!("{name}={}&{name}={}", Uuid::nil(), Uuid::nil()),
                    ));
                }
                (_, "date-time") => {
                    for instant in [
                        MARKER,
                        "",
                        "%00",
                        "2026-12-01",
                        "10000-01-01T00:00:00Z",
                        "2026-13-01T00:00:00Z",
                    ] {
                        bad.push((name, format!("{name}={instant}")));
                    }
                }
                _ => {}
            }
        }
        for (name, query) in bad {
            let what = format!("{}?{query}", operation.id);
            let problem = guarded
                .refused(asking(&guarded, &operation, &query), 400, &what)
                .await;
            assert_eq!(problem["code"], "invalid-request", "{what}");
            assert_eq!(first(&problem)["parameter"], name, "{what}: {problem}");
        }
    }
    guarded.nothing_has_happened().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_parameter_breaks_anything() {
    let guarded = Guarded::arrange().await;
    let document = serde_json::to_value(specification()).expect("JSON");
    for (operation, parameters) in reading(&document) {
        for (name, _) in parameters {
            for value in [
                "%00",
                "%FF",
                "%",
                "%2",
                "+",
                "%22%27;--",
                "%F0%9F%92%A9",
                "0000-01-01T00:00:00Z",
                "0000-01-01T00:00:00%2B23:59",
                "9999-12-31T23:59:59Z",
                "9999-12-31T23:59:59-23:59",
                "-9999-12-31T23:59:59Z",
                "4294967295",
                "00000000-0000-0000-0000-000000000000",
                "true",
            ] {
                let query = format!("{name}={value}");
                let answer = Answer::of(asking(&guarded, &operation, &query)).await;
                let status = answer.status.as_u16();
                assert!(status < 500, "{}?{query}: {}", operation.id, answer.text);
            }
            let long = format!("{name}={}", MARKER.repeat(2000));
            let answer = Answer::of(asking(&guarded, &operation, &long)).await;
            assert!(
                answer.status.is_client_error(),
                "{}: a long {name}: {}",
                operation.id,
                answer.status
            );
        }
    }
    let server = &guarded.world.server;
    let clamped = server.get("/v1/sites?limit=4294967295").await;
    clamped.expect(200);
    let span = "/v1/slots?topic=social&from=2026-12-02T00:00:00Z&before=2026-12-01T00:00:00Z";
    let problem = server.get(span).await.expect_problem(422, "rule-violated");
    assert_eq!(first(&problem)["parameter"], "before");
    guarded.nothing_has_happened().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_id_names_nothing() {
    let guarded = Guarded::arrange().await;
    let document = serde_json::to_value(specification()).expect("JSON");
    for operation in operations(&document) {
        let Some((before, after)) = operation.path.split_once("{id}") else {
            continue;
        };
        for id in [
            "x",
            "%00",
            "%FF",
            "..%2F..",
            "00000000-0000-0000-0000-000000000000",
            MARKER,
            "%F0%9F%92%A9",
        ] {
            let what = format!("{}: {id}", operation.id);
            let request = guarded.bare(&operation);
            let (client, request) = request.build_split();
            let mut request = request.expect("a request");
            request.url_mut().set_path(&format!("{before}{id}{after}"));
            let request = RequestBuilder::from_parts(client, request);
            // Of what else is missing, nothing is said before it is clear what it would be about.
            let request = match (&operation.example, operation.id) {
                (Some(example), _) => request.json(example),
                (None, "releaseHold") => request.header("Hold-Token", "x"),
                (None, _) => request,
            };
            let problem = guarded.refused(request, 404, &what).await;
            assert_eq!(problem["code"], "not-found", "{what}");
        }
    }
    guarded.nothing_has_happened_but(404).await;
}
