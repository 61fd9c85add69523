//! Many callers at the same moment.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::sync::Barrier;
use uuid::Uuid;

use crate::{Answer, Server};

/// An answer, and how long its caller waited for it.
#[derive(Debug, Clone)]
pub struct Call {
    pub answer: Answer,
    pub took: Duration,
}

/// Sends all requests, each from a task of its own; none starts before all are ready. The answers
/// come in the order of the requests.
pub async fn at_once(requests: impl IntoIterator<Item = RequestBuilder>) -> Vec<Call> {
    let requests: Vec<_> = requests.into_iter().collect();
    let ready = Arc::new(Barrier::new(requests.len()));
    let callers: Vec<_> = requests
        .into_iter()
        .map(|request| {
            let ready = Arc::clone(&ready);
            tokio::spawn(async move {
                ready.wait().await;
                let started = Instant::now();
                let answer = Answer::of(request).await;
                let took = started.elapsed();
                Call { answer, took }
            })
        })
        .collect();
    let mut calls = Vec::with_capacity(callers.len());
    for caller in callers {
        calls.push(caller.await.expect("a call"));
    }
    calls
}

/// How many got which answer: `201`, `409 slot-taken`.
pub fn tally<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        *tally.entry(answer.outcome()).or_default() += 1;
    }
    tally
}

impl Answer {
    /// The status, and of a problem its code.
    #[must_use]
    pub fn outcome(&self) -> String {
        let status = self.status.as_u16();
        if self.status.is_success() {
            return status.to_string();
        }
        format!("{status} {}", self.json()["code"].as_str().unwrap_or("-"))
    }
}

impl Server {
    /// A POST under a fresh `Idempotency-Key`.
    pub fn once(&self, path: &str, body: &Value) -> RequestBuilder {
        self.under_key(Uuid::new_v4(), path, body)
    }

    /// A POST under this `Idempotency-Key`.
    pub fn under_key(&self, key: Uuid, path: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, path)
            .header("Idempotency-Key", key.to_string())
            .json(body)
    }

    /// An anonymous visitor's booking of a slot.
    pub fn booking(&self, slot: &Value) -> RequestBuilder {
        self.once("/v1/appointments", &json!({"slot_id": slot["id"]}))
    }

    /// A visitor's move of their appointment (the answer to the booking) to another slot.
    pub fn moving(&self, booked: &Value, slot: &Value) -> RequestBuilder {
        let id = booked["id"].as_str().expect("an id");
        let secret = booked["secret"].as_str().expect("a secret");
        self.once(
            &format!("/v1/appointments/{id}/reschedule"),
            &json!({"slot_id": slot["id"]}),
        )
        .header("Appointment-Secret", secret)
    }
}
