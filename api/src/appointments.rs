//! Appointments: booked by anyone, opened by their secret, kept by staff.

pub(crate) mod access;
mod answer;
mod attendance;
mod book;
mod calendar;
mod cancel;
pub(crate) mod contact;
mod find;
mod get;
pub(crate) mod list;
mod reasons;
mod reschedule;
mod target;
pub(crate) mod visit;
mod waiting;

use chrono::{DateTime, FixedOffset};
use domain::appointment::Status;
use domain::reason::ReasonCode;
use persistence::appointments::Found;
use persistence::vault::Vault;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use answer::{DeclineBody, approve_appointment, decline_appointment};
pub use attendance::{
    call_appointment, check_in_appointment, complete_appointment, forgive_no_shows,
    mark_appointment_no_show, start_appointment,
};
pub use book::{BookBody, book_appointment};
pub(crate) use book::{Stored, enter};
pub use calendar::get_appointment_calendar;
pub(crate) use cancel::read_reason;
pub use cancel::{CancelBody, cancel_appointment};
pub use contact::{ClientBody, ClientView};
pub use find::{FindBody, find_appointment};
pub use get::get_appointment;
pub use list::list_appointments;
pub use reasons::list_cancellation_reasons;
pub(crate) use reasons::{check_code, read_code};
pub(crate) use reschedule::Moved;
pub use reschedule::{RescheduleBody, reschedule_appointment};
pub(crate) use target::Target;
pub use visit::{VisitBody, VisitView};
pub use waiting::get_waiting_room;

use crate::pages::page;
use crate::problems::Problem;
use crate::views::{etag, local};

/// A booked slot.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppointmentView {
    pub id: Uuid,
    /// What a person can say on the telephone; opens nothing by itself.
    #[schema(example = "K7QF-2MXP")]
    pub code: String,
    /// Opens the appointment without an account, as the header `Appointment-Secret`. Told once, in
    /// the answer to the booking, and null everywhere else.
    #[schema(required)]
    pub secret: Option<String>,
    /// One of `requested`, `booked`, `checked_in`, `completed`, `no_show`, `cancelled`.
    #[schema(example = "booked")]
    pub status: String,
    pub organisation_id: Uuid,
    pub service_id: Uuid,
    pub session_id: Uuid,
    pub site_id: Uuid,
    pub counsellor_id: Uuid,
    #[schema(required)]
    pub room_id: Option<Uuid>,
    /// With the offset of the site.
    pub starts_at: DateTime<FixedOffset>,
    pub ends_at: DateTime<FixedOffset>,
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// One of `in_person`, `phone`, `video`, `at_home`.
    #[schema(example = "in_person")]
    pub modality: String,
    #[schema(required)]
    pub language: Option<String>,
    pub interpreter_needed: bool,
    /// The counsellor who interprets, where one was booked.
    #[schema(required)]
    pub interpreter_id: Option<Uuid>,
    /// Who comes along to a visit, where two do.
    #[schema(required)]
    pub second_counsellor_id: Option<Uuid>,
    pub booked_at: DateTime<FixedOffset>,
    /// Until when a request is answered; null for everything that is no request.
    #[schema(required)]
    pub answer_by: Option<DateTime<FixedOffset>>,
    /// The series with which it was booked, if any.
    #[schema(required)]
    pub series_id: Option<Uuid>,
    #[schema(required)]
    pub checked_in_at: Option<DateTime<FixedOffset>>,
    /// When who had arrived was called; null if that was not noted.
    #[schema(required)]
    pub called_at: Option<DateTime<FixedOffset>>,
    /// When the talk began; null if that was not noted.
    #[schema(required)]
    pub started_at: Option<DateTime<FixedOffset>>,
    /// When it was completed, missed or cancelled.
    #[schema(required)]
    pub ended_at: Option<DateTime<FixedOffset>>,
    /// `visitor`, `staff`, or `program`: a request that was not answered in time.
    #[schema(required)]
    pub cancelled_by: Option<String>,
    /// One of `/v1/cancellation-reasons`.
    #[schema(required, example = json!(null))]
    pub cancel_reason_code: Option<String>,
    #[schema(required)]
    pub cancel_reason: Option<String>,
    /// Why it was moved the last time; one of `/v1/cancellation-reasons`.
    #[schema(required, example = json!(null))]
    pub move_reason_code: Option<String>,
    /// What the visitor gave; null if nothing, or if it has been deleted after the retention time.
    #[schema(required)]
    pub client: Option<ClientView>,
    #[schema(required)]
    pub access_needs: Option<String>,
    #[schema(required)]
    pub note: Option<String>,
    /// Where a visit is wanted; null for everything else, and if it has been deleted likewise.
    #[schema(required)]
    pub visit: Option<VisitView>,
    #[schema(example = "\"1\"")]
    pub etag: String,
}

