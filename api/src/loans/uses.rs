use actix_web::{HttpResponse, get};
use chrono::{DateTime, FixedOffset};
use domain::ids::LoanId;
use domain::permission::Permission;
use persistence::loans;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::permit_reading;
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{Path, Query};
use crate::problems::Problem;
use crate::refusals::Refusals;
use crate::spans;
use crate::views::local;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListLoanUses {
    /// From when on (RFC 3339); now when left out.
    #[param(format = DateTime)]
    from: Option<String>,
    /// Until when (RFC 3339); 14 days after `from` when left out, and at most 62.
    #[param(format = DateTime)]
    before: Option<String>,
}

/// When the room of a loan is taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoanUses {
    pub items: Vec<LoanUseView>,
}

/// A span of the room, with the offset of its site. Buffers are included.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoanUseView {
    pub starts_at: DateTime<FixedOffset>,
    pub ends_at: DateTime<FixedOffset>,
    /// `loan` when the borrower uses it under this loan; `busy`, told to the borrower only, when it is
    /// taken otherwise.
    #[schema(example = "loan")]
    pub kind: String,
}

/// List when a lent room is used
///
/// The owner sees the spans that the borrower uses, and never for what or for whom. The borrower sees
/// besides when the room is busy otherwise, and never by whom.
#[utoipa::path(operation_id = "listLoanUses", tag = "setup", security(("bearer" = [])),
    params(ListLoanUses, ("id" = Uuid, Path, description = "The loan")),
    responses((status = 200, description = "When the room is taken", body = LoanUses), Refusals,
        (status = 422, description = "The request breaks a rule.", body = crate::problems::ProblemDocument,
            content_type = "application/problem+json")))]
#[get("/v1/loans/{id}/uses")]
pub async fn list_loan_uses(
    app: AppData,
    caller: SignedIn,
    id: Path<LoanId>,
    query: Query<ListLoanUses>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let window = spans::window(query.0.from.as_deref(), query.0.before.as_deref(), now)?;
    let (mut transaction, staff) = app.staff(&caller).await?;
    let loan = loans::look_at(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let loan = loan.loan.value;
    permit_reading(&staff, &loan)?;
    let uses = if staff.may(Permission::ReadSetup, loan.borrower_id) {
        loans::busy(&mut transaction, &loan, window, now).await?
    } else {
        loans::uses(&mut transaction, &loan, window, now).await?
    };
    let zone = loan.terms.time_zone;
    let items = uses.iter().map(|it| LoanUseView {
        starts_at: local(it.span.from(), zone),
        ends_at: local(it.span.before(), zone),
        kind: if it.is_of_loan { "loan" } else { "busy" }.to_owned(),
    });
    Ok(HttpResponse::Ok().json(LoanUses {
        items: items.collect(),
    }))
}
