use actix_web::{HttpResponse, delete};
use domain::ids::AccountId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::memberships;

use super::OfOrganisation;
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{IfMatch, Path, Query};
use crate::pages;
use crate::permit::permit;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Remove an account from an organisation
///
/// It loses its roles there at once; the account itself stays. The last administrator cannot be removed.
#[utoipa::path(operation_id = "removeAccount", tag = "auth", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The account"), OfOrganisation,
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    responses((status = 204, description = "It has no role there any more"), Refusals, ChangeRefusals))]
#[delete("/v1/accounts/{id}")]
pub async fn remove_account(
    app: AppData,
    caller: SignedIn,
    id: Path<AccountId>,
    query: Query<OfOrganisation>,
    read: IfMatch,
) -> Result<HttpResponse, Problem> {
    let organisation = pages::required("organisation_id", &query.0.organisation_id)?;
    let (mut transaction, staff) = app.staff(&caller).await?;
    permit(&staff, Permission::ManageAccounts, organisation)?;
    let (member, administrators) =
        memberships::find_for_update(&mut transaction, organisation, id.0)
            .await?
            .ok_or_else(Problem::not_found)?;
    read.check(member.roles.version())?;
    member.check_dispensable(&administrators)?;
    memberships::remove(&mut transaction, &member);
    transaction.audit(Entry {
        organisation_id: organisation,
        account_id: Some(staff.account_id),
        action: "remove",
        subject_kind: "membership",
        subject_id: id.0.uuid(),
        fields: vec!["roles".to_owned()],
        at: app.clock.now(),
    });
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
