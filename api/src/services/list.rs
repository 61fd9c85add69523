use actix_web::{HttpRequest, HttpResponse, get};
use domain::ids::ServiceId;
use persistence::services::{self, Filter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{ServicePage, ServiceView};
use crate::app::AppData;
use crate::authentication::Caller;
use crate::extract::{IfNoneMatch, Path, Query};
use crate::pages::{self, Limit};
use crate::problems::Problem;
use crate::refusals::Refusals;
use crate::views::found_unless_known;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListServices {
    /// Only services of this organisation.
    #[param(format = Uuid)]
    organisation_id: Option<String>,
    /// Only services about one of these topics.
    #[serde(default)]
    topic: Vec<String>,
    /// Only services of one of these formats: `individual`, `group`, `course`, `visit`, `open_hours`.
    #[serde(default)]
    format: Vec<String>,
    /// Only services given in one of these ways: `in_person`, `phone`, `video`, `at_home`.
    #[serde(default)]
    modality: Vec<String>,
    /// Only services in one of these languages, as BCP 47 tags.
    #[serde(default)]
    language: Vec<String>,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List services
///
/// The published services of the network; with a token also the unpublished ones of the own organisations.
#[utoipa::path(operation_id = "listServices", tag = "directory", params(ListServices), security((), ("bearer" = [])),
    responses((status = 200, description = "A page of services", body = ServicePage), Refusals))]
#[get("/v1/services")]
pub async fn list_services(
    request: HttpRequest,
    app: AppData,
    caller: Caller,
    query: Query<ListServices>,
) -> Result<HttpResponse, Problem> {
    let limit = Limit::new(query.0.limit)?;
    let filter = Filter {
        organisation_id: pages::parsed("organisation_id", query.0.organisation_id.as_deref())?,
        topics: pages::each_parsed("topic", &query.0.topic)?,
        formats: pages::each_parsed("format", &query.0.format)?,
        modalities: pages::each_parsed("modality", &query.0.modality)?,
        languages: pages::each_parsed("language", &query.0.language)?,
    };
    let after = pages::after(query.0.cursor.as_deref(), &filter)?.map(ServiceId::new);
    let mut reader = app.reader(&caller).await?;
    let mut items = services::list(&mut reader, &filter, after, limit.with_lookahead()).await?;
    let next_cursor = limit.turn(&mut items, &filter, |service| service.value.id.uuid());
    Ok(ServicePage {
        items: items.iter().map(ServiceView::from).collect(),
        next_cursor,
    }
    .respond(&request))
}

/// Get a service
///
/// Also answers 304 when `If-None-Match` has its entity tag.
#[utoipa::path(operation_id = "getService", tag = "directory", params(("id" = Uuid, Path, description = "The service")),
    security((), ("bearer" = [])),
    responses((status = 200, description = "The service", body = ServiceView),
        (status = 304, description = "The caller has this version"), Refusals))]
#[get("/v1/services/{id}")]
pub async fn get_service(
    app: AppData,
    caller: Caller,
    id: Path<ServiceId>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Problem> {
    let mut reader = app.reader(&caller).await?;
    let service = services::find(&mut reader, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(found_unless_known(
        &known,
        service.version,
        &ServiceView::from(&service),
    ))
}
