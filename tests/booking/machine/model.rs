//! What the program should do, in as few words as possible.

use chrono::{DateTime, Utc};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::{Answer, Server};
use uuid::Uuid;

use super::text;
use super::waiting::Entry;

/// How many slots a day has, and how many weeks there are.
pub(super) const SLOTS: usize = 4;
pub(super) const WEEKS: usize = 3;

/// Slots are numbered by their start. What there is is counted from the oldest, and begins anew behind
/// the youngest.
#[derive(Debug, Clone)]
pub(super) enum Wish {
    Book(usize),
    Hold(usize),
    Redeem(usize),
    Release(usize),
    Move(usize, usize),
    Cancel(usize),
    /// From a slot of the first week on, in so many weeks.
    Series(usize, usize),
    CancelSeries(usize),
    Join,
    Accept(usize),
    Decline(usize),
    Leave(usize),
}

#[derive(Debug, Clone)]
struct Hold {
    slot: usize,
    id: String,
    token: String,
    until: DateTime<Utc>,
    /// Neither redeemed nor released.
    stands: bool,
}

#[derive(Debug, Clone)]
struct Appointment {
    slot: usize,
    id: String,
    secret: String,
    series: Option<String>,
    stands: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    /// Their ids.
    slots: Vec<String>,
    /// As a recurrence names the day.
    day: String,
    service: Uuid,
    holds: Vec<Hold>,
    appointments: Vec<Appointment>,
    /// Id and secret of each.
    series: Vec<(String, String)>,
    pub(super) starts: Vec<DateTime<Utc>>,
    pub(super) entries: Vec<Entry>,
}

fn start(slot: &Value) -> DateTime<Utc> {
    let start = text(&slot["starts_at"]).parse::<DateTime<Utc>>();
    start.expect("an instant")
}

fn nth<T>(all: &[T], which: usize) -> Option<&T> {
    all.get(which.checked_rem(all.len())?)
}

impl Model {
    pub(super) fn of(slots: Vec<Value>, day: String, service: Uuid) -> Self {
        Self {
            slots: slots.iter().map(|slot| text(&slot["id"])).collect(),
            starts: slots.iter().map(start).collect(),
            day,
            service,
            ..Self::default()
        }
    }

    /// Whether there is something that it could be about.
    pub(super) fn knows(&self, wish: &Wish) -> bool {
        match wish {
            Wish::Redeem(_) | Wish::Release(_) => !self.holds.is_empty(),
            Wish::Move(..) | Wish::Cancel(_) => !self.appointments.is_empty(),
            Wish::CancelSeries(_) => !self.series.is_empty(),
            Wish::Accept(_) | Wish::Decline(_) | Wish::Leave(_) => !self.entries.is_empty(),
            Wish::Book(_) | Wish::Hold(_) | Wish::Series(..) | Wish::Join => true,
        }
    }

    pub(super) fn request(&self, server: &Server, wish: &Wish) -> RequestBuilder {
        let post = |path: &str, body: &Value| server.once(path, body);
        let as_holder = |secret: &str, path: &str, body: &Value| {
            server.once(path, body).header("Appointment-Secret", secret)
        };
        let hold = |which: usize| nth(&self.holds, which).expect("a hold");
        let appointment = |which: usize| nth(&self.appointments, which).expect("an appointment");
        let entry = |which: usize| nth(&self.entries, which).expect("somebody who waits");
        match wish {
            Wish::Book(slot) => post("/v1/appointments", &json!({"slot_id": self.slots[*slot]})),
            Wish::Hold(slot) => post("/v1/holds", &json!({"slot_id": self.slots[*slot]})),
            Wish::Redeem(which) => {
                let hold = hold(*which);
                let body = json!({"hold_id": hold.id, "hold_token": hold.token});
                post("/v1/appointments", &body)
            }
            Wish::Release(which) => {
                let hold = hold(*which);
                let path = format!("/v1/holds/{}", hold.id);
                server
                    .request(Method::DELETE, &path)
                    .header("Hold-Token", &hold.token)
            }
            Wish::Move(which, slot) => {
                let Appointment { id, secret, .. } = appointment(*which);
                let path = format!("/v1/appointments/{id}/reschedule");
                as_holder(secret, &path, &json!({"slot_id": self.slots[*slot]}))
            }
            Wish::Cancel(which) => {
                let Appointment { id, secret, .. } = appointment(*which);
                as_holder(secret, &format!("/v1/appointments/{id}/cancel"), &json!({}))
            }
            Wish::Series(slot, count) => {
                let rule = format!("FREQ=WEEKLY;BYDAY={};COUNT={count}", self.day);
                post(
                    "/v1/series",
                    &json!({"slot_id": self.slots[*slot], "rule": rule}),
                )
            }
            Wish::CancelSeries(which) => {
                let (id, secret) = nth(&self.series, *which).expect("a series");
                as_holder(secret, &format!("/v1/series/{id}/cancel"), &json!({}))
            }
            Wish::Join => post("/v1/waitlist-entries", &json!({"service_id": self.service})),
            Wish::Accept(which) => entry(*which).accepting(server),
            Wish::Decline(which) => entry(*which).declining(server),
            Wish::Leave(which) => entry(*which).leaving(server),
        }
    }

