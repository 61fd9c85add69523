use actix_web::{HttpResponse, delete};
use domain::ids::InvitationId;
use persistence::audit::Entry;
use persistence::invitations;

use super::invites;
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::Path;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Withdraw an invitation
///
/// Its token opens nothing any more. What was accepted meanwhile is not found. Needs no `If-Match`: an invitation never changes.
#[utoipa::path(operation_id = "withdrawInvitation", tag = "auth", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The invitation")),
    responses((status = 204, description = "It is withdrawn"), Refusals, ChangeRefusals))]
#[delete("/v1/invitations/{id}")]
pub async fn withdraw_invitation(
    app: AppData,
    caller: SignedIn,
    id: Path<InvitationId>,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let invitation = invitations::find(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let covered = invites(&staff, invitation.organisation_id)?.covers(&invitation.roles);
    if !covered || !invitations::withdraw(&mut transaction, &invitation).await? {
        return Err(Problem::not_found());
    }
    transaction.audit(Entry {
        organisation_id: invitation.organisation_id,
        account_id: Some(staff.account_id),
        action: "withdraw",
        subject_kind: "invitation",
        subject_id: id.0.uuid(),
        fields: Vec::new(),
        at: app.clock.now(),
    });
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
