mod bad_input;
mod caps;
mod changes;
mod interpreters;
mod races;
mod story;

use chrono::{Datelike, TimeDelta};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::fixtures::Talks;
use tests::{Answer, Server};
use uuid::Uuid;

/// Talks on the same day of each of some weeks.
struct Weeks {
    server: Server,
    talks: Talks,
    sessions: Vec<Uuid>,
}

impl Weeks {
    async fn arrange(weeks: i64) -> Self {
        let server = Server::start().await;
        let talks = Talks::arrange(&server, "poliklinik").await;
        let mut sessions = vec![talks.session];
        for week in 1..weeks {
            let session = Uuid::now_v7();
            let (services, days) = ([talks.service], 2 + 7 * week);
            talks
                .add_session(&server, session, talks.counsellor, &services, days)
                .await;
            sessions.push(session);
        }
        Self {
            server,
            talks,
            sessions,
        }
    }

    /// The slots of the first week.
    async fn slots(&self) -> Vec<Value> {
        let mut slots = self.talks.slots(&self.server).await;
        slots.retain(|slot| slot["session_id"] == json!(self.talks.session));
        slots
    }

    /// So many weeks, beginning with the slot.
    fn wish(&self, slot: &Value, count: usize, mode: &str) -> Value {
        let day = (self.server.app.clock.now() + TimeDelta::days(2)).weekday();
        let code = &day.to_string().to_uppercase()[..2];
        let rule = format!("FREQ=WEEKLY;BYDAY={code};COUNT={count}");
        json!({"slot_id": slot["id"], "rule": rule, "mode": mode})
    }

    fn booking(&self, wish: &Value) -> RequestBuilder {
        self.server.once("/v1/series", wish)
    }

    async fn book(&self, wish: &Value) -> Answer {
        Answer::of(self.booking(wish)).await
    }

    async fn preview(&self, wish: &Value) -> Value {
        let request = self.server.request(Method::POST, "/v1/series?dry_run=true");
        Answer::of(request.json(wish)).await.expect(200)
    }

    /// A visitor's change of a series, under a fresh key.
    fn change(&self, series: &Value, action: &str, body: &Value) -> RequestBuilder {
        let path = format!("/v1/series/{}/{action}", text(&series["id"]));
        let request = self.server.once(&path, body);
        request.header("Appointment-Secret", text(&series["secret"]))
    }

    async fn get(&self, path: &str, secret: &str) -> Answer {
        let request = self.server.request(Method::GET, path);
        Answer::of(request.header("Appointment-Secret", secret)).await
    }

    /// The starts of the appointments that stand, by the data base.
    async fn stored(&self) -> usize {
        let count = "SELECT count(*) FROM appointments WHERE status = 'booked'";
        let count = self.server.sql_value(count).await;
        count.parse().expect("a number")
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn items(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

/// One field of each.
fn each<'v>(list: &'v Value, field: &str) -> Vec<&'v str> {
    items(list)
        .iter()
        .map(|item| item[field].as_str().unwrap_or_default())
        .collect()
}
