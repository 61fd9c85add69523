use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::history::{Operation, Role};

/// What somebody wants; sent again under the same key until the outcome is known.
#[derive(Debug, Clone)]
pub(crate) struct Intent {
    pub(crate) id: Uuid,
    pub(crate) operation: Operation,
    pub(crate) role: Role,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) key: Option<Uuid>,
    pub(crate) shown: Option<Shown>,
    pub(crate) bearer: Option<String>,
    pub(crate) body: Option<Value>,
    pub(crate) slot_id: Option<String>,
    pub(crate) hold_id: Option<Uuid>,
    pub(crate) appointment_id: Option<Uuid>,
    pub(crate) series_id: Option<Uuid>,
    pub(crate) proposal_id: Option<Uuid>,
    pub(crate) entry_id: Option<Uuid>,
    pub(crate) offer_id: Option<Uuid>,
    pub(crate) course_id: Option<Uuid>,
    pub(crate) queue_id: Option<Uuid>,
    pub(crate) ticket_id: Option<Uuid>,
}

#[derive(Debug, Clone)]
pub(crate) enum Shown {
    AppointmentSecret(String),
    HoldToken(String),
}

impl Shown {
    pub(crate) const fn header(&self) -> &'static str {
        match self {
            Self::AppointmentSecret(_) => "Appointment-Secret",
            Self::HoldToken(_) => "Hold-Token",
        }
    }

    pub(crate) fn text(&self) -> &str {
        match self {
            Self::AppointmentSecret(text) | Self::HoldToken(text) => text,
        }
    }
}

