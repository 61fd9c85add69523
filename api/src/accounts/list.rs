use actix_web::{HttpRequest, HttpResponse, get};
use domain::ids::{AccountId, OrganisationId};
use domain::permission::Permission;
use persistence::memberships;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{AccountPage, AccountView};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::Query;
use crate::pages::{self, Limit};
use crate::permit::permit;
use crate::problems::Problem;
use crate::refusals::Refusals;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListAccounts {
    /// The organisation whose people are listed.
    #[param(format = Uuid)]
    organisation_id: String,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the people of an organisation
///
/// For its coordinators and administrators.
#[utoipa::path(operation_id = "listAccounts", tag = "auth", params(ListAccounts), security(("bearer" = [])),
    responses((status = 200, description = "A page of accounts with their roles", body = AccountPage), Refusals))]
#[get("/v1/accounts")]
pub async fn list_accounts(
    request: HttpRequest,
    app: AppData,
    caller: SignedIn,
    query: Query<ListAccounts>,
) -> Result<HttpResponse, Problem> {
    let limit = Limit::new(query.0.limit)?;
    let organisation: OrganisationId =
        pages::required("organisation_id", &query.0.organisation_id)?;
    let after = pages::after(query.0.cursor.as_deref(), &organisation)?.map(AccountId::new);
    let (mut transaction, staff) = app.staff(&caller).await?;
    permit(&staff, Permission::ReadAccounts, organisation)?;
    let wanted = limit.with_lookahead();
    let mut items = memberships::list(&mut transaction, organisation, after, wanted).await?;
    let last = limit.cut(&mut items).map(|member| member.account.id.uuid());
    let next_cursor = last.and_then(|id| pages::cursor(id, &organisation));
    Ok(AccountPage {
        items: items.iter().map(AccountView::from).collect(),
        next_cursor,
    }
    .respond(&request))
}
