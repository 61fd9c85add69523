use std::time::Instant;

use chrono::{SecondsFormat, TimeDelta};
use faults::history::{Call, Operation, Outcome, Pen, Record, Result as Told, Role, Stopwatch};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Server};
use uuid::Uuid;

use super::arranged::Played;

/// One more visitor, who does what the control wants and writes it down like the others.
pub struct Hand {
    pen: Pen,
    stopwatch: Stopwatch,
    sequence: u64,
}

/// The number of its client.
const NUMBER: u32 = 99;

impl Hand {
    pub fn of(played: &Played) -> Self {
        Self {
            pen: Pen::append_to(&played.folder.client(NUMBER)).expect("a history"),
            stopwatch: played.stopwatch,
            sequence: 0,
        }
    }

    pub async fn book(&mut self, server: &Server, key: Uuid, slot: &str) -> Answer {
        let call = self.call(key, Operation::Book, "/v1/appointments".to_owned());
        let body = json!({"slot_id": slot});
        let call = Call {
            slot_id: Some(slot.to_owned()),
            body: Some(body.clone()),
            ..call
        };
        self.send(server, call, Some(&body)).await
    }

    pub async fn book_series(&mut self, server: &Server, slot: &str, rule: &str) -> Answer {
        let call = self.call(
            Uuid::new_v4(),
            Operation::BookSeries,
            "/v1/series".to_owned(),
        );
        let body = json!({"slot_id": slot, "rule": rule});
        let call = Call {
            slot_id: Some(slot.to_owned()),
            body: Some(body.clone()),
            ..call
        };
        self.send(server, call, Some(&body)).await
    }

    pub async fn cancel(&mut self, server: &Server, booked: &Value) -> Answer {
        let id = text(&booked["id"]);
        let call = self.call(
            Uuid::new_v4(),
            Operation::Cancel,
            format!("/v1/appointments/{id}/cancel"),
        );
        let call = Call {
            appointment_id: id.parse().ok(),
            shown: Some(text(&booked["secret"])),
            ..call
        };
        self.send(server, call, Some(&json!({}))).await
    }

    pub async fn read(&mut self, server: &Server, id: &Value, secret: &Value) -> Answer {
        let id = text(id);
        let call = self.call(
            Uuid::new_v4(),
            Operation::Read,
            format!("/v1/appointments/{id}"),
        );
        let call = Call {
            method: "GET".to_owned(),
            idempotency_key: None,
            appointment_id: id.parse().ok(),
            shown: Some(text(secret)),
            ..call
        };
        self.send(server, call, None).await
    }

    pub async fn join(&mut self, server: &Server, key: Uuid, service: &str) -> Answer {
        let path = "/v1/waitlist-entries".to_owned();
        let call = self.call(key, Operation::JoinWaitlist, path);
        let body = json!({"service_id": service});
        let call = Call {
            body: Some(body.clone()),
            ..call
        };
        self.send(server, call, Some(&body)).await
    }

    /// Looks at an entry under the secret of an own one.
    pub async fn read_entry(&mut self, server: &Server, id: &str, own: &Value) -> Answer {
        let path = format!("/v1/waitlist-entries/{id}");
        let call = self.call(Uuid::new_v4(), Operation::ReadEntry, path);
        let call = Call {
            method: "GET".to_owned(),
            idempotency_key: None,
            entry_id: id.parse().ok(),
            shown: Some(text(&own["secret"])),
            ..call
        };
        self.send(server, call, None).await
    }

    pub async fn accept(&mut self, server: &Server, joined: &Value, offer: &str) -> Answer {
        let body = json!({"offer_id": offer});
        let operation = Operation::AcceptOffer;
        self.answer(server, joined, ("accept", operation), body)
            .await
    }

    pub async fn leave(&mut self, server: &Server, joined: &Value) -> Answer {
        let operation = Operation::LeaveWaitlist;
        self.answer(server, joined, ("decline", operation), json!({}))
            .await
    }

    async fn answer(
        &mut self,
        server: &Server,
        joined: &Value,
        (verb, operation): (&str, Operation),
        body: Value,
    ) -> Answer {
        let id = text(&joined["id"]);
        let path = format!("/v1/waitlist-entries/{id}/{verb}");
        let call = self.call(Uuid::new_v4(), operation, path);
        let offer = body["offer_id"].as_str();
        let call = Call {
            entry_id: id.parse().ok(),
            offer_id: offer.and_then(|offer| offer.parse().ok()),
            shown: Some(text(&joined["secret"])),
            body: Some(body.clone()),
            ..call
        };
        self.send(server, call, Some(&body)).await
    }

