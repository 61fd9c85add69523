use actix_web::{HttpResponse, get};
use domain::actor::Actor;
use domain::ids::TicketId;
use domain::open_hours::Ticket;
use domain::permission::Permission;
use persistence::Transaction;
use persistence::tickets::{self, OpenHours};

use super::TicketView;
use crate::app::AppData;
use crate::appointments::access::Access;
use crate::extract::Path;
use crate::problems::Problem;
use crate::refusals::Refusals;

/// Get a number
///
/// Whoever drew it shows its secret in `Appointment-Secret`; staff sign in.
#[utoipa::path(operation_id = "getTicket", tag = "booking", security((), ("bearer" = [])),
    params(("id" = Uuid, Path, description = "The number's id"),
        ("Appointment-Secret" = Option<String>, Header, description = "The secret of the number, for callers without a token")),
    responses((status = 200, description = "The number", body = TicketView), Refusals))]
#[get("/v1/tickets/{id}")]
pub async fn get_ticket(
    app: AppData,
    access: Access,
    id: Path<TicketId>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let (mut transaction, actor) = access.enter(&app).await?;
    let (open, ticket) = find(&mut transaction, &actor, id.0, now).await?;
    transaction.rollback().await;
    Ok(HttpResponse::Ok().json(TicketView::of(&open, &ticket, now)))
}

/// The number and its queue, for whoever drew it and for those who record who comes.
pub(super) async fn find(
    transaction: &mut Transaction,
    actor: &Actor,
    id: TicketId,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(OpenHours, Ticket), Problem> {
    let open = match actor {
        Actor::Visitor => tickets::of_holder(transaction, id, now).await?,
        Actor::Staff(staff) => {
            let open = tickets::of_ticket(transaction, id, now).await?;
            open.filter(|open| {
                let (organisation, counsellor) = (open.organisation_id, open.counsellor_id);
                staff.may_for(Permission::RecordAttendance, organisation, counsellor)
            })
        }
    };
    let open = open.ok_or_else(Problem::not_found)?;
    let ticket = open.queue.tickets.iter().find(|ticket| ticket.id == id);
    let ticket = ticket.cloned().ok_or_else(Problem::not_found)?;
    Ok((open, ticket))
}
