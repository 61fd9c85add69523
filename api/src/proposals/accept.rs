use actix_web::{HttpResponse, post};
use domain::ids::{AppointmentId, ProposalId};
use domain::permission::Permission;
use persistence::proposals::{calendar_at, open_answer, save_answer};

use crate::app::AppData;
use crate::appointments::access::Access;
use crate::appointments::{AppointmentView, Moved, contact};
use crate::extract::PathOfTwo;
use crate::idempotency::Attempt;
use crate::problems::{Code, Problem};
use crate::refusals::{ChangeRefusals, Refusals};

/// Accept a proposal
///
/// The appointment moves to the slot that is held, in one step; id, code and secret stay, and all
/// else that was proposed is free again. The deadline of the service does not stand against it.
#[utoipa::path(operation_id = "acceptProposal", tag = "booking", security((), ("bearer" = [])),
    params(("id" = Uuid, Path, description = "The appointment"),
        ("proposal_id" = Uuid, Path, description = "The proposal"),
        ("Appointment-Secret" = Option<String>, Header, description = "The secret, for callers without a token"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 200, description = "The appointment at its new time", body = AppointmentView), Refusals, ChangeRefusals))]
#[post("/v1/appointments/{id}/proposals/{proposal_id}/accept")]
pub async fn accept_proposal(
    app: AppData,
    access: Access,
    ids: PathOfTwo<AppointmentId, ProposalId>,
    attempt: Attempt,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let operation = format!("acceptProposal {} {}", ids.0, ids.1);
    let keyed = access.binds(&app, attempt)?.with(&app, &operation, b"");
    let (mut transaction, actor) = access.enter(&app).await?;
    let key = keyed.hashed();
    let mut opened = open_answer(&mut transaction, ids.0, ids.1, key.as_ref(), now).await?;
    if let Some(answer) = keyed.answer_known(&app, opened.known.clone())? {
        transaction.rollback().await;
        return Ok(answer);
    }
    let (found, permission) = (opened.appointment.take(), Permission::ChangeAppointments);
    let found = access.permitted(&app, found, &actor, permission)?;
    let held = opened.proposal.take().ok_or_else(Problem::not_found)?;
    let accepted = held.proposal.accept(now)?;
    let slot = accepted.slot().map_err(|_| Problem::new(Code::SlotGone))?;
    let but_for = accepted.id.uuid();
    let mut calendar = calendar_at(&mut transaction, &opened, &slot, but_for, now).await?;
    if let Some(doorstep) = contact::doorstep(&app.vault, &found)? {
        calendar.lead_to(doorstep);
    }
    // By the rules of the moment at which it was proposed, as with a hold.
    let bid = calendar.bid(&slot, accepted.proposed_at)?;
    let place = bid.place_instead(accepted.place.modality)?;
    let moved = Moved {
        appointment: found.appointment.clone().take_proposed(place)?,
        bid: &bid,
        action: "accept-proposal",
        reason: None,
    };
    save_answer(&mut transaction, &accepted, now);
    let found = moved.save(&mut transaction, found, &actor, now);
    let view = AppointmentView::of(&found, &app.vault)?;
    keyed.changed(&app, transaction, found.version, &view).await
}
