use actix_web::{HttpResponse, patch};
use domain::ids::AccountId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::memberships;

use super::{AccountBody, AccountView, OfOrganisation};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{IfMatch, Patch, Path, Query};
use crate::pages;
use crate::permit::permit;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::views::found;

/// Change the roles of an account
///
/// In one organisation, by its administrators. The last administrator stays one.
#[utoipa::path(operation_id = "updateAccount", tag = "auth", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The account"), OfOrganisation,
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    request_body(content = AccountBody, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The account as it is now", body = AccountView), Refusals, ChangeRefusals))]
#[patch("/v1/accounts/{id}")]
pub async fn update_account(
    app: AppData,
    caller: SignedIn,
    id: Path<AccountId>,
    query: Query<OfOrganisation>,
    read: IfMatch,
    patch: Patch,
) -> Result<HttpResponse, Problem> {
    let organisation = pages::required("organisation_id", &query.0.organisation_id)?;
    let (mut transaction, staff) = app.staff(&caller).await?;
    permit(&staff, Permission::ManageAccounts, organisation)?;
    let (member, administrators) =
        memberships::find_for_update(&mut transaction, organisation, id.0)
            .await?
            .ok_or_else(Problem::not_found)?;
    read.check(member.roles.version())?;
    let roles = patch.apply_to(&AccountBody::from(&member))?.read()?;
    let member = member.with_roles(roles, &administrators)?;
    memberships::update(&mut transaction, &member);
    transaction.audit(Entry {
        organisation_id: organisation,
        account_id: Some(staff.account_id),
        action: "update",
        subject_kind: "membership",
        subject_id: id.0.uuid(),
        fields: patch.names(),
        at: app.clock.now(),
    });
    transaction.commit().await?;
    Ok(found(member.roles.version(), &AccountView::from(&member)))
}
