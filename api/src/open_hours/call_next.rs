use actix_web::{HttpResponse, post};
use domain::actor::Actor;
use domain::ids::SessionId;
use persistence::{resources, tickets};
use serde::Serialize;
use utoipa::ToSchema;

use super::draw::{entry, permit};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::Path;
use crate::idempotency::Attempt;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::tickets::TicketView;

/// Who was called.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalledNext {
    /// Null when nobody waits.
    #[schema(required)]
    pub ticket: Option<TicketView>,
}

/// Call the next number
///
/// Of several who call at once, each calls another number.
#[utoipa::path(operation_id = "callNextTicket", tag = "appointments", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The session"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 200, description = "Who was called", body = CalledNext), Refusals, ChangeRefusals))]
#[post("/v1/open-hours/{id}/call-next")]
pub async fn call_next_ticket(
    app: AppData,
    caller: SignedIn,
    id: Path<SessionId>,
    attempt: Attempt,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let (mut transaction, staff) = app.staff(&caller).await?;
    let attempt = attempt.by(&caller);
    let attempt = attempt.with(&app, "callNextTicket", id.0.uuid().as_bytes());
    if let Some(answer) = attempt.answered(&app, &mut transaction).await? {
        return Ok(answer);
    }
    let open = tickets::of_session(&mut transaction, id.0, now).await?;
    let open = open.ok_or_else(Problem::not_found)?;
    permit(&staff, &open)?;
    let counsellor = [open.counsellor_id.into()].into();
    resources::lock(&mut transaction, open.organisation_id, &counsellor);
    let open = tickets::of_session(&mut transaction, id.0, now).await?;
    let open = open.ok_or_else(Problem::not_found)?;
    let called = open.queue.call_next(now);
    if let Some(ticket) = &called {
        tickets::update(&mut transaction, open.organisation_id, ticket, now);
        let actor = Actor::Staff(staff);
        transaction.audit(entry("call", &open, &actor, ticket.id, now));
    }
    let view = CalledNext {
        ticket: called.map(|ticket| TicketView::of(&open, &ticket, now)),
    };
    attempt.done(&app, transaction, &view).await
}
