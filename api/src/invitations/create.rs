use actix_web::{HttpResponse, post};
use domain::ids::InvitationId;
use domain::invitation::Invites;
use persistence::audit::Entry;
use persistence::{invitations, memberships};
use uuid::Uuid;

use super::{InvitationBody, NewInvitationView, invites, token_hash};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::Body;
use crate::idempotency::Attempt;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::tokens::random_secret;

/// Invite somebody
///
/// An administrator invites anybody; a network coordinator invites the first administrator of an organisation that has none. The invitation can be accepted within 7 days.
#[utoipa::path(operation_id = "createInvitation", tag = "auth", request_body = InvitationBody, security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 201, description = "The invitation with its token", body = NewInvitationView), Refusals, ChangeRefusals))]
#[post("/v1/invitations")]
pub async fn create_invitation(
    app: AppData,
    caller: SignedIn,
    attempt: Attempt,
    body: Body<InvitationBody>,
) -> Result<HttpResponse, Problem> {
    let organisation = body.value.organisation_id.into();
    let (mut transaction, staff) = app.staff(&caller).await?;
    let invites = invites(&staff, organisation)?;
    let attempt = attempt
        .by(&caller)
        .with(&app, "createInvitation", &body.bytes);
    if let Some(answer) = attempt.answered(&app, &mut transaction).await? {
        return Ok(answer);
    }
    let (id, now) = (InvitationId::new(Uuid::now_v7()), app.clock.now());
    let invitation = body.value.read(id, staff.account_id, now)?;
    let has_administrator = invites == Invites::Administrators
        && memberships::has_administrator(&mut transaction, organisation).await?;
    // Asked again when it is accepted, so that nobody collects invitations before there is one.
    invites.check(&invitation.roles, has_administrator)?;
    let token = random_secret()?;
    let hash = token_hash(&app, &token);
    // To a network coordinator every organisation is permitted, also one that does not exist.
    if !invitations::insert(&mut transaction, &invitation, hash).await? {
        return Err(Problem::not_found());
    }
    transaction.audit(Entry {
        organisation_id: organisation,
        account_id: Some(staff.account_id),
        action: "create",
        subject_kind: "invitation",
        subject_id: id.uuid(),
        fields: Vec::new(),
        at: now,
    });
    let view = NewInvitationView::new(&invitation, &token);
    let location = format!("/v1/invitations/{id}");
    let created = attempt.created(&app, transaction, &location, 1, &view);
    created.await
}