    pub(super) fn is_free(&self, slot: usize, now: DateTime<Utc>) -> bool {
        let is_held = |hold: &Hold| hold.stands && hold.slot == slot && now < hold.until;
        let is_booked = |one: &Appointment| one.stands && one.slot == slot;
        let is_offered = |entry: &Entry| entry.holds(now) == Some(slot);
        !self.holds.iter().any(is_held)
            && !self.appointments.iter().any(is_booked)
            && !self.entries.iter().any(is_offered)
    }

    /// The ids of the free slots.
    pub(super) fn free(&self, now: DateTime<Utc>) -> Vec<&str> {
        let slots = self.slots.iter().enumerate();
        let free = slots.filter(|(slot, _)| self.is_free(*slot, now));
        free.map(|(_, id)| id.as_str()).collect()
    }

    /// What it is after the answers, if they came in some order; otherwise nothing.
    pub(super) fn explained(&self, asked: &[(Wish, Answer)], now: DateTime<Utc>) -> Option<Self> {
        self.explained_by(&asked.iter().collect::<Vec<_>>(), self, now)
    }

    /// `before` is what the wishes were counted by.
    fn explained_by(
        &self,
        asked: &[&(Wish, Answer)],
        before: &Self,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        if asked.is_empty() {
            return Some(self.clone());
        }
        (0..asked.len()).find_map(|first| {
            let (wish, answer) = asked[first];
            let mut after = self.clone();
            if !after.takes(wish, answer, before, now) {
                return None;
            }
            let mut rest = asked.to_vec();
            rest.remove(first);
            after.explained_by(&rest, before, now)
        })
    }

    /// Does it, and answers whether the program did the same.
    fn takes(&mut self, wish: &Wish, answer: &Answer, before: &Self, now: DateTime<Utc>) -> bool {
        let outcome = answer.outcome();
        match wish {
            Wish::Book(slot) if self.is_free(*slot, now) => {
                outcome == "201" && self.booked(*slot, &answer.json(), None)
            }
            Wish::Hold(slot) if self.is_free(*slot, now) => {
                outcome == "201" && self.held(*slot, &answer.json())
            }
            Wish::Book(_) | Wish::Hold(_) => outcome == "409 slot-taken",
            Wish::Redeem(which) => self.redeems(which % before.holds.len(), answer, now),
            Wish::Release(which) => {
                let hold = &mut self.holds[which % before.holds.len()];
                let stood = std::mem::take(&mut hold.stands);
                match (stood, now < hold.until) {
                    (true, true) => outcome == "204",
                    (false, _) => outcome == "404 not-found",
                    // Whether it was cleared away already is the program's business.
                    (true, false) => ["204", "404 not-found"].contains(&outcome.as_str()),
                }
            }
            Wish::Move(which, slot) => {
                self.moves(which % before.appointments.len(), *slot, &outcome, now)
            }
            Wish::Cancel(which) => {
                let one = &mut self.appointments[which % before.appointments.len()];
                let stood = std::mem::take(&mut one.stands);
                outcome
                    == if stood {
                        "200"
                    } else {
                        "409 already-cancelled"
                    }
            }
            Wish::Series(slot, count) => self.books_series(*slot, *count, answer, now),
            Wish::Join => outcome == "201" && self.joined(&answer.json()),
            Wish::Accept(which) => {
                let which = which % before.entries.len();
                match self.entries[which].accept(now) {
                    Ok(slot) => outcome == "201" && self.accepted(which, slot, &answer.json()),
                    Err(refusal) => outcome == refusal,
                }
            }
            Wish::Decline(which) => {
                let entry = &mut self.entries[which % before.entries.len()];
                outcome == entry.decline(now).err().unwrap_or("200")
            }
            Wish::Leave(which) => {
                let entry = &mut self.entries[which % before.entries.len()];
                outcome == entry.leave().err().unwrap_or("200")
            }
            Wish::CancelSeries(which) => {
                let id = before.series[which % before.series.len()].0.clone();
                let own = self
                    .appointments
                    .iter_mut()
                    .filter(|one| one.series.as_ref() == Some(&id));
                let stood = own
                    .filter_map(|one| std::mem::take(&mut one.stands).then_some(()))
                    .count()
                    > 0;
                outcome
                    == if stood {
                        "200"
                    } else {
                        "409 already-cancelled"
                    }
            }
        }
    }

