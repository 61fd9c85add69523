use actix_web::{HttpResponse, post};
use domain::code::{Code as SpokenCode, Secret};
use persistence::series::{self, FoundSeries};

use super::SeriesView;
use crate::app::{App, AppData};
use crate::appointments::{FindBody, access};
use crate::authentication::Caller;
use crate::extract::Body;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::throttle::Source;

/// Find a series by its code and secret
///
/// Both must be right; a wrong code and a wrong secret give the same answer.
#[utoipa::path(operation_id = "findSeries", tag = "booking", request_body = FindBody, security((), ("bearer" = [])),
    responses((status = 200, description = "The series", body = SeriesView), Refusals, ChangeRefusals))]
#[post("/v1/series/find")]
pub async fn find_series(
    app: AppData,
    _caller: Caller,
    source: Source,
    body: Body<FindBody>,
) -> Result<HttpResponse, Problem> {
    let Some(found) = look_up(&app, &body.value).await? else {
        return Err(app.throttle.wrong_secret(source, Problem::not_found()));
    };
    Ok(HttpResponse::Ok().json(SeriesView::of(&found, &app.vault)?))
}

async fn look_up(app: &App, body: &FindBody) -> Result<Option<FoundSeries>, Problem> {
    let (Ok(code), Ok(secret)) = (
        body.code.parse::<SpokenCode>(),
        body.secret.parse::<Secret>(),
    ) else {
        return Ok(None);
    };
    let hash = access::hash(&app.vault, &secret);
    Ok(series::find_by_code(&app.database, hash, &code).await?)
}