    pub async fn book_course(&mut self, server: &Server, course: &str) -> Answer {
        let path = format!("/v1/courses/{course}/book");
        let call = self.call(Uuid::new_v4(), Operation::BookCourse, path);
        let body = json!({});
        let call = Call {
            course_id: course.parse().ok(),
            body: Some(body.clone()),
            ..call
        };
        self.send(server, call, Some(&body)).await
    }

    pub async fn draw(&mut self, server: &Server, key: Uuid, queue: &str) -> Answer {
        let path = format!("/v1/open-hours/{queue}/tickets");
        let call = self.call(key, Operation::DrawTicket, path);
        let call = Call {
            queue_id: queue.parse().ok(),
            ..call
        };
        self.send(server, call, None).await
    }

    /// Looks at a number under the secret of an own one.
    pub async fn read_ticket(&mut self, server: &Server, id: &str, own: &Value) -> Answer {
        let path = format!("/v1/tickets/{id}");
        let call = self.call(Uuid::new_v4(), Operation::ReadTicket, path);
        let call = Call {
            method: "GET".to_owned(),
            idempotency_key: None,
            ticket_id: id.parse().ok(),
            shown: Some(text(&own["secret"])),
            ..call
        };
        self.send(server, call, None).await
    }

    /// As if the client had died before it wrote it down.
    pub fn forget_the_last_answer(&self, played: &Played) {
        let path = played.folder.client(NUMBER);
        let text = std::fs::read_to_string(&path).expect("a history");
        let lines = text.trim_end().rfind('\n').expect("lines");
        std::fs::write(&path, &text[..=lines]).expect("a shorter history");
    }

    fn call(&mut self, key: Uuid, operation: Operation, path: String) -> Call {
        self.sequence += 1;
        Call {
            client: NUMBER,
            sequence: self.sequence,
            intent: key,
            attempt: 1,
            at: self.stopwatch.now(),
            operation,
            role: Role::Visitor,
            method: "POST".to_owned(),
            base: String::new(),
            path,
            idempotency_key: Some(key),
            shown: None,
            body: None,
            slot_id: None,
            hold_id: None,
            appointment_id: None,
            series_id: None,
            proposal_id: None,
            entry_id: None,
            offer_id: None,
            course_id: None,
            queue_id: None,
            ticket_id: None,
        }
    }

    async fn send(&self, server: &Server, call: Call, body: Option<&Value>) -> Answer {
        let began = Instant::now();
        let method: Method = call.method.parse().expect("a method");
        let mut request = server.request(method, &call.path);
        if let Some(key) = call.idempotency_key {
            request = request.header("Idempotency-Key", key.to_string());
        }
        if let Some(secret) = &call.shown {
            request = request.header("Appointment-Secret", secret);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let sequence = call.sequence;
        self.pen
            .write(&Record::Call(Box::new(call)))
            .expect("a line");
        let answer = Answer::of(request).await;
        let problem = answer.json()["code"].as_str().map(str::to_owned);
        let status = answer.status.as_u16();
        let outcome = Outcome {
            client: NUMBER,
            sequence,
            at: self.stopwatch.now(),
            took: began.elapsed(),
            result: Told::Answer {
                status,
                problem: problem.filter(|_| status >= 400),
                body: Some(answer.json()),
            },
        };
        self.pen.write(&Record::Outcome(outcome)).expect("a line");
        answer
    }
}

/// Free slots of a service that asks for nothing, the latest first: nobody who played came so far.
pub async fn free_slots(server: &Server) -> Vec<Value> {
    let service = "contact_rule = 'none' AND minimum_notice_minutes = 0 AND format = 'individual'";
    free_slots_of(server, service).await
}

pub async fn free_slots_of(server: &Server, service: &str) -> Vec<Value> {
    let service = format!("SELECT id FROM services WHERE {service} ORDER BY id LIMIT 1");
    let service = server.sql_value(&service).await;
    let before = server.app.clock.now() + TimeDelta::days(60);
    let before = before.to_rfc3339_opts(SecondsFormat::Secs, true);
    let path = format!("/v1/slots?service_id={service}&before={before}&limit=200");
    let page = server.get(&path).await.expect(200);
    let mut slots = page["items"].as_array().expect("items").clone();
    slots.reverse();
    slots
}

pub fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
