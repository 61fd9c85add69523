use actix_web::{HttpRequest, HttpResponse, get};
use domain::ids::{CounsellorId, OrganisationId};
use domain::permission::Permission;
use persistence::counsellors;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{CounsellorPage, CounsellorView};
use crate::app::AppData;
use crate::authentication::{Caller, SignedIn};
use crate::extract::{IfNoneMatch, Path, Query};
use crate::pages::{self, Limit};
use crate::permit::permitted;
use crate::problems::Problem;
use crate::refusals::Refusals;
use crate::views::found_unless_known;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCounsellors {
    /// Only counsellors of this organisation.
    #[param(format = Uuid)]
    organisation_id: Option<String>,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List counsellors
///
/// The published counsellors of the network; with a token all of the own organisations instead,
/// unless another one is asked for.
#[utoipa::path(operation_id = "listCounsellors", tag = "directory", params(ListCounsellors), security((), ("bearer" = [])),
    responses((status = 200, description = "A page of counsellors", body = CounsellorPage), Refusals))]
#[get("/v1/counsellors")]
pub async fn list_counsellors(
    request: HttpRequest,
    app: AppData,
    caller: Caller,
    query: Query<ListCounsellors>,
) -> Result<HttpResponse, Problem> {
    let limit = Limit::new(query.0.limit)?;
    let organisation = pages::parsed("organisation_id", query.0.organisation_id.as_deref())?;
    let cursor = query.0.cursor.as_deref();
    let page = match caller {
        Caller::Visitor => published(&app, organisation, cursor, limit).await?,
        Caller::SignedIn(caller) => own(&app, &caller, organisation, cursor, limit).await?,
    };
    Ok(page.respond(&request))
}

async fn published(
    app: &AppData,
    organisation: Option<OrganisationId>,
    cursor: Option<&str>,
    limit: Limit,
) -> Result<CounsellorPage, Problem> {
    let after = pages::after(cursor, &organisation)?.map(CounsellorId::new);
    let mut reader = app.reader(&Caller::Visitor).await?;
    let wanted = limit.with_lookahead();
    let mut items = counsellors::list_published(&mut reader, organisation, after, wanted).await?;
    Ok(CounsellorPage {
        next_cursor: limit.turn(&mut items, &organisation, |item| item.value.id.uuid()),
        items: items.iter().map(CounsellorView::from).collect(),
    })
}

async fn own(
    app: &AppData,
    caller: &SignedIn,
    organisation: Option<OrganisationId>,
    cursor: Option<&str>,
    limit: Limit,
) -> Result<CounsellorPage, Problem> {
    let (mut reader, staff) = app.staff_reader(caller).await?;
    let within = permitted(&staff, Permission::ReadSetup, organisation);
    if within.is_empty() {
        drop(reader);
        return published(app, organisation, cursor, limit).await;
    }
    let after = pages::after(cursor, &within)?.map(CounsellorId::new);
    let wanted = limit.with_lookahead();
    let mut items = counsellors::list(&mut reader, &within, after, wanted).await?;
    Ok(CounsellorPage {
        next_cursor: limit.turn(&mut items, &within, |item| item.value.id.uuid()),
        items: items.iter().map(CounsellorView::from).collect(),
    })
}

/// Get a counsellor
///
/// Also answers 304 when `If-None-Match` has its entity tag.
#[utoipa::path(operation_id = "getCounsellor", tag = "directory", params(("id" = Uuid, Path, description = "The counsellor")),
    security((), ("bearer" = [])),
    responses((status = 200, description = "The counsellor", body = CounsellorView),
        (status = 304, description = "The caller has this version"), Refusals))]
#[get("/v1/counsellors/{id}")]
pub async fn get_counsellor(
    app: AppData,
    caller: Caller,
    id: Path<CounsellorId>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Problem> {
    if let Caller::SignedIn(caller) = caller {
        let (mut reader, staff) = app.staff_reader(&caller).await?;
        if let Some(found) = counsellors::find(&mut reader, id.0).await?
            && staff.may(Permission::ReadSetup, found.value.organisation_id)
        {
            let view = CounsellorView::from(&found);
            return Ok(found_unless_known(&known, found.version, &view));
        }
    }
    let mut reader = app.reader(&Caller::Visitor).await?;
    let found = counsellors::find_published(&mut reader, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let view = CounsellorView::from(&found);
    Ok(found_unless_known(&known, found.version, &view))
}
