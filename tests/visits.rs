//! Visits at home: ways are kept free, addresses are seen by those concerned, and two may come.

mod any;
mod bad_input;
mod cost;
mod explain;
mod races;
mod secrecy;
mod sick_days;
mod story;
mod two;

use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use tests::Server;
use uuid::Uuid;

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// What a visitor does with their appointment (the answer to the booking).
fn holding(server: &Server, method: Method, booked: &Value, below: &str) -> RequestBuilder {
    let path = format!("/v1/appointments/{}{below}", text(&booked["id"]));
    let request = server.request(method, &path);
    request.header("Appointment-Secret", text(&booked["secret"]))
}

/// What claims somebody, as times of the day in UTC.
async fn claims(server: &Server, of: Uuid) -> String {
    let spans = format!(
        "SELECT coalesce(string_agg(to_char(starts_at AT TIME ZONE 'UTC', 'HH24:MI') || '-' ||
             to_char(ends_at AT TIME ZONE 'UTC', 'HH24:MI'), ' ' ORDER BY starts_at), '')
         FROM allocations WHERE resource_id = '{of}'"
    );
    server.sql_value(&spans).await
}