    fn redeems(&mut self, which: usize, answer: &Answer, now: DateTime<Utc>) -> bool {
        let hold = &mut self.holds[which];
        let slot = hold.slot;
        if !hold.stands || now >= hold.until {
            return answer.outcome() == "409 hold-expired";
        }
        hold.stands = false;
        answer.outcome() == "201" && self.booked(slot, &answer.json(), None)
    }

    /// To its own slot, too. Of two reasons against it either is told.
    fn moves(&mut self, which: usize, slot: usize, outcome: &str, now: DateTime<Utc>) -> bool {
        let one = self.appointments[which].clone();
        let is_free = self.is_free(slot, now) || one.stands && one.slot == slot;
        match (one.stands, is_free) {
            (true, true) => {
                self.appointments[which].slot = slot;
                outcome == "200"
            }
            (true, false) => outcome == "409 slot-taken",
            (false, true) => outcome == "409 already-cancelled",
            (false, false) => ["409 slot-taken", "409 already-cancelled"].contains(&outcome),
        }
    }

    fn books_series(
        &mut self,
        slot: usize,
        count: usize,
        answer: &Answer,
        now: DateTime<Utc>,
    ) -> bool {
        let slots: Vec<usize> = (0..count).map(|week| slot + SLOTS * week).collect();
        if !slots.iter().all(|slot| self.is_free(*slot, now)) {
            return answer.outcome() == "409 dates-unbookable";
        }
        if answer.outcome() != "201" {
            return false;
        }
        let series = answer.json();
        let (id, secret) = (text(&series["id"]), text(&series["secret"]));
        let appointments = series["appointments"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        self.series.push((id, secret));
        appointments.len() == count
            && slots
                .iter()
                .zip(&appointments)
                .all(|(slot, one)| self.booked(*slot, one, Some(&series)))
    }

    /// Always.
    fn joined(&mut self, joined: &Value) -> bool {
        self.entries.push(Entry::of(joined));
        true
    }

    /// With the secret of the entry. Always.
    fn accepted(&mut self, which: usize, slot: usize, booked: &Value) -> bool {
        self.appointments.push(Appointment {
            slot,
            id: text(&booked["id"]),
            secret: self.entries[which].secret.clone(),
            series: None,
            stands: true,
        });
        true
    }

    /// Always.
    fn booked(&mut self, slot: usize, booked: &Value, series: Option<&Value>) -> bool {
        let secret = series.map_or(&booked["secret"], |series| &series["secret"]);
        self.appointments.push(Appointment {
            slot,
            id: text(&booked["id"]),
            secret: text(secret),
            series: series.map(|series| text(&series["id"])),
            stands: true,
        });
        true
    }

    /// Always.
    fn held(&mut self, slot: usize, hold: &Value) -> bool {
        let until = text(&hold["expires_at"]).parse::<DateTime<Utc>>();
        self.holds.push(Hold {
            slot,
            id: text(&hold["id"]),
            token: text(&hold["token"]),
            until: until.expect("an instant"),
            stands: true,
        });
        true
    }
}
