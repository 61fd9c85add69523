use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::appointment::Appointment;
use domain::calendar::Bid;
use domain::ids::AppointmentId;
use domain::kept::Reader;
use domain::permission::Permission;
use domain::reason::ReasonCode;
use persistence::Transaction;
use persistence::appointments::{Found, Reasons, Saved, open_move};
use persistence::audit::Entry;
use serde::Deserialize;
use utoipa::ToSchema;

use super::access::Access;
use super::{AppointmentView, check_code, contact, read_code};
use crate::app::AppData;
use crate::extract::{Body, Path};
use crate::idempotency::Attempt;
use crate::permit::permit_for;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::views::slot_id;

/// Where an appointment is to be moved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"slot_id": "040sj0000007004000000000000g368000000w00g00000000000a0cs0000003g0200000000000101rk800"}))]
pub struct RescheduleBody {
    /// A slot of the same service.
    pub slot_id: String,
    /// One of `/v1/cancellation-reasons`, for figures; nobody has to give one.
    #[serde(default)]
    #[schema(example = "cannot_get_there")]
    pub reason_code: Option<String>,
}

/// Move an appointment
///
/// In one step: either the new slot is taken and the old one freed, or nothing happened. Id, code
/// and secret stay, and the address of a visit, to which the way is reckoned anew.
#[utoipa::path(operation_id = "rescheduleAppointment", tag = "booking", request_body = RescheduleBody, security((), ("bearer" = [])),
    params(("id" = Uuid, Path, description = "The appointment"),
        ("Appointment-Secret" = Option<String>, Header, description = "The secret, for callers without a token"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 200, description = "The appointment at its new time", body = AppointmentView), Refusals, ChangeRefusals))]
#[post("/v1/appointments/{id}/reschedule")]
pub async fn reschedule_appointment(
    app: AppData,
    access: Access,
    id: Path<AppointmentId>,
    attempt: Attempt,
    body: Body<RescheduleBody>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let keyed = access.binds(&app, attempt)?.with(
        &app,
        &format!("rescheduleAppointment {}", id.0),
        &body.bytes,
    );
    let slot = slot_id(&body.value.slot_id)?;
    let reason = read_code(body.value.reason_code.as_deref())?;
    let (mut transaction, actor) = access.enter(&app).await?;
    let (mut opened, found) =
        open_move(&mut transaction, id.0, &slot, keyed.hashed().as_ref(), now).await?;
    if let Some(answer) = keyed.answer_known(&app, opened.known)? {
        // Waited for, so that the key is free for whoever comes next with it.
        transaction.rollback().await;
        return Ok(answer);
    }
    let found = access.permitted(&app, found, &actor, Permission::ChangeAppointments)?;
    if slot.organisation_id != found.appointment.organisation_id {
        return Err(domain::appointment::MoveError::OtherService.into());
    }
    let organisation = slot.organisation_id;
    check_code(&mut transaction, reason.as_ref(), organisation, &actor).await?;
    opened.calendar.reader = Reader::from(&actor);
    if let Some(doorstep) = contact::doorstep(&app.vault, &found)? {
        opened.calendar.lead_to(doorstep);
    }
    let bid = opened.calendar.bid(&slot, now)?;
    let place = bid.place_instead(found.appointment.place.modality)?;
    if let Actor::Staff(staff) = &actor {
        let change = Permission::ChangeAppointments;
        permit_for(staff, change, organisation, place.counsellor_id)?;
    }
    let deadline = found.terms.reschedule_deadline;
    let appointment = found
        .appointment
        .clone()
        .reschedule(&actor, place, deadline, now)?;
    let moved = Moved {
        appointment,
        bid: &bid,
        action: "reschedule",
        reason,
    };
    let found = moved.save(&mut transaction, found, &actor, now);
    let view = AppointmentView::of(&found, &app.vault)?;
    keyed.changed(&app, transaction, found.version, &view).await
}

/// An appointment in the place that was bid for.
pub(crate) struct Moved<'a> {
    pub(crate) appointment: Appointment,
    pub(crate) bid: &'a Bid<'a>,
    /// As the audit calls it.
    pub(crate) action: &'static str,
    /// Why, if somebody said so.
    pub(crate) reason: Option<ReasonCode>,
}

impl Moved<'_> {
    /// Stores it in the place of what was locked, and answers what is there now.
    pub(crate) fn save(
        self,
        transaction: &mut Transaction,
        locked: Found,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Found {
        let (appointment, terms) = (self.appointment, self.bid.terms());
        let saved = Saved {
            appointment: &appointment,
            claim: &self.bid.claimed(),
            kept_for: None,
            terms,
            reason: self.reason.as_ref(),
            now,
        };
        saved.update_place(transaction, locked.appointment.place.span, locked.version);
        transaction.audit(Entry::of_appointment(self.action, &appointment, actor, now));
        Found {
            appointment,
            version: locked.version + 1,
            terms,
            reasons: Reasons {
                moved: self.reason,
                ..locked.reasons
            },
            ..locked
        }
    }
}
