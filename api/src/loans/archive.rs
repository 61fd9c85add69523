use actix_web::{HttpResponse, delete};
use domain::ids::LoanId;
use persistence::audit::Entry;
use persistence::loans;

use super::open;
use super::preview::LoanPreview;
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{IfMatch, Path, Query};
use crate::preview::DryRun;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// End a loan
///
/// Nothing more can be booked under it. What stands stays valid; the borrower sees that it needs
/// attention. With `dry_run=true` nothing is stored, and what still stands is answered: when, and
/// never for what.
#[utoipa::path(operation_id = "archiveLoan", tag = "setup", security(("bearer" = [])),
    params(DryRun, ("id" = Uuid, Path, description = "The loan"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    responses((status = 204, description = "It has ended"),
        (status = 200, description = "What it would strand", body = LoanPreview), Refusals, ChangeRefusals))]
#[delete("/v1/loans/{id}")]
pub async fn archive_loan(
    app: AppData,
    caller: SignedIn,
    id: Path<LoanId>,
    read: IfMatch,
    query: Query<DryRun>,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let loan = open(&mut transaction, &staff, id.0).await?;
    let organisation = loan.value.organisation_id;
    read.check(loan.version)?;
    let now = app.clock.now();
    if query.0.dry_run {
        let ahead = loans::uses_ahead(&mut transaction, &loan.value, now).await?;
        transaction.rollback().await;
        let preview = LoanPreview::of(&ahead, loan.value.terms.time_zone);
        return Ok(HttpResponse::Ok().json(preview));
    }
    loans::archive(&mut transaction, &loan, now);
    let subject = ("loan", id.0.uuid());
    transaction.audit(Entry::by(&staff, organisation, "archive", subject, now));
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
