use actix_web::{HttpResponse, patch};
use domain::actor::Staff;
use domain::ids::LoanId;
use domain::loan::Loan;
use persistence::audit::Entry;
use persistence::stored::Stored;
use persistence::{Transaction, loans};

use super::{LoanBody, LoanPreview, LoanView, open};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::checks::same_organisation;
use crate::extract::{IfMatch, Patch, Path, Query};
use crate::preview::DryRun;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::views::found;

/// Change a loan
///
/// A merge patch (RFC 7396): what is left out stays, null removes. What stands outside the new hours
/// stays valid, and is answered in `stranded`: when, and never for what. With `dry_run=true` nothing
/// is stored, and the answer is what would be.
#[utoipa::path(operation_id = "updateLoan", tag = "setup", security(("bearer" = [])),
    params(DryRun, ("id" = Uuid, Path, description = "The loan"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    request_body(content = ref("#/components/schemas/LoanPatch"), content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The loan as it is now", body = LoanView), Refusals, ChangeRefusals))]
#[patch("/v1/loans/{id}")]
pub async fn update_loan(
    app: AppData,
    caller: SignedIn,
    id: Path<LoanId>,
    read: IfMatch,
    query: Query<DryRun>,
    patch: Patch,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let changed = change(&mut transaction, &staff, id.0, read, &patch).await?;
    let loan = &changed.value;
    let now = app.clock.now();
    loans::update(&mut transaction, &changed);
    let mut stranded = loans::uses_ahead(&mut transaction, loan, now).await?;
    stranded.retain(|span| !loan.terms.covers(*span));
    let seen = loans::look_at(&mut transaction, id.0).await?;
    let view = LoanView {
        stranded: Some(LoanPreview::of(&stranded, loan.terms.time_zone)),
        ..LoanView::from(&seen.ok_or_else(Problem::not_found)?)
    };
    if query.0.dry_run {
        transaction.rollback().await;
        return Ok(HttpResponse::Ok().json(view));
    }
    let subject = ("loan", id.0.uuid());
    let entry = Entry::by(&staff, loan.organisation_id, "update", subject, now);
    transaction.audit(entry.touching(patch.names()));
    transaction.commit().await?;
    Ok(found(changed.version, &view))
}

/// The loan as it is to be; its room is locked.
async fn change(
    transaction: &mut Transaction,
    staff: &Staff,
    id: LoanId,
    read: IfMatch,
    patch: &Patch,
) -> Result<Stored<Loan>, Problem> {
    let loan = open(transaction, staff, id).await?;
    read.check(loan.version)?;
    let body = patch.apply_to(&LoanBody::from(&loan.value))?;
    let changed = loan.changed(body.read(id, loan.value.terms.time_zone)?);
    let (before, after) = (&loan.value, &changed.value);
    same_organisation(before.organisation_id, after.organisation_id)?;
    let instead = "cannot be changed: end this loan and make another one";
    if before.room_id != after.room_id {
        return Err(Problem::rule("/room_id", instead));
    }
    if before.borrower_id != after.borrower_id {
        return Err(Problem::rule("/borrower_id", instead));
    }
    Ok(changed)
}
