use actix_web::{HttpResponse, post};
use domain::actor::{Actor, Staff};
use domain::code::Secret;
use domain::ids::{SessionId, TicketId};
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::tickets::{self, OpenHours};
use persistence::vault::random_bytes;
use persistence::{Transaction, resources};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::{App, AppData};
use crate::appointments::access;
use crate::authentication::Caller;
use crate::extract::Path;
use crate::idempotency::Attempt;
use crate::permit::permit_for;
use crate::problems::{Code, Problem};
use crate::refusals::{ChangeRefusals, Refusals};
use crate::tickets::TicketView;

/// A number, and what opens it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DrawnTicket {
    pub ticket: TicketView,
    /// Opens it in the header `Appointment-Secret`. It is told only here.
    #[schema(example = "7X3QK2M9T0V5B8N4R6C1D7F2GZ")]
    pub secret: String,
}

/// Draw a number
///
/// At the desk, or by visitors themselves where the service lets them. Nobody gives a name. No more
/// numbers are given when whoever draws one would not have their turn before the end.
#[utoipa::path(operation_id = "drawTicket", tag = "booking", security((), ("bearer" = [])),
    params(("id" = Uuid, Path, description = "The session"),
        ("Idempotency-Key" = String, Header, description = "A fresh UUID; the same one when the request is repeated")),
    responses((status = 201, description = "The number", body = DrawnTicket), Refusals, ChangeRefusals))]
#[post("/v1/open-hours/{id}/tickets")]
pub async fn draw_ticket(
    app: AppData,
    caller: Caller,
    id: Path<SessionId>,
    attempt: Attempt,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let attempt = attempt.required()?.by_anyone(&caller)?;
    let attempt = attempt.with(&app, "drawTicket", id.0.uuid().as_bytes());
    let (mut transaction, actor) = enter(&app, &caller, id.0).await?;
    if let Some(answer) = attempt.answered(&app, &mut transaction).await? {
        return Ok(answer);
    }
    let open = tickets::of_session(&mut transaction, id.0, now).await?;
    let open = open.ok_or_else(Problem::not_found)?;
    if matches!(actor, Actor::Visitor) && !open.draws_online {
        let detail = "numbers are drawn at the desk here";
        return Err(Problem::because(Code::Forbidden, detail));
    }
    let counsellor = [open.counsellor_id.into()].into();
    resources::lock(&mut transaction, open.organisation_id, &counsellor);
    let open = tickets::of_session(&mut transaction, id.0, now).await?;
    let open = open.ok_or_else(Problem::not_found)?;
    let ticket = open.queue.draw(TicketId::new(Uuid::now_v7()), now)?;
    let secret = Secret::from_random(random_bytes()?);
    let hash = access::hash(&app.vault, &secret);
    tickets::insert(&mut transaction, &open, &ticket, hash);
    transaction.audit(entry("draw", &open, &actor, ticket.id, now));
    let mut after = open;
    after.queue.tickets.push(ticket.clone());
    let view = DrawnTicket {
        ticket: TicketView::of(&after, &ticket, now),
        secret: secret.reveal().to_owned(),
    };
    let location = format!("/v1/tickets/{}", ticket.id);
    attempt
        .created_without_version(&app, transaction, &location, &view)
        .await
}

/// Staff draw where they record who comes; elsewhere they are visitors like everybody.
async fn enter(app: &App, caller: &Caller, id: SessionId) -> Result<(Transaction, Actor), Problem> {
    let now = app.clock.now();
    if let Caller::SignedIn(signed_in) = caller {
        let (mut transaction, staff) = app.staff(signed_in).await?;
        let open = tickets::of_session(&mut transaction, id, now).await?;
        if let Some(open) = open.filter(|open| staff.is_member_of(open.organisation_id)) {
            permit(&staff, &open)?;
            return Ok((transaction, Actor::Staff(staff)));
        }
        transaction.rollback().await;
    }
    Ok((app.database.visitor(None, now).await?, Actor::Visitor))
}

pub(super) fn permit(staff: &Staff, open: &OpenHours) -> Result<(), Problem> {
    let (organisation, counsellor) = (open.organisation_id, open.counsellor_id);
    permit_for(
        staff,
        Permission::RecordAttendance,
        organisation,
        counsellor,
    )
}

pub(crate) fn entry(
    action: &'static str,
    open: &OpenHours,
    actor: &Actor,
    ticket: TicketId,
    now: chrono::DateTime<chrono::Utc>,
) -> Entry {
    let subject = ("ticket", ticket.uuid());
    Entry {
        account_id: actor.account_id(),
        ..Entry::by_program(open.organisation_id, action, subject, now)
    }
}
