use actix_web::{HttpResponse, post};
use chrono_tz::Tz;
use domain::ids::LoanId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::stored::Stored;
use persistence::{Transaction, loans, resources};
use uuid::Uuid;

use super::{LoanBody, LoanView};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::checks::Checks;
use crate::extract::Body;
use crate::idempotency::Attempt;
use crate::permit::permit;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Lend a room
///
/// From then on the borrower sees the loan, can enter the room as one of its own (`POST /v1/rooms`
/// with the `loan_id`) and use it: in sessions and for meetings. You see when it is used, and never
/// for what; the borrower sees when it is busy otherwise, and never with what.
#[utoipa::path(operation_id = "createLoan", tag = "setup", request_body = LoanBody, security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 201, description = "The new loan", body = LoanView), Refusals, ChangeRefusals))]
#[post("/v1/loans")]
pub async fn create_loan(
    app: AppData,
    caller: SignedIn,
    attempt: Attempt,
    body: Body<LoanBody>,
) -> Result<HttpResponse, Problem> {
    let organisation = body.value.organisation_id.into();
    let (mut transaction, staff) = app.staff(&caller).await?;
    permit(&staff, Permission::ManageLoans, organisation)?;
    let attempt = attempt.by(&caller).with(&app, "createLoan", &body.bytes);
    if let Some(answer) = attempt.answered(&app, &mut transaction).await? {
        return Ok(answer);
    }
    resources::lock_one(&mut transaction, body.value.room_id.into());
    let zone = zone_of(&mut transaction, &body.value).await?;
    let id = Uuid::now_v7();
    let loan = Stored::new(body.value.read(LoanId::new(id), zone)?);
    loans::insert(&mut transaction, &loan);
    let now = app.clock.now();
    transaction.audit(Entry::by(&staff, organisation, "create", ("loan", id), now));
    let found = loans::look_at(&mut transaction, loan.value.id).await?;
    let view = LoanView::from(&found.ok_or_else(Problem::not_found)?);
    let location = format!("/v1/loans/{id}");
    attempt
        .created(&app, transaction, &location, 1, &view)
        .await
}

/// Checks what it refers to; answers the time zone of the room.
async fn zone_of(transaction: &mut Transaction, body: &LoanBody) -> Result<Tz, Problem> {
    let (organisation, borrower) = (body.organisation_id.into(), body.borrower_id.into());
    let (zone, is_there) =
        loans::lendable(transaction, organisation, body.room_id.into(), borrower).await?;
    let mut checks = Checks::new();
    if zone.is_none() {
        checks.refuse("/room_id", "is no room of the organisation's own");
    }
    if !is_there {
        checks.refuse("/borrower_id", "is no other organisation of the network");
    }
    checks.finish(|| zone)
}
