use actix_web::{HttpRequest, HttpResponse, get};
use domain::ids::OrganisationId;
use persistence::organisations::{self, Filter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{OrganisationPage, OrganisationView};
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
pub struct ListOrganisations {
    /// Only the organisation of this short name.
    slug: Option<String>,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List organisations
///
/// The published organisations of the network; with a token also the own ones,
/// and for those who coordinate the network all of them.
#[utoipa::path(operation_id = "listOrganisations", tag = "directory", params(ListOrganisations), security((), ("bearer" = [])),
    responses((status = 200, description = "A page of organisations", body = OrganisationPage), Refusals))]
#[get("/v1/organisations")]
pub async fn list_organisations(
    request: HttpRequest,
    app: AppData,
    caller: Caller,
    query: Query<ListOrganisations>,
) -> Result<HttpResponse, Problem> {
    let limit = Limit::new(query.0.limit)?;
    let filter = Filter {
        slug: pages::parsed("slug", query.0.slug.as_deref())?,
    };
    let after = pages::after(query.0.cursor.as_deref(), &filter)?.map(OrganisationId::new);
    let mut reader = app.reader(&caller).await?;
    let mut items =
        organisations::list(&mut reader, &filter, after, limit.with_lookahead()).await?;
    let next_cursor = limit.turn(&mut items, &filter, |organisation| {
        organisation.value.id.uuid()
    });
    Ok(OrganisationPage {
        items: items.iter().map(OrganisationView::from).collect(),
        next_cursor,
    }
    .respond(&request))
}

/// Get an organisation
///
/// Also answers 304 when `If-None-Match` has its entity tag.
#[utoipa::path(operation_id = "getOrganisation", tag = "directory", params(("id" = Uuid, Path, description = "The organisation")),
    security((), ("bearer" = [])),
    responses((status = 200, description = "The organisation", body = OrganisationView),
        (status = 304, description = "The caller has this version"), Refusals))]
#[get("/v1/organisations/{id}")]
pub async fn get_organisation(
    app: AppData,
    caller: Caller,
    id: Path<OrganisationId>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Problem> {
    let mut reader = app.reader(&caller).await?;
    let organisation = organisations::find(&mut reader, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(found_unless_known(
        &known,
        organisation.version,
        &OrganisationView::from(&organisation),
    ))
}
