//! Who waits in the model, and what they are offered when somebody looks.

use chrono::{DateTime, Utc};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::Server;
use uuid::Uuid;

use super::model::Model;
use super::text;

/// How long an answer may take, and after how many offers without one nobody is asked any more.
pub(super) const MINUTES: u32 = 10;
const MOST_UNANSWERED: u32 = 3;

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) secret: String,
    queued_at: DateTime<Utc>,
    /// The slots that they were offered.
    passed: Vec<usize>,
    offer: Option<Offer>,
    unanswered: u32,
    has_ended: bool,
}

#[derive(Debug, Clone)]
struct Offer {
    slot: usize,
    id: String,
    until: DateTime<Utc>,
}

fn instant(value: &Value) -> DateTime<Utc> {
    text(value).parse().expect("an instant")
}

impl Entry {
    pub(super) fn of(joined: &Value) -> Self {
        Self {
            id: text(&joined["id"]),
            secret: text(&joined["secret"]),
            queued_at: instant(&joined["queued_at"]),
            passed: Vec::new(),
            offer: None,
            unanswered: 0,
            has_ended: false,
        }
    }

    pub(super) fn seen(&self, server: &Server) -> RequestBuilder {
        let path = format!("/v1/waitlist-entries/{}", self.id);
        let request = server.request(Method::GET, &path);
        request.header("Appointment-Secret", &self.secret)
    }

    pub(super) fn accepting(&self, server: &Server) -> RequestBuilder {
        self.answering(server, "accept", &json!({"offer_id": self.offer_id()}))
    }

    /// Another slot, please.
    pub(super) fn declining(&self, server: &Server) -> RequestBuilder {
        let body = json!({"offer_id": self.offer_id(), "stay": true});
        self.answering(server, "decline", &body)
    }

    pub(super) fn leaving(&self, server: &Server) -> RequestBuilder {
        self.answering(server, "decline", &json!({}))
    }

    fn answering(&self, server: &Server, answer: &str, body: &Value) -> RequestBuilder {
        let path = format!("/v1/waitlist-entries/{}/{answer}", self.id);
        let request = server.once(&path, body);
        request.header("Appointment-Secret", &self.secret)
    }

    /// Of the offer, or of one that never was.
    fn offer_id(&self) -> String {
        let offer = self.offer.as_ref();
        offer.map_or_else(|| Uuid::new_v4().to_string(), |offer| offer.id.clone())
    }

    fn open(&self, now: DateTime<Utc>) -> Option<&Offer> {
        self.offer.as_ref().filter(|offer| now < offer.until)
    }

    /// The slot that nobody else gets.
    pub(super) fn holds(&self, now: DateTime<Utc>) -> Option<usize> {
        self.open(now).map(|offer| offer.slot)
    }

    /// The slot that becomes theirs, or what they are told.
    pub(super) fn accept(&mut self, now: DateTime<Utc>) -> Result<usize, &'static str> {
        let slot = self.answerable(now)?;
        (self.has_ended, self.offer) = (true, None);
        Ok(slot)
    }

    pub(super) fn decline(&mut self, now: DateTime<Utc>) -> Result<(), &'static str> {
        self.answerable(now)?;
        (self.unanswered, self.offer) = (0, None);
        Ok(())
    }

    pub(super) fn leave(&mut self) -> Result<(), &'static str> {
        if self.has_ended {
            return Err("409 waitlist-entry-ended");
        }
        (self.has_ended, self.offer) = (true, None);
        Ok(())
    }

    fn answerable(&self, now: DateTime<Utc>) -> Result<usize, &'static str> {
        if self.has_ended {
            return Err("409 waitlist-entry-ended");
        }
        self.holds(now).ok_or("409 offer-gone")
    }

    /// Who did not answer in time goes behind all who wait, and at last waits no more.
    fn pass_time(&mut self, told: &Value, now: DateTime<Utc>) {
        if self.offer.is_some() && self.open(now).is_none() {
            self.offer = None;
            self.unanswered += 1;
            self.has_ended = self.unanswered == MOST_UNANSWERED;
            let behind = instant(&told["queued_at"]);
            assert!(self.queued_at < behind, "keeps the turn: {told}");
            self.queued_at = behind;
        }
    }

    fn check(&self, told: &Value) {
        assert_eq!(self.has_ended, !told["ended_at"].is_null(), "{told}");
        assert_eq!(self.offer.is_some(), !told["offer"].is_null(), "{told}");
        assert_eq!(self.unanswered, told["offers_unanswered"], "{told}");
    }
}

impl Model {
    /// Somebody looked at the line: each in it, from the front, has the first free slot that they were
    /// not offered before. `told` is what each entry is told now.
    pub(super) fn offer(&mut self, told: &[Value], now: DateTime<Utc>) {
        for (entry, told) in self.entries.iter_mut().zip(told) {
            entry.pass_time(told, now);
        }
        let mut line: Vec<usize> = (0..self.entries.len()).collect();
        line.sort_by_key(|which| {
            let entry = &self.entries[*which];
            (entry.queued_at, entry.id.clone())
        });
        for which in line {
            self.offer_to(which, &told[which], now);
        }
        for (entry, told) in self.entries.iter().zip(told) {
            entry.check(told);
        }
    }

    fn offer_to(&mut self, which: usize, told: &Value, now: DateTime<Utc>) {
        let entry = &self.entries[which];
        if entry.has_ended || entry.offer.is_some() {
            return;
        }
        let mut slots = (0..self.starts.len()).filter(|slot| !entry.passed.contains(slot));
        let Some(slot) = slots.find(|slot| self.is_free(*slot, now)) else {
            return;
        };
        let offer = &told["offer"];
        assert!(!offer.is_null(), "slot {slot} is idle: {told}");
        assert_eq!(instant(&offer["starts_at"]), self.starts[slot], "{told}");
        let entry = &mut self.entries[which];
        entry.passed.push(slot);
        entry.offer = Some(Offer {
            slot,
            id: text(&offer["id"]),
            until: instant(&offer["expires_at"]),
        });
    }
}
