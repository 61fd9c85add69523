//! Who finds no slot waits, and is offered the next one that fits.

mod bad_input;
mod races;
mod story;

use api::waitlist::offering::offer_all;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::fixtures::Talks;
use tests::{Answer, Server};
use uuid::Uuid;

/// Talks whose service keeps a waiting list with offers of an hour.
async fn with_waitlist(server: &Server) -> Talks {
    let talks = Talks::arrange(server, "poliklinik").await;
    keep(server, talks.service, 60).await;
    talks
}

async fn keep(server: &Server, service: Uuid, minutes: u32) {
    server
        .sql(&format!(
            "UPDATE services SET waitlist_offer_minutes = {minutes} WHERE id = '{service}'"
        ))
        .await;
}

/// All slots of the talks, booked.
async fn fully_booked(server: &Server, talks: &Talks) -> Vec<Value> {
    let mut booked = Vec::new();
    for slot in talks.slots(server).await {
        booked.push(talks.book(server, &slot).await.expect(201));
    }
    booked
}

fn joining(server: &Server, service: Uuid, more: &Value) -> RequestBuilder {
    server.once("/v1/waitlist-entries", &wish(service, more))
}

fn wish(service: Uuid, more: &Value) -> Value {
    let mut body = json!({"service_id": service});
    for (name, value) in more.as_object().expect("fields") {
        body[name] = value.clone();
    }
    body
}

/// An anonymous visitor who waits.
async fn joined(server: &Server, talks: &Talks, more: &Value) -> Value {
    let request = joining(server, talks.service, more);
    Answer::of(request).await.expect(201)
}

/// The entry as its visitor sees it.
async fn seen(server: &Server, entry: &Value) -> Value {
    let path = format!("/v1/waitlist-entries/{}", text(&entry["id"]));
    let request = server.request(Method::GET, &path);
    let request = request.header("Appointment-Secret", text(&entry["secret"]));
    Answer::of(request).await.expect(200)
}

fn accepting(server: &Server, entry: &Value, offer: &Value) -> RequestBuilder {
    let path = format!("/v1/waitlist-entries/{}/accept", text(&entry["id"]));
    let request = server.once(&path, &json!({"offer_id": offer["id"]}));
    request.header("Appointment-Secret", text(&entry["secret"]))
}

fn declining(server: &Server, entry: &Value, body: &Value) -> RequestBuilder {
    let path = format!("/v1/waitlist-entries/{}/decline", text(&entry["id"]));
    let request = server.once(&path, body);
    request.header("Appointment-Secret", text(&entry["secret"]))
}

fn cancelling(server: &Server, booked: &Value) -> RequestBuilder {
    let path = format!("/v1/appointments/{}/cancel", text(&booked["id"]));
    let request = server.once(&path, &json!({}));
    request.header("Appointment-Secret", text(&booked["secret"]))
}

/// What any of the programs does within a second or two.
async fn look(server: &Server) {
    offer_all(&server.app).await.expect("a look");
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
