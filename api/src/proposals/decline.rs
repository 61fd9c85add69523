use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::ids::{AppointmentId, ProposalId};
use domain::permission::Permission;
use persistence::Transaction;
use persistence::appointments::Found;
use persistence::audit::Entry;
use persistence::proposals::{OpenedAnswer, calendar_at, open_answer, save_answer};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::AppData;
use crate::appointments::AppointmentView;
use crate::appointments::access::Access;
use crate::extract::{Body, PathOfTwo};
use crate::idempotency::Attempt;
use crate::problems::{Code, Problem};
use crate::refusals::{ChangeRefusals, Refusals};

/// What is to become of the appointment whose proposal is declined.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"then": "wait"}))]
pub struct DeclineProposalBody {
    /// `wait` leaves it to the staff; `keep` insists on the old time, and is refused where that
    /// cannot be kept; `cancel` cancels, whatever the deadline.
    #[serde(default = "wait")]
    #[schema(default = "wait", example = "wait")]
    pub then: String,
}

fn wait() -> String {
    "wait".to_owned()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Wait,
    Keep,
    Cancel,
}

/// Decline a proposal
///
/// The slot is free again at once. Other proposals stay open; so does the question what becomes of
/// the appointment, unless `then` answers it.
#[utoipa::path(operation_id = "declineProposal", tag = "booking", request_body = DeclineProposalBody, security((), ("bearer" = [])),
    params(("id" = Uuid, Path, description = "The appointment"),
        ("proposal_id" = Uuid, Path, description = "The proposal"),
        ("Appointment-Secret" = Option<String>, Header, description = "The secret, for callers without a token"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 200, description = "The appointment", body = AppointmentView), Refusals, ChangeRefusals))]
#[post("/v1/appointments/{id}/proposals/{proposal_id}/decline")]
pub async fn decline_proposal(
    app: AppData,
    access: Access,
    ids: PathOfTwo<AppointmentId, ProposalId>,
    attempt: Attempt,
    body: Body<DeclineProposalBody>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let then = body.value.read()?;
    let operation = format!("declineProposal {} {}", ids.0, ids.1);
    let keyed = access
        .binds(&app, attempt)?
        .with(&app, &operation, &body.bytes);
    let (mut transaction, actor) = access.enter(&app).await?;
    let key = keyed.hashed();
    let mut opened = open_answer(&mut transaction, ids.0, ids.1, key.as_ref(), now).await?;
    if let Some(answer) = keyed.answer_known(&app, opened.known.clone())? {
        transaction.rollback().await;
        return Ok(answer);
    }
    let (found, permission) = (opened.appointment.take(), Permission::ChangeAppointments);
    let mut found = access.permitted(&app, found, &actor, permission)?;
    let held = opened.proposal.take().ok_or_else(Problem::not_found)?;
    let declined = held.proposal.decline(now)?;
    if then == Then::Keep {
        can_be_kept(&mut transaction, &opened, &found, now).await?;
    }
    save_answer(&mut transaction, &declined, now);
    transaction.audit(Entry::of_proposal("decline", &declined, &actor, now));
    if then == Then::Cancel {
        found = cancel(&mut transaction, found, &actor, now)?;
    }
    let view = AppointmentView::of(&found, &app.vault)?;
    keyed.changed(&app, transaction, found.version, &view).await
}

impl DeclineProposalBody {
    fn read(&self) -> Result<Then, Problem> {
        match self.then.as_str() {
            "wait" => Ok(Then::Wait),
            "keep" => Ok(Then::Keep),
            "cancel" => Ok(Then::Cancel),
            _ => Err(Problem::rule("/then", "is one of wait, keep, cancel")),
        }
    }
}

/// Whether the old slot would still be given, but for the appointment itself.
async fn can_be_kept(
    transaction: &mut Transaction,
    opened: &OpenedAnswer,
    found: &Found,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let appointment = &found.appointment;
    let slot = appointment
        .slot()
        .map_err(|_| Problem::new(Code::SlotGone))?;
    let own = appointment.id.uuid();
    let calendar = calendar_at(transaction, opened, &slot, own, now).await?;
    calendar.bid(&slot, appointment.booked_at)?;
    Ok(())
}

fn cancel(
    transaction: &mut Transaction,
    found: Found,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Found, Problem> {
    let appointment = found.appointment.give_up(actor, now)?;
    transaction.save_status(&appointment, found.version, now);
    transaction.audit(Entry::of_appointment("cancel", &appointment, actor, now));
    Ok(Found {
        appointment,
        version: found.version + 1,
        ..found
    })
}