page!(
    /// Appointments, by start.
    AppointmentPage of AppointmentView
);

fn text_of(code: Option<&ReasonCode>) -> Option<String> {
    code.map(ToString::to_string)
}

impl AppointmentView {
    /// Opens what the visitor gave, and shows the rest on the site's clock.
    pub(crate) fn of(found: &Found, vault: &Vault) -> Result<Self, Problem> {
        let appointment = &found.appointment;
        let place = appointment.place;
        let zone = found.terms.time_zone;
        let contact = contact::open(vault, appointment, found.sealed_contact.as_deref())?;
        let view = Self {
            id: appointment.id.uuid(),
            code: appointment.code.to_string(),
            secret: None,
            status: appointment.status.as_str().to_owned(),
            organisation_id: appointment.organisation_id.uuid(),
            service_id: place.service_id.uuid(),
            session_id: place.session_id.uuid(),
            site_id: place.site_id.uuid(),
            counsellor_id: place.counsellor_id.uuid(),
            room_id: place.room_id.map(Uuid::from),
            starts_at: local(place.span.from(), zone),
            ends_at: local(place.span.before(), zone),
            time_zone: zone.name().to_owned(),
            modality: place.modality.to_string(),
            language: appointment.language.as_ref().map(ToString::to_string),
            interpreter_needed: appointment.interpreter_needed,
            interpreter_id: place.interpreter_id.map(Uuid::from),
            second_counsellor_id: place.second_counsellor_id.map(Uuid::from),
            booked_at: local(appointment.booked_at, zone),
            answer_by: appointment.status.answer_by().map(|at| local(at, zone)),
            series_id: appointment.series_id.map(Uuid::from),
            checked_in_at: None,
            called_at: None,
            started_at: None,
            ended_at: None,
            cancelled_by: None,
            cancel_reason_code: text_of(found.reasons.cancelled.as_ref()),
            move_reason_code: text_of(found.reasons.moved.as_ref()),
            cancel_reason: contact::open_reason(
                vault,
                appointment,
                found.sealed_reason.as_deref(),
            )?,
            client: contact.client,
            access_needs: contact.access_needs,
            note: contact.note,
            visit: contact.visit,
            etag: etag(found.version),
        };
        Ok(match &appointment.status {
            Status::Requested { .. } | Status::Booked => view,
            Status::CheckedIn { at, steps } => Self {
                checked_in_at: Some(local(*at, zone)),
                called_at: steps.called_at.map(|at| local(at, zone)),
                started_at: steps.started_at.map(|at| local(at, zone)),
                ..view
            },
            Status::Completed {
                checked_in_at,
                steps,
                at,
            } => Self {
                checked_in_at: Some(local(*checked_in_at, zone)),
                called_at: steps.called_at.map(|at| local(at, zone)),
                started_at: steps.started_at.map(|at| local(at, zone)),
                ended_at: Some(local(*at, zone)),
                ..view
            },
            Status::NoShow { at } => Self {
                ended_at: Some(local(*at, zone)),
                ..view
            },
            Status::Cancelled { at, by } => Self {
                ended_at: Some(local(*at, zone)),
                cancelled_by: Some(by.as_str().to_owned()),
                ..view
            },
        })
    }
}
