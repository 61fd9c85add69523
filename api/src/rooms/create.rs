use actix_web::{HttpResponse, post};
use domain::permission::Permission;
use domain::site::OnLoan;
use persistence::audit::Entry;
use persistence::stored::Stored;
use persistence::{Transaction, loans, rooms};
use uuid::Uuid;

use super::{RoomBody, RoomView, references_of};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::Body;
use crate::idempotency::Attempt;
use crate::permit::permit;
use crate::problems::Problem;
use crate::references;
use crate::refusals::{ChangeRefusals, Refusals};

/// Create a room
///
/// From then on it can be named in schedules and sessions, and is claimed with them. With a `loan_id`
/// it is the room that another organisation lends: its owner's claims and closures count, and so do
/// the hours and the quota of the loan.
#[utoipa::path(operation_id = "createRoom", tag = "setup", request_body = RoomBody, security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 201, description = "The new room", body = RoomView), Refusals, ChangeRefusals))]
#[post("/v1/rooms")]
pub async fn create_room(
    app: AppData,
    caller: SignedIn,
    attempt: Attempt,
    body: Body<RoomBody>,
) -> Result<HttpResponse, Problem> {
    let organisation = body.value.organisation_id.into();
    let (mut transaction, staff) = app.staff(&caller).await?;
    permit(&staff, Permission::ManageSites, organisation)?;
    let attempt = attempt.by(&caller).with(&app, "createRoom", &body.bytes);
    if let Some(answer) = attempt.answered(&app, &mut transaction).await? {
        return Ok(answer);
    }
    let id = Uuid::now_v7();
    let on_loan = on_loan(&mut transaction, &body.value).await?;
    let room = Stored::new(body.value.read(id.into(), on_loan)?);
    references::check(&mut transaction, &references_of(&room.value)).await?;
    rooms::insert(&mut transaction, &room);
    let now = app.clock.now();
    transaction.audit(Entry::by(&staff, organisation, "create", ("room", id), now));
    let location = format!("/v1/rooms/{id}");
    attempt
        .created(&app, transaction, &location, 1, &RoomView::from(&room))
        .await
}

/// The room behind it, where it is entered for a loan.
async fn on_loan(
    transaction: &mut Transaction,
    body: &RoomBody,
) -> Result<Option<OnLoan>, Problem> {
    let Some(loan) = body.loan_id else {
        return Ok(None);
    };
    let found = loans::on_loan(transaction, body.organisation_id.into(), loan.into()).await?;
    let unknown = || Problem::rule("/loan_id", "is no loan to the organisation");
    found.map(Some).ok_or_else(unknown)
}
