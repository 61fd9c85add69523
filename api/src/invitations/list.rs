use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get};
use domain::ids::InvitationId;
use domain::invitation::Invites;
use persistence::invitations::{self, Filter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{InvitationPage, InvitationView, invites};
use crate::app::AppData;
use crate::auth::private;
use crate::authentication::SignedIn;
use crate::extract::{Path, Query};
use crate::pages::{self, Limit};
use crate::problems::Problem;
use crate::refusals::Refusals;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListInvitations {
    /// The organisation to which they invite.
    #[param(format = Uuid)]
    organisation_id: String,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List open invitations
///
/// For administrators; a network coordinator sees those of administrators. Expired ones are listed too.
#[utoipa::path(operation_id = "listInvitations", tag = "auth", params(ListInvitations), security(("bearer" = [])),
    responses((status = 200, description = "A page of invitations", body = InvitationPage), Refusals))]
#[get("/v1/invitations")]
pub async fn list_invitations(
    request: HttpRequest,
    app: AppData,
    caller: SignedIn,
    query: Query<ListInvitations>,
) -> Result<HttpResponse, Problem> {
    let limit = Limit::new(query.0.limit)?;
    let organisation_id = pages::required("organisation_id", &query.0.organisation_id)?;
    let (mut transaction, staff) = app.staff(&caller).await?;
    let filter = Filter {
        organisation_id,
        administrators_only: invites(&staff, organisation_id)? != Invites::Anybody,
    };
    let after = pages::after(query.0.cursor.as_deref(), &filter)?.map(InvitationId::new);
    let wanted = limit.with_lookahead();
    let mut items = invitations::list(&mut transaction, &filter, after, wanted).await?;
    let last = limit.cut(&mut items).map(|invitation| invitation.id.uuid());
    let next_cursor = last.and_then(|id| pages::cursor(id, &filter));
    Ok(InvitationPage {
        items: items.iter().map(InvitationView::from).collect(),
        next_cursor,
    }
    .respond(&request))
}

/// Get an invitation
///
/// Without its token, and only until it is accepted.
#[utoipa::path(operation_id = "getInvitation", tag = "auth", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The invitation")),
    responses((status = 200, description = "The invitation", body = InvitationView), Refusals))]
#[get("/v1/invitations/{id}")]
pub async fn get_invitation(
    app: AppData,
    caller: SignedIn,
    id: Path<InvitationId>,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let invitation = invitations::find(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    if !invites(&staff, invitation.organisation_id)?.covers(&invitation.roles) {
        return Err(Problem::not_found());
    }
    Ok(private(StatusCode::OK, &InvitationView::from(&invitation)))
}
