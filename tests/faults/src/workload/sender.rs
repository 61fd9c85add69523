use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};

use super::intent::Intent;
use crate::history::{
    Call, Knowledge, NoAnswer, Operation, Outcome, Pen, Record, Result as Told, Stopwatch,
};

/// How long somebody waits for an answer, and how often they ask again.
const PATIENCE: Duration = Duration::from_secs(5);
const ATTEMPTS: u32 = 10;

/// Sends the calls of one client, one after the other, and writes its history.
#[derive(Debug)]
pub(crate) struct Sender {
    http: Client,
    pen: Pen,
    stopwatch: Stopwatch,
    client: u32,
    sequence: u64,
    bases: Arc<[String]>,
    base: usize,
    over: Arc<AtomicBool>,
}

impl Sender {
    pub(crate) fn new(
        client: u32,
        pen: Pen,
        stopwatch: Stopwatch,
        bases: Arc<[String]>,
        over: Arc<AtomicBool>,
    ) -> io::Result<Self> {
        let http = Client::builder()
            .timeout(PATIENCE)
            .build()
            .map_err(io::Error::other)?;
        let base = usize::try_from(client).unwrap_or(0);
        Ok(Self {
            http,
            pen,
            stopwatch,
            client,
            sequence: 0,
            bases,
            base,
            over,
        })
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Asks until the outcome is known, or patience is at its end. Answers what was told last.
    pub(crate) async fn settle(&mut self, intent: &Intent) -> io::Result<Told> {
        let mut attempt = 1;
        loop {
            let told = self.attempt(intent, attempt).await?;
            let settled = match told.knowledge() {
                Knowledge::Done => true,
                Knowledge::Unknown => false,
                // The program was not reached, or is not ready: the wish remains.
                Knowledge::Refused => !matches!(
                    told,
                    Told::NoAnswer { .. } | Told::Answer { status: 503, .. }
                ),
            };
            let enough = if self.is_over() { 4 } else { ATTEMPTS };
            if settled || attempt >= enough {
                return Ok(told);
            }
            self.base += 1;
            tokio::time::sleep(Duration::from_millis(50 << attempt.min(5))).await;
            attempt += 1;
        }
    }

    /// Sends once.
    pub(crate) async fn attempt(&mut self, intent: &Intent, attempt: u32) -> io::Result<Told> {
        self.sequence += 1;
        let base = self.bases[self.base % self.bases.len()].clone();
        let call = Call {
            client: self.client,
            sequence: self.sequence,
            intent: intent.id,
            attempt,
            at: self.stopwatch.now(),
            operation: intent.operation,
            role: intent.role,
            method: intent.method.to_string(),
            base,
            path: intent.path.clone(),
            idempotency_key: intent.key,
            shown: intent.shown.as_ref().map(|shown| shown.text().to_owned()),
            body: intent.body.clone(),
            slot_id: intent.slot_id.clone(),
            hold_id: intent.hold_id,
            appointment_id: intent.appointment_id,
            series_id: intent.series_id,
            proposal_id: intent.proposal_id,
            entry_id: intent.entry_id,
            offer_id: intent.offer_id,
            course_id: intent.course_id,
            queue_id: intent.queue_id,
            ticket_id: intent.ticket_id,
        };
        let sent = call.at;
        let url = format!("{}{}", call.base, call.path);
        self.pen.write(&Record::Call(Box::new(call)))?;
        let result = self.send(intent, &url).await;
        let at = self.stopwatch.now();
        let outcome = Outcome {
            client: self.client,
            sequence: self.sequence,
            at,
            took: Duration::from_micros(at.micros - sent.micros),
            result: written(intent.operation, &result),
        };
        self.pen.write(&Record::Outcome(outcome))?;
        Ok(result)
    }

    async fn send(&self, intent: &Intent, url: &str) -> Told {
        let mut request = self
            .http
            .request(intent.method.clone(), url)
            .header("X-Forwarded-For", self.address().to_string());
        if let Some(key) = intent.key {
            request = request.header("Idempotency-Key", key.to_string());
        }
        if let Some(shown) = &intent.shown {
            request = request.header(shown.header(), shown.text());
        }
        if let Some(token) = &intent.bearer {
            request = request.bearer_auth(token);
        }
        if let Some(body) = &intent.body {
            request = request.json(body);
        }
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return no_answer(&error),
        };
        let status = response.status().as_u16();
        match response.bytes().await {
            Ok(bytes) => answer(status, &bytes),
            Err(error) => no_answer(&error),
        }
    }

    /// Where the client seems to call from: wrong secrets are counted by address.
    fn address(&self) -> Ipv4Addr {
        let [_, _, client_high, client_low] = self.client.to_be_bytes();
        let [.., turn] = (self.sequence / 10).to_be_bytes();
        Ipv4Addr::new(10, client_high, client_low, turn)
    }
}

fn answer(status: u16, bytes: &[u8]) -> Told {
    let body: Option<Value> = serde_json::from_slice(bytes).ok();
    let code = body.as_ref().filter(|_| status >= 400);
    let problem = code.and_then(|body| Some(body.get("code")?.as_str()?.to_owned()));
    Told::Answer {
        status,
        problem,
        body,
    }
}

fn no_answer(error: &reqwest::Error) -> Told {
    let how = if error.is_connect() {
        NoAnswer::ConnectFailed
    } else if error.is_timeout() {
        NoAnswer::TimedOut
    } else {
        NoAnswer::Broken
    };
    Told::NoAnswer {
        how,
        error: error.to_string(),
    }
}

/// What is kept of an answer: everything, but of slots their number and of a sign-in or a preview nothing.
fn written(operation: Operation, told: &Told) -> Told {
    let mut kept = told.clone();
    if let Told::Answer {
        status: 200..300,
        body,
        ..
    } = &mut kept
    {
        match operation {
            Operation::SignIn | Operation::PreviewSeries => *body = None,
            Operation::FindSlots => {
                let count = body
                    .take()
                    .map(|page| page["items"].as_array().map(Vec::len));
                *body = Some(json!({"count": count}));
            }
            _ => {}
        }
    }
    kept
}
