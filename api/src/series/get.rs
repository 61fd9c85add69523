use actix_web::{HttpResponse, get};
use domain::ids::SeriesId;

use super::{SeriesView, seen};
use crate::app::AppData;
use crate::appointments::access::Access;
use crate::extract::Path;
use crate::problems::Problem;
use crate::refusals::Refusals;

/// Get a series
///
/// With its secret in `Appointment-Secret`, or as staff: those of its appointments that they may see.
#[utoipa::path(operation_id = "getSeries", tag = "booking", security((), ("bearer" = [])),
    params(("id" = Uuid, Path, description = "The series"),
        ("Appointment-Secret" = Option<String>, Header, description = "The secret, for callers without a token")),
    responses((status = 200, description = "The series", body = SeriesView), Refusals))]
#[get("/v1/series/{id}")]
pub async fn get_series(
    app: AppData,
    access: Access,
    id: Path<SeriesId>,
) -> Result<HttpResponse, Problem> {
    let (found, actor) = access.find_series(&app, id.0).await?;
    let found = seen(found, &actor).ok_or_else(|| access.nothing_there(&app))?;
    Ok(HttpResponse::Ok().json(SeriesView::of(&found, &app.vault)?))
}
