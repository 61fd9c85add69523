//! The requests of one connection.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::PoisonError;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::besides::{Beside, First, rule};
use crate::calls::Call;
use crate::http::Script;
use crate::network::{Kind, id};
use crate::subjects::{LANGUAGES, Random, Subject, TOPICS, World};

/// The search for the next free slots of a region: all of its two hundred organisations are within
/// the distance, and one in six speaks the language.
pub const REGION: &str =
    "/v1/slots?topic=psychosocial&language=ar&near=51.34,12.37&within_km=60&limit=20";

/// Access tokens of the coordinators, by the numbers of their organisations.
pub type Tokens = Arc<Vec<String>>;

/// One connection's calls.
#[derive(Debug)]
pub struct Asking {
    call: Call,
    world: Arc<World>,
    tokens: Tokens,
    random: Random,
    /// Given instead of a subject by chance, once.
    pub only: Option<Subject>,
    /// Whether the visitor leaves a name and an address; `None`: every other one does.
    pub contact: Option<bool>,
    turn: u64,
    body: Vec<u8>,
    /// Id and token of the hold that is to be redeemed next.
    held: Option<(String, String)>,
    /// The answer to the last booking.
    pub booked: Option<(String, String)>,
}

impl Asking {
    #[must_use]
    pub fn new(call: Call, world: Arc<World>, tokens: Tokens, seed: u64) -> Self {
        Self {
            call,
            world,
            tokens,
            random: Random::new(seed),
            only: None,
            contact: None,
            turn: seed,
            body: Vec::new(),
            held: None,
            booked: None,
        }
    }

    fn token(&self, organisation: u64) -> &str {
        let place = usize::try_from(organisation).unwrap_or_default();
        &self.tokens[place]
    }

    fn write(&mut self, subject: Subject, out: &mut Vec<u8>) -> bool {
        match (self.call, subject) {
            (_, Subject::Booked(slot)) => {
                let path = format!(
                    "/v1/appointments/{}",
                    id(Kind::Appointment, slot.appointment())
                );
                get(out, &path, Some(self.token(slot.organisation())));
            }
            (_, Subject::Week { service, week }) => self.week(service, week, out),
            (_, Subject::DemandingWeek { organisation, week }) => {
                let service = Beside::Demanding.service(&self.world.network, organisation);
                self.week(service, week, out);
            }
            (_, Subject::Place { seat, .. }) => {
                let network = &self.world.network;
                let slot = Beside::Group.slot(network, seat.organisation, seat.session, 0);
                let slot = Beside::Group.slot_id(network, seat.organisation, slot);
                let wish = format!("{{\"slot_id\":\"{slot}\"}}");
                post(out, "/v1/appointments", None, wish.as_bytes());
            }
            (_, Subject::Dates { first }) => {
                let path = "/v1/series?dry_run=true";
                post(out, path, None, self.series(first).as_bytes());
            }
            (_, Subject::Series { first, .. }) => {
                post(out, "/v1/series", None, self.series(first).as_bytes());
            }
            (_, Subject::Waiting { organisation }) => {
                let service = Beside::Awaited.service(&self.world.network, organisation);
                let wish = format!("{{\"service_id\":\"{}\"}}", id(Kind::Service, service));
                post(out, "/v1/waitlist-entries", None, wish.as_bytes());
            }
            (Call::Leave, Subject::Offered(offer)) => {
                let entry = id(Kind::Entry, offer.number);
                let path = format!("/v1/waitlist-entries/{entry}/decline");
                post(out, &path, Some(offer.secret().reveal()), b"{}");
            }
            (_, Subject::Offered(offer)) => {
                let [entry, offered] =
                    [Kind::Entry, Kind::Offer].map(|kind| id(kind, offer.number));
                let path = format!("/v1/waitlist-entries/{entry}/accept");
                let body = format!("{{\"offer_id\":\"{offered}\"}}");
                post(out, &path, Some(offer.secret().reveal()), body.as_bytes());
            }
            (_, Subject::Offer { topic, language }) => {
                let (topic, language) = (TOPICS[topic], LANGUAGES[language]);
                get(
                    out,
                    &format!("/v1/services?topic={topic}&language={language}"),
                    None,
                );
            }
            (_, Subject::Day { organisation, day }) => {
                let from = self.world.day_starts(day);
                let span = span(from, from + TimeDelta::days(1));
                let path = format!("/v1/appointments?{span}&limit=200");
                get(out, &path, Some(self.token(organisation)));
            }
            (Call::Region, _) => get(out, REGION, None),
            (Call::HoldAndBook, Subject::Free { slot, .. }) => {
                let slot = self.world.network.slot_id(slot);
                post(
                    out,
                    "/v1/holds",
                    None,
                    format!("{{\"slot_id\":\"{slot}\"}}").as_bytes(),
                );
            }
            (_, Subject::Free { slot, .. }) => {
                let slot = self.world.network.slot_id(slot);
                self.book(&format!("\"slot_id\":\"{slot}\""), out);
            }
            (Call::Cancel, _) => return self.cancel(out),
            (_, Subject::Anything) => get(out, "/", None),
        }
        true
    }

