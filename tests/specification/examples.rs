//! Every example of the specification is sent to the program, and does what it is an example of.

use reqwest::{Method, RequestBuilder, Url};
use serde_json::json;
use tests::Answer;
use uuid::Uuid;

use super::{document, operations};
use crate::permissions::world::{self, CALLERS, Operation, World};

/// What is arranged has another status or another time. The problem says that the example was
/// understood; what does it is tested elsewhere.
const UNDERSTOOD: &[(&str, &str)] = &[
    ("acceptOffer", "slot-gone"),
    ("declineAppointment", "wrong-status"),
    ("recordDropIns", "too-early"),
];

/// What opens these is arranged for each request, and no example can know it.
const OPENED: &[&str] = &[
    "setUp",
    "createToken",
    "refreshToken",
    "acceptInvitation",
    "findAppointment",
    "findSeries",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_body_is_accepted_from_somebody() {
    let document = document();
    let mut world = World::arrange().await;
    let mut refused = String::new();
    for operation in world::operations(&document) {
        if operation.example.is_none() {
            continue;
        }
        world.refurnish(&operation.id.to_lowercase()).await;
        arrange(&world).await;
        let mut told = Vec::new();
        for caller in 0..CALLERS.len() {
            let answer = replay(&mut world, &operation, caller).await;
            let is_done = answer.status.is_success()
                || UNDERSTOOD.contains(&(operation.id, code(&answer).as_str()));
            told.push(answer);
            if is_done {
                told.clear();
                break;
            }
        }
        for answer in told {
            refused += &format!("{}: {}\n", operation.id, answer.text);
        }
    }
    assert!(refused.is_empty(), "{refused}");
}

fn code(answer: &Answer) -> String {
    let code = answer.json()["code"].as_str().map(ToOwned::to_owned);
    code.unwrap_or_default()
}

/// Partners of the whole network, and a service that allows every wish.
async fn arrange(world: &World) {
    let sql =
        "UPDATE organisations SET published = true; UPDATE services SET allows_gender_wish = true";
    world.server.sql(sql).await;
}

async fn replay(world: &mut World, operation: &Operation<'_>, caller: usize) -> Answer {
    if OPENED.contains(&operation.id) {
        return Answer::of(world.request(operation, caller).await).await;
    }
    if operation.id == "dealWithAttention" {
        world.need_attention().await;
    }
    let mut body = world.example(operation, caller).expect("an example");
    if operation.id == "updateSession" {
        // A little later on its own day.
        let later = format!(
            "SELECT to_json(starts_at + interval '5 minutes') #>> '{{}}' FROM sessions WHERE id = '{}'",
            world.furnished.talks.session
        );
        body["starts_at"] = json!(world.server.sql_value(&later).await);
    }
    let request = world.bare(operation, caller, "*");
    Answer::of(request.json(&body)).await
}

/// Parameters that mean nothing alone, with what goes along.
const TOGETHER: &[(&str, &str)] = &[("near", "within_km=25"), ("within_km", "near=51.34,12.37")];

#[tokio::test(flavor = "multi_thread")]
async fn every_parameter_is_accepted() {
    let document = document();
    let world = World::arrange().await;
    arrange(&world).await;
    let known = world::operations(&document);
    let mut refused = String::new();
    for (_, method, described) in operations(&document) {
        if method != "get" {
            continue;
        }
        let id = described["operationId"].as_str().unwrap_or_default();
        let operation = known.iter().find(|known| known.id == id).expect("it");
        for parameter in described["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default();
            let schema = &parameter["schema"];
            let example = [parameter, schema, &schema["items"]]
                .into_iter()
                .find_map(|it| it.get("example"));
            let Some(example) = example else { continue };
            let example = example
                .as_str()
                .map_or_else(|| example.to_string(), str::to_owned);
            if parameter["in"] == "path" {
                let path = operation.path.replace(&format!("{{{name}}}"), &example);
                world.server.get(&path).await.expect(200);
                continue;
            }
            let (mut query, mut told) = (vec![(name, example)], Vec::new());
            let along = TOGETHER.iter().filter(|(with, _)| *with == name);
            query.extend(along.filter_map(|(_, other)| {
                let (other, value) = other.split_once('=')?;
                Some((other, value.to_owned()))
            }));
            let people = world.furnished.talks.people;
            for account in [people.administrator, people.coordinator] {
                let answer = Answer::of(asking(&world, operation, &query, account)).await;
                told.push(answer);
            }
            if !told.iter().any(|answer| answer.status.is_success()) {
                refused += &format!("{id} with {query:?}: {told:?}\n");
            }
        }
    }
    assert!(refused.is_empty(), "{refused}");
}

/// With what the operation asks for anyway, but for what is asked here or excludes it.
fn asking(
    world: &World,
    operation: &Operation<'_>,
    query: &[(&str, String)],
    account: Uuid,
) -> RequestBuilder {
    let anywhere = Url::parse("http://anywhere").expect("an address");
    let mut url = anywhere.join(&world.path(operation)).expect("a path");
    let is_asked = |name: &str| query.iter().any(|(asked, _)| *asked == name);
    let mut all: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    all.retain(|(name, _)| !(is_asked(name) || name == "service_id" && is_asked("topic")));
    all.extend(
        query
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone())),
    );
    url.query_pairs_mut().clear().extend_pairs(all);
    let path = format!("{}?{}", url.path(), url.query().unwrap_or_default());
    let request = world.server.request(Method::GET, &path);
    request.bearer_auth(world.server.token(account))
}
