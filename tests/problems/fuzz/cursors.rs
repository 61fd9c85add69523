use api::specification::specification;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::Answer;
use uuid::Uuid;

use super::Judge;
use crate::permissions::world::{CALLERS, World, operations};

/// Where a page can never have ended.
const ELSEWHERE: &[&str] = &[
    "+262142-12-31T23:59:59.999999999Z",
    "-262143-01-01T00:00:00Z",
    "-4714-11-23T00:00:00Z",
    "+294277-01-01T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:60Z",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "\u{0}",
    "",
];

/// A cursor is no secret: whoever reads one can write another for the same list.
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_cursor_is_a_mistake_of_its_caller() {
    let document = serde_json::to_value(specification()).expect("JSON");
    let world = World::arrange().await;
    let judge = Judge::of(&world, &document).await;
    another_of_each(&world).await;
    let caller = CALLERS.iter().position(|known| *known == "coordinator");
    let mut forged = Vec::new();
    for operation in operations(&document) {
        if operation.method != Method::GET || !operation.id.starts_with("list") {
            continue;
        }
        let asking = |query: &str| {
            let request = world.bare(&operation, caller.expect("a caller"), "*");
            let (client, request) = request.build_split();
            let mut request = request.expect("a request");
            let needed = request.url().query().unwrap_or_default().to_owned();
            request
                .url_mut()
                .set_query(Some(&format!("{needed}&{query}")));
            RequestBuilder::from_parts(client, request)
        };
        let page = Answer::of(asking("limit=1")).await;
        let Some(cursor) = page.json()["next_cursor"].as_str().map(str::to_owned) else {
            continue;
        };
        forged.push(operation.id);
        let written = URL_SAFE_NO_PAD.decode(cursor).expect("base64");
        let good: Value = serde_json::from_slice(&written).expect("JSON");
        for after in elsewhere(&good["after"]) {
            let mut position = good.clone();
            position["after"] = after;
            let cursor = URL_SAFE_NO_PAD.encode(position.to_string());
            let request = asking(&format!("limit=1&cursor={cursor}"));
            let what = format!("{} after {}", operation.id, position["after"]);
            judge.hear(&operation, request, &what).await;
        }
    }
    for by_time in ["listAppointments", "listSessions", "listSlots"] {
        assert!(forged.contains(&by_time), "{by_time} has one page only");
    }
}

/// Each part of the position replaced.
fn elsewhere(good: &Value) -> Vec<Value> {
    let mut positions = vec![json!(null), json!([]), json!({}), json!(1e300)];
    for text in ELSEWHERE {
        positions.push(json!(text));
        for part in 0..good.as_array().map_or(0, Vec::len) {
            let mut position = good.clone();
            position[part] = json!(text);
            positions.push(position);
        }
    }
    positions
}

/// A second one of what pages by time, so that its list has a next page.
async fn another_of_each(world: &World) {
    let (server, talks) = (&world.server, &world.furnished.talks);
    let session = Uuid::now_v7();
    talks
        .add_session(server, session, talks.counsellor, &[talks.service], 5)
        .await;
    let slots = talks.slots(server).await;
    talks.book(server, &slots[0]).await.expect(201);
}