impl Intent {
    fn new(id: Uuid, operation: Operation, method: Method, path: String) -> Self {
        Self {
            id,
            operation,
            role: Role::Visitor,
            method,
            path,
            key: None,
            shown: None,
            bearer: None,
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

    pub(crate) fn get(id: Uuid, operation: Operation, path: String) -> Self {
        Self::new(id, operation, Method::GET, path)
    }

    /// Keyed with the intent's own id.
    pub(crate) fn post(id: Uuid, operation: Operation, path: String, body: Value) -> Self {
        Self {
            key: Some(id),
            body: Some(body),
            ..Self::new(id, operation, Method::POST, path)
        }
    }

    pub(crate) fn hold(id: Uuid, slot: &str, mut body: Value) -> Self {
        body["slot_id"] = slot.into();
        Self {
            slot_id: Some(slot.to_owned()),
            ..Self::post(id, Operation::Hold, "/v1/holds".to_owned(), body)
        }
    }

    pub(crate) fn release(id: Uuid, hold: Uuid, token: String) -> Self {
        Self {
            hold_id: Some(hold),
            shown: Some(Shown::HoldToken(token)),
            ..Self::new(
                id,
                Operation::Release,
                Method::DELETE,
                format!("/v1/holds/{hold}"),
            )
        }
    }

    pub(crate) fn book(id: Uuid, slot: &str, mut body: Value) -> Self {
        body["slot_id"] = slot.into();
        Self {
            slot_id: Some(slot.to_owned()),
            ..Self::post(id, Operation::Book, "/v1/appointments".to_owned(), body)
        }
    }

    pub(crate) fn redeem(id: Uuid, slot: &str, hold: Uuid, token: &str, mut body: Value) -> Self {
        body["hold_id"] = hold.to_string().into();
        body["hold_token"] = token.into();
        Self {
            slot_id: Some(slot.to_owned()),
            hold_id: Some(hold),
            ..Self::post(id, Operation::Book, "/v1/appointments".to_owned(), body)
        }
    }

    pub(crate) fn read(id: Uuid, appointment: Uuid) -> Self {
        Self {
            appointment_id: Some(appointment),
            ..Self::get(
                id,
                Operation::Read,
                format!("/v1/appointments/{appointment}"),
            )
        }
    }

    /// `move`, `cancel` and what staff record.
    pub(crate) fn change(id: Uuid, operation: Operation, appointment: Uuid, body: Value) -> Self {
        let verb = match operation {
            Operation::Move => "reschedule",
            Operation::CheckIn => "check-in",
            Operation::Complete => "complete",
            Operation::NoShow => "no-show",
            Operation::Approve => "approve",
            Operation::Decline => "decline",
            Operation::Call => "call",
            Operation::Start => "start",
            _ => "cancel",
        };
        let slot = body["slot_id"].as_str().map(str::to_owned);
        Self {
            appointment_id: Some(appointment),
            slot_id: slot,
            ..Self::post(
                id,
                operation,
                format!("/v1/appointments/{appointment}/{verb}"),
                body,
            )
        }
    }

    /// What a visitor answers to a proposal.
    pub(crate) fn answer(operation: Operation, appointment: Uuid, proposal: Uuid) -> Self {
        let (verb, body) = match operation {
            Operation::AcceptProposal => ("accept", None),
            Operation::GiveUp => ("decline", Some(json!({"then": "cancel"}))),
            _ => ("decline", Some(json!({}))),
        };
        let path = format!("/v1/appointments/{appointment}/proposals/{proposal}/{verb}");
        Self {
            appointment_id: Some(appointment),
            proposal_id: Some(proposal),
            body,
            ..Self::post(Uuid::new_v4(), operation, path, Value::Null)
        }
    }

    pub(crate) fn book_series(slot: &str, body: Value) -> Self {
        Self {
            slot_id: Some(slot.to_owned()),
            ..Self::post(
                Uuid::new_v4(),
                Operation::BookSeries,
                "/v1/series".to_owned(),
                body,
            )
        }
    }

    /// `MoveSeries` and `CancelSeries`.
    pub(crate) fn change_series(operation: Operation, series: Uuid, body: Value) -> Self {
        let verb = match operation {
            Operation::MoveSeries => "reschedule",
            _ => "cancel",
        };
        let path = format!("/v1/series/{series}/{verb}");
        Self {
            series_id: Some(series),
            slot_id: body["slot_id"].as_str().map(str::to_owned),
            ..Self::post(Uuid::new_v4(), operation, path, body)
        }
    }

    pub(crate) fn join_waitlist(body: Value) -> Self {
        let path = "/v1/waitlist-entries".to_owned();
        Self::post(Uuid::new_v4(), Operation::JoinWaitlist, path, body)
    }

    pub(crate) fn read_entry(entry: Uuid) -> Self {
        let path = format!("/v1/waitlist-entries/{entry}");
        Self {
            entry_id: Some(entry),
            ..Self::get(Uuid::new_v4(), Operation::ReadEntry, path)
        }
    }

    /// What somebody who waits answers to an offer, or says without one: `LeaveWaitlist`.
    pub(crate) fn answer_offer(operation: Operation, entry: Uuid, offer: Option<Uuid>) -> Self {
        let (verb, offer, body) = match operation {
            Operation::AcceptOffer => ("accept", offer, json!({"offer_id": offer})),
            Operation::DeclineOffer => ("decline", offer, json!({"offer_id": offer, "stay": true})),
            _ => ("decline", None, json!({})),
        };
        let path = format!("/v1/waitlist-entries/{entry}/{verb}");
        Self {
            entry_id: Some(entry),
            offer_id: offer,
            ..Self::post(Uuid::new_v4(), operation, path, body)
        }
    }

    /// A place on all dates of the course.
    pub(crate) fn book_course(course: Uuid, body: Value) -> Self {
        let path = format!("/v1/courses/{course}/book");
        Self {
            course_id: Some(course),
            ..Self::post(Uuid::new_v4(), Operation::BookCourse, path, body)
        }
    }

    /// `DrawTicket` and `CallNext`: keyed, and without a body.
    pub(crate) fn in_queue(operation: Operation, queue: Uuid) -> Self {
        let what = match operation {
            Operation::DrawTicket => "tickets",
            _ => "call-next",
        };
        let path = format!("/v1/open-hours/{queue}/{what}");
        Self {
            queue_id: Some(queue),
            body: None,
            ..Self::post(Uuid::new_v4(), operation, path, Value::Null)
        }
    }

    /// What becomes of a number, and a look at it: without a key, for it happens once by itself.
    pub(crate) fn with_ticket(operation: Operation, ticket: Uuid) -> Self {
        let (method, step) = match operation {
            Operation::ReadTicket => (Method::GET, ""),
            Operation::LeaveQueue => (Method::POST, "/leave"),
            Operation::StartTicket => (Method::POST, "/start"),
            Operation::FinishTicket => (Method::POST, "/finish"),
            _ => (Method::POST, "/not-there"),
        };
        let path = format!("/v1/tickets/{ticket}{step}");
        Self {
            ticket_id: Some(ticket),
            ..Self::new(Uuid::new_v4(), operation, method, path)
        }
    }

    pub(crate) fn showing(mut self, secret: &str) -> Self {
        self.shown = Some(Shown::AppointmentSecret(secret.to_owned()));
        self
    }

    pub(crate) fn by_staff(mut self, organisation_id: Uuid, token: &str) -> Self {
        self.role = Role::Staff { organisation_id };
        self.bearer = Some(token.to_owned());
        self
    }
}
