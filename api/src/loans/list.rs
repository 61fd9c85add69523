use actix_web::{HttpRequest, HttpResponse, get};
use domain::ids::LoanId;
use domain::permission::Permission;
use persistence::loans;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{LoanPage, LoanView, permit_reading};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{Path, Query};
use crate::pages::{self, Limit};
use crate::permit::permitted;
use crate::problems::Problem;
use crate::refusals::Refusals;
use crate::views::found;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListLoans {
    /// Only loans that this organisation gives or takes.
    #[param(format = Uuid)]
    organisation_id: Option<String>,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List loans
///
/// Those that the own organisations give or take. What has ended is not listed.
#[utoipa::path(operation_id = "listLoans", tag = "setup", params(ListLoans), security(("bearer" = [])),
    responses((status = 200, description = "A page of loans", body = LoanPage), Refusals))]
#[get("/v1/loans")]
pub async fn list_loans(
    request: HttpRequest,
    app: AppData,
    caller: SignedIn,
    query: Query<ListLoans>,
) -> Result<HttpResponse, Problem> {
    let limit = Limit::new(query.0.limit)?;
    let organisation = pages::parsed("organisation_id", query.0.organisation_id.as_deref())?;
    let (mut reader, staff) = app.staff_reader(&caller).await?;
    let within = permitted(&staff, Permission::ReadSetup, organisation);
    let after = pages::after(query.0.cursor.as_deref(), &within)?.map(LoanId::new);
    let mut items = loans::list(&mut reader, &within, after, limit.with_lookahead()).await?;
    let next_cursor = limit.turn(&mut items, &within, |found| found.loan.value.id.uuid());
    Ok(LoanPage {
        items: items.iter().map(LoanView::from).collect(),
        next_cursor,
    }
    .respond(&request))
}

/// Get a loan
///
/// For its owner and its borrower.
#[utoipa::path(operation_id = "getLoan", tag = "setup", params(("id" = Uuid, Path, description = "The loan")),
    security(("bearer" = [])),
    responses((status = 200, description = "The loan", body = LoanView), Refusals))]
#[get("/v1/loans/{id}")]
pub async fn get_loan(
    app: AppData,
    caller: SignedIn,
    id: Path<LoanId>,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let loan = loans::look_at(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    permit_reading(&staff, &loan.loan.value)?;
    Ok(found(loan.loan.version, &LoanView::from(&loan)))
}
