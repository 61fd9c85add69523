use actix_web::{HttpResponse, get};
use domain::ids::AppointmentId;
use domain::permission::Permission;
use persistence::proposals;

use super::{ProposalList, ProposalView};
use crate::app::AppData;
use crate::appointments::access::Access;
use crate::extract::Path;
use crate::problems::Problem;
use crate::refusals::Refusals;

/// List the proposals for an appointment
///
/// Other slots, where the own time cannot be kept: the open ones are held until their answers are
/// due. With the appointment's secret in `Appointment-Secret`, or as staff who may see it.
#[utoipa::path(operation_id = "listProposals", tag = "booking", security((), ("bearer" = [])),
    params(("id" = Uuid, Path, description = "The appointment"),
        ("Appointment-Secret" = Option<String>, Header, description = "The secret, for callers without a token")),
    responses((status = 200, description = "The proposals", body = ProposalList), Refusals))]
#[get("/v1/appointments/{id}/proposals")]
pub async fn list_proposals(
    app: AppData,
    access: Access,
    id: Path<AppointmentId>,
) -> Result<HttpResponse, Problem> {
    let (found, actor) = access.find(&app, id.0).await?;
    access.permitted(&app, found, &actor, Permission::ReadAppointments)?;
    let (mut transaction, _) = access.enter(&app).await?;
    let found = proposals::of_appointment(&mut transaction, id.0).await?;
    let now = app.clock.now();
    let items = found.iter().map(|found| ProposalView::of(found, now));
    Ok(HttpResponse::Ok().json(ProposalList {
        items: items.collect(),
    }))
}