    fn week(&self, service: u64, week: u64, out: &mut Vec<u8>) {
        let from = self.world.week_starts(week);
        let span = span(from, from + TimeDelta::weeks(1));
        let service = id(Kind::Service, service);
        let path = format!("/v1/slots?service_id={service}&{span}&limit=200");
        get(out, &path, None);
    }

    fn series(&self, first: First) -> String {
        let network = &self.world.network;
        let (organisation, session) = (first.organisation, first.session);
        let slot = Beside::Regular.slot(network, organisation, session, first.place);
        let id = Beside::Regular.slot_id(network, organisation, slot);
        format!("{{\"slot_id\":\"{id}\",\"rule\":\"{}\"}}", rule(slot))
    }

    fn book(&mut self, what: &str, out: &mut Vec<u8>) {
        self.turn += 1;
        self.body.clear();
        let contact = if self.contact.unwrap_or(self.turn.is_multiple_of(2)) {
            CONTACT
        } else {
            ""
        };
        self.body
            .extend_from_slice(format!("{{{what}{contact}}}").as_bytes());
        post(out, "/v1/appointments", None, &self.body);
    }

    fn cancel(&mut self, out: &mut Vec<u8>) -> bool {
        let mut booked = self
            .world
            .booked
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Some((id, secret)) = self.booked.take().or_else(|| booked.pop()) else {
            return false;
        };
        post(
            out,
            &format!("/v1/appointments/{id}/cancel"),
            Some(&secret),
            b"{}",
        );
        true
    }
}

const CONTACT: &str = r#","client":{"name":"Erika Mustermann","email":"erika@load.example","phone":"+49 341 1234567"}"#;

impl Script for Asking {
    fn request(&mut self, out: &mut Vec<u8>) -> bool {
        if let Some((hold, token)) = self.held.take() {
            self.book(
                &format!("\"hold_id\":\"{hold}\",\"hold_token\":\"{token}\""),
                out,
            );
            return true;
        }
        let subject = self.only.take();
        let subject = subject.or_else(|| self.call.subject(&self.world, &mut self.random));
        subject.is_some_and(|subject| self.write(subject, out))
    }

    fn answered(&mut self, body: &[u8]) -> bool {
        let field = |name| field(body, name);
        match self.call {
            Call::HoldAndBook => {
                self.held = field("\"id\":\"").zip(field("\"token\":\""));
                self.held.is_some()
            }
            Call::Book => {
                self.booked = field("\"id\":\"").zip(field("\"secret\":\""));
                if let Some(booked) = &self.booked {
                    let mut all = self
                        .world
                        .booked
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner);
                    all.push(booked.clone());
                }
                false
            }
            _ => false,
        }
    }
}

/// The first text behind that beginning of a member: the answers are the program's own, and short.
fn field(body: &[u8], beginning: &str) -> Option<String> {
    let body = std::str::from_utf8(body).ok()?;
    let (_, rest) = body.split_once(beginning)?;
    rest.split_once('"').map(|(text, _)| text.to_owned())
}

fn span(from: DateTime<Utc>, before: DateTime<Utc>) -> String {
    let [from, before] = [from, before].map(|at| at.format("%Y-%m-%dT%H:%M:%SZ"));
    format!("from={from}&before={before}")
}

const WRITES: &str = "writing into memory does not fail";

fn get(out: &mut Vec<u8>, path: &str, token: Option<&str>) {
    write!(out, "GET {path} HTTP/1.1\r\nHost: load.example\r\n").expect(WRITES);
    if let Some(token) = token {
        write!(out, "Authorization: Bearer {token}\r\n").expect(WRITES);
    }
    out.extend_from_slice(b"\r\n");
}

fn post(out: &mut Vec<u8>, path: &str, secret: Option<&str>, body: &[u8]) {
    let (key, length) = (Uuid::new_v4(), body.len());
    write!(
        out,
        "POST {path} HTTP/1.1\r\nHost: load.example\r\nContent-Type: application/json\r\n\
         Idempotency-Key: {key}\r\nContent-Length: {length}\r\n"
    )
    .expect(WRITES);
    if let Some(secret) = secret {
        write!(out, "Appointment-Secret: {secret}\r\n").expect(WRITES);
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(body);
}
