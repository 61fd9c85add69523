use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::ids::TicketId;
use domain::open_hours::{Queue, Ticket, WrongTurn};
use persistence::{Transaction, resources, tickets};

use super::TicketView;
use super::get::find;
use crate::app::{App, AppData};
use crate::appointments::access::Access;
use crate::authentication::SignedIn;
use crate::extract::Path;
use crate::open_hours::entry;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// What becomes of a number, and how that is called.
type Step = (
    &'static str,
    fn(&Queue, &Ticket, DateTime<Utc>) -> Result<Ticket, WrongTurn>,
);

/// Leave the queue
///
/// Whoever waits or was called goes; the others move up.
#[utoipa::path(operation_id = "leaveQueue", tag = "booking", security((), ("bearer" = [])),
    params(("id" = Uuid, Path, description = "The number's id"),
        ("Appointment-Secret" = Option<String>, Header, description = "The secret of the number, for callers without a token")),
    responses((status = 200, description = "The number", body = TicketView), Refusals, ChangeRefusals))]
#[post("/v1/tickets/{id}/leave")]
pub async fn leave_queue(
    app: AppData,
    access: Access,
    id: Path<TicketId>,
) -> Result<HttpResponse, Problem> {
    let (transaction, actor) = access.enter(&app).await?;
    let step: Step = ("leave", |_, ticket, now| ticket.leave(now));
    change(&app, transaction, &actor, id.0, step).await
}

/// Begin the talk with a number
///
/// It was called, and somebody came.
#[utoipa::path(operation_id = "startTicket", tag = "appointments", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The number's id")),
    responses((status = 200, description = "The number", body = TicketView), Refusals, ChangeRefusals))]
#[post("/v1/tickets/{id}/start")]
pub async fn start_ticket(
    app: AppData,
    caller: SignedIn,
    id: Path<TicketId>,
) -> Result<HttpResponse, Problem> {
    let (transaction, staff) = app.staff(&caller).await?;
    let step: Step = ("start", |_, ticket, now| ticket.start(now));
    change(&app, transaction, &Actor::Staff(staff), id.0, step).await
}

/// End the talk with a number
///
/// How long it took tells those who wait how long they will.
#[utoipa::path(operation_id = "finishTicket", tag = "appointments", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The number's id")),
    responses((status = 200, description = "The number", body = TicketView), Refusals, ChangeRefusals))]
#[post("/v1/tickets/{id}/finish")]
pub async fn finish_ticket(
    app: AppData,
    caller: SignedIn,
    id: Path<TicketId>,
) -> Result<HttpResponse, Problem> {
    let (transaction, staff) = app.staff(&caller).await?;
    let step: Step = ("finish", |_, ticket, now| ticket.finish(now));
    change(&app, transaction, &Actor::Staff(staff), id.0, step).await
}

/// Nobody came when a number was called
///
/// It goes to the back of the queue once; the second time it is over.
#[utoipa::path(operation_id = "missTicket", tag = "appointments", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The number's id")),
    responses((status = 200, description = "The number", body = TicketView), Refusals, ChangeRefusals))]
#[post("/v1/tickets/{id}/not-there")]
pub async fn miss_ticket(
    app: AppData,
    caller: SignedIn,
    id: Path<TicketId>,
) -> Result<HttpResponse, Problem> {
    let (transaction, staff) = app.staff(&caller).await?;
    let step: Step = ("not-there", Queue::not_there);
    change(&app, transaction, &Actor::Staff(staff), id.0, step).await
}

/// Under the lock of the session's counsellor, as everything that changes a queue.
async fn change(
    app: &App,
    mut transaction: Transaction,
    actor: &Actor,
    id: TicketId,
    (action, step): Step,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let (open, _) = find(&mut transaction, actor, id, now).await?;
    let counsellor = [open.counsellor_id.into()].into();
    resources::lock(&mut transaction, open.organisation_id, &counsellor);
    let (mut open, ticket) = find(&mut transaction, actor, id, now).await?;
    let changed = step(&open.queue, &ticket, now)?;
    tickets::update(&mut transaction, open.organisation_id, &changed, now);
    transaction.audit(entry(action, &open, actor, id, now));
    transaction.commit().await?;
    open.queue.tickets.retain(|ticket| ticket.id != id);
    open.queue.tickets.push(changed.clone());
    Ok(HttpResponse::Ok().json(TicketView::of(&open, &changed, now)))
}
