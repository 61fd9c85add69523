//! Somebody is ill, and everybody whom that strands is dealt with in one step.

mod answers;
mod attention;
mod races;
mod story;

use chrono::TimeDelta;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::Server;
use tests::fixtures::Talks;
use uuid::Uuid;

/// The request of a coordinator to deal with a month from today without the counsellor of the talks.
fn sick_day(server: &Server, talks: &Talks, more: &Value) -> RequestBuilder {
    sick_day_at("/v1/sick-days", server, talks, more)
}

fn sick_day_at(path: &str, server: &Server, talks: &Talks, more: &Value) -> RequestBuilder {
    let today = server.app.clock.now().date_naive();
    let back = today + TimeDelta::days(30);
    let mut body = json!({
        "organisation_id": talks.people.organisation, "counsellor_id": talks.counsellor,
        "starts_at": format!("{today}T00:00:00Z"), "ends_at": format!("{back}T00:00:00Z"),
    });
    for (name, value) in more.as_object().expect("fields") {
        body[name] = value.clone();
    }
    let request = server.once(path, &body);
    request.bearer_auth(server.token(talks.people.coordinator))
}

/// What a visitor does with a proposal for their appointment (the answer to the booking).
fn answering(server: &Server, booked: &Value, proposal: &Value, answer: &str) -> RequestBuilder {
    let (id, proposal) = (text(&booked["id"]), text(&proposal["id"]));
    let path = format!("/v1/appointments/{id}/proposals/{proposal}/{answer}");
    let request = server
        .request(Method::POST, &path)
        .header("Idempotency-Key", Uuid::new_v4().to_string())
        .header("Appointment-Secret", text(&booked["secret"]));
    if answer == "decline" {
        return request.json(&json!({}));
    }
    request
}

/// The appointment, or what lies below it, as its visitor sees it.
async fn seen(server: &Server, booked: &Value, below: &str) -> Value {
    let path = format!("/v1/appointments/{}{below}", text(&booked["id"]));
    let request = server.request(Method::GET, &path);
    let request = request.header("Appointment-Secret", text(&booked["secret"]));
    tests::Answer::of(request).await.expect(200)
}

fn items(page: &Value) -> Vec<Value> {
    page["items"].as_array().expect("items").clone()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// So many appointments of the talks' counsellor, from the first slot on.
async fn booked(server: &Server, talks: &Talks, count: usize) -> Vec<Value> {
    let mut booked = Vec::new();
    for slot in &talks
        .slots_with(server, talks.service, talks.counsellor)
        .await[..count]
    {
        booked.push(talks.book(server, slot).await.expect(201));
    }
    booked
}
