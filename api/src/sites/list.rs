use actix_web::{HttpRequest, HttpResponse, get};
use domain::ids::SiteId;
use persistence::sites::{self, Filter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{SitePage, SiteView};
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
pub struct ListSites {
    /// Only sites of this organisation.
    #[param(format = Uuid)]
    organisation_id: Option<String>,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List sites
///
/// The published sites of the network; with a token also the unpublished ones of the own organisations.
#[utoipa::path(operation_id = "listSites", tag = "directory", params(ListSites), security((), ("bearer" = [])),
    responses((status = 200, description = "A page of sites", body = SitePage), Refusals))]
#[get("/v1/sites")]
pub async fn list_sites(
    request: HttpRequest,
    app: AppData,
    caller: Caller,
    query: Query<ListSites>,
) -> Result<HttpResponse, Problem> {
    let limit = Limit::new(query.0.limit)?;
    let filter = Filter {
        organisation_id: pages::parsed("organisation_id", query.0.organisation_id.as_deref())?,
    };
    let after = pages::after(query.0.cursor.as_deref(), &filter)?.map(SiteId::new);
    let mut reader = app.reader(&caller).await?;
    let mut items = sites::list(&mut reader, &filter, after, limit.with_lookahead()).await?;
    let next_cursor = limit.turn(&mut items, &filter, |site| site.value.id.uuid());
    Ok(SitePage {
        items: items.iter().map(SiteView::from).collect(),
        next_cursor,
    }
    .respond(&request))
}

/// Get a site
///
/// Also answers 304 when `If-None-Match` has its entity tag.
#[utoipa::path(operation_id = "getSite", tag = "directory", params(("id" = Uuid, Path, description = "The site")),
    security((), ("bearer" = [])),
    responses((status = 200, description = "The site", body = SiteView),
        (status = 304, description = "The caller has this version"), Refusals))]
#[get("/v1/sites/{id}")]
pub async fn get_site(
    app: AppData,
    caller: Caller,
    id: Path<SiteId>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Problem> {
    let mut reader = app.reader(&caller).await?;
    let site = sites::find(&mut reader, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(found_unless_known(
        &known,
        site.version,
        &SiteView::from(&site),
    ))
}
