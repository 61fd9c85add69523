//! Requests that are nearly right: whatever is wrong with one, it is answered soon, and as the
//! mistake of its caller.
//!
//! `FUZZ_SECONDS` says for how long, `FUZZ_SEED` where to begin; what fails says its seed.

mod cursors;
mod requests;
mod samples;
mod values;

use std::collections::BTreeMap;
use std::env;
use std::time::{Duration, Instant};

use ::fuzz::mutation::Dice;
use api::specification::specification;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tests::Answer;

use super::bad_input::{logged_panics, most_able};
use crate::permissions::world::{Operation, World, operations};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// After so many requests there is a new world: they archive, cancel and book out the old one.
const REQUESTS_OF_A_WORLD: u64 = 200;

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_nearly_right_is_answered_soon_and_as_a_mistake_of_the_caller() {
    let seconds = number("FUZZ_SECONDS").unwrap_or(12);
    let first = number("FUZZ_SEED").unwrap_or(20_261_122);
    let document = serde_json::to_value(specification()).expect("JSON");
    let all = operations(&document);
    let mut with_bodies = operations(&document);
    with_bodies.retain(|operation| operation.example.is_some());
    let mut world = World::arrange().await;
    let judge = Judge::of(&world, &document).await;
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut seed = first;
    let mut statuses = BTreeMap::<u16, u64>::new();
    while Instant::now() < until {
        if (seed - first) % REQUESTS_OF_A_WORLD == REQUESTS_OF_A_WORLD - 1 {
            world.refurnish(&format!("world-{seed}")).await;
        }
        let mut dice = Dice::new(seed);
        let among = [&with_bodies, &all][dice.below(2)];
        let operation = dice.choose(among);
        let request = requests::nearly_right(&world, &document, operation, &mut dice);
        let what = format!("{}, FUZZ_SEED={seed}", operation.id);
        let status = judge.hear(operation, request, &what).await;
        *statuses.entry(status).or_default() += 1;
        seed += 1;
    }
    println!("{} requests: {statuses:?}", seed - first);
    assert_eq!(logged_panics(), Vec::<String>::new());
}

/// Bodies that were once answered badly: operation, field, value.
const ONCE_BROKE: &[(&str, &str, &str)] = &[
    ("createSchedule", "exceptions", r#"["-262143-01-01"]"#),
    ("createSchedule", "exceptions", r#"["+262142-12-31"]"#),
    ("updateSchedule", "exceptions", r#"["-4714-01-01"]"#),
    ("createSite", "name", r#"{"de/at~x": "x"}"#),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_broke_something_once_does_so_no_more() {
    let document = serde_json::to_value(specification()).expect("JSON");
    let world = World::arrange().await;
    let judge = Judge::of(&world, &document).await;
    for operation in &operations(&document) {
        for (id, field, value) in ONCE_BROKE {
            if operation.id != *id {
                continue;
            }
            let mut body = requests::good_body(&world, operation).expect("a body");
            body[field] = serde_json::from_str(value).expect("JSON");
            let request = world.bare(operation, most_able(operation), "*").json(&body);
            let what = format!("{id} with {field} {value}");
            judge.hear(operation, request, &what).await;
        }
    }
}

/// A long list of mistakes, and a long name of a field, do not come back as a long answer.
#[tokio::test(flavor = "multi_thread")]
async fn no_answer_is_as_long_as_what_was_sent() {
    let document = serde_json::to_value(specification()).expect("JSON");
    let world = World::arrange().await;
    let judge = Judge::of(&world, &document).await;
    let (many, long) = (vec!["x"; 20_000], "x".repeat(100_000));
    for operation in &operations(&document) {
        let (field, values) = match operation.id {
            "createSchedule" | "createSession" => ("modalities", vec![json!(many)]),
            "createSite" => (
                "name",
                vec![
                    json!({ &long: "x" }),
                    json!({ &long: 1 }),
                    json!({"de": long}),
                ],
            ),
            _ => continue,
        };
        for value in values {
            let mut body = requests::good_body(&world, operation).expect("a body");
            body[field] = value;
            let request = world.bare(operation, most_able(operation), "*").json(&body);
            let status = judge.hear(operation, request, operation.id).await;
            assert!([400, 422].contains(&status), "{}: {status}", operation.id);
        }
    }
}

/// Knows what may be answered.
struct Judge<'d> {
    document: &'d Value,
    /// The status of each problem of the catalogue, by its code.
    catalogue: BTreeMap<String, u64>,
}

impl<'d> Judge<'d> {
    async fn of(world: &World, document: &'d Value) -> Self {
        super::bad_input::logged();
        let listed = world.server.get("/v1/problems").await.expect(200);
        let kinds = listed["items"].as_array().expect("kinds").iter();
        let catalogue = kinds.map(|kind| {
            let code = kind["code"].as_str().expect("a code").to_owned();
            (code, kind["status"].as_u64().expect("a status"))
        });
        Self {
            document,
            catalogue: catalogue.collect(),
        }
    }

    /// Sends it, and answers the status.
    async fn hear(&self, operation: &Operation<'_>, request: RequestBuilder, what: &str) -> u16 {
        let (again, started) = (request.try_clone(), Instant::now());
        let answer = Answer::of(request).await;
        if started.elapsed() > PATIENCE {
            // A busy machine is slow once, a bad request each time.
            let (again, started) = (again.expect("a copy"), Instant::now());
            Answer::of(again).await;
            assert!(started.elapsed() <= PATIENCE, "{what} takes too long");
        }
        let status = answer.status.as_u16();
        let described = &self.document["paths"][operation.path];
        let method = operation.method.as_str().to_lowercase();
        assert!(
            described[method]["responses"]
                .get(status.to_string())
                .is_some(),
            "{what} is answered {status}, which it does not say: {}",
            answer.text
        );
        assert!(status < 500, "{what}: {}", answer.text);
        if status >= 400 {
            self.check_problem(&answer, what);
        }
        status
    }

    fn check_problem(&self, answer: &Answer, what: &str) {
        let media_type = answer.header("content-type");
        assert_eq!(media_type, "application/problem+json", "{what}");
        let problem = answer.json();
        let code = problem["code"].as_str().expect("a code");
        let documented = self.catalogue.get(code).copied();
        assert_eq!(documented, problem["status"].as_u64(), "{what}: {code}");
        assert!(answer.text.len() < 32 * 1024, "{what}: a long answer");
        for error in problem["errors"].as_array().expect("errors") {
            let pointer = error["pointer"].as_str().unwrap_or_default();
            let escaped = |rest: &str| rest.starts_with(['0', '1']);
            assert!(
                (pointer.is_empty() || pointer.starts_with('/'))
                    && pointer.split('~').skip(1).all(escaped),
                "{what}: no JSON Pointer: {pointer}"
            );
        }
    }
}
