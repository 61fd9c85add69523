use actix_web::{HttpResponse, patch};
use domain::ids::{AppointmentId, SessionId};
use domain::permission::Permission;
use domain::publication::{Change, stranded};
use domain::session::Session;
use persistence::audit::Entry;
use persistence::{Transaction, sessions};

use super::{SessionBody, SessionView, lock, references_of, resources_of};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::checks::same_organisation;
use crate::extract::{IfMatch, Patch, Path, Query};
use crate::permit::permit_for;
use crate::preview::DryRun;
use crate::problems::Problem;
use crate::references;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::views::found;

/// Change a session
///
/// A merge patch (RFC 7396): what is left out stays, null removes. Publishing its schedule again
/// will leave it alone. With `dry_run=true` nothing is stored, and the answer is what would be.
#[utoipa::path(operation_id = "updateSession", tag = "setup", security(("bearer" = [])),
    params(DryRun, ("id" = Uuid, Path, description = "The session"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    request_body(content = ref("#/components/schemas/SessionPatch"), content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The session as it is now", body = SessionView), Refusals, ChangeRefusals))]
#[patch("/v1/sessions/{id}")]
pub async fn update_session(
    app: AppData,
    caller: SignedIn,
    id: Path<SessionId>,
    read: IfMatch,
    query: Query<DryRun>,
    patch: Patch,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let known = sessions::find_before_locking(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let before = &known.session.value;
    let organisation = before.organisation_id;
    let counsellor = before.content.counsellor_id;
    permit_for(
        &staff,
        Permission::ManageSchedules,
        organisation,
        counsellor,
    )?;
    read.check(known.session.version)?;
    let body = patch.apply_to(&SessionBody::from(before))?;
    let changed = known.session.changed(body.read(id.0, before.origin)?);
    same_organisation(organisation, changed.value.organisation_id)?;
    let counsellor = changed.value.content.counsellor_id;
    permit_for(
        &staff,
        Permission::ManageSchedules,
        organisation,
        counsellor,
    )?;
    let locked = &resources_of(&before.content) | &resources_of(&changed.value.content);
    lock(&mut transaction, &known, &locked).await?;
    references::check(&mut transaction, &references_of(&changed.value)).await?;
    let affected = affected(&mut transaction, &changed.value).await?;
    sessions::update(&mut transaction, &changed);
    let subject = ("session", id.0.uuid());
    let entry = Entry::by(&staff, organisation, "update", subject, app.clock.now());
    transaction.audit(entry.touching(patch.names()));
    let stored = sessions::find_before_locking(&mut transaction, id.0).await?;
    let stored = stored.ok_or_else(Problem::not_found)?;
    let view = SessionView::from(&stored).affecting(&affected);
    if query.0.dry_run {
        transaction.rollback().await;
        return Ok(HttpResponse::Ok().json(view));
    }
    transaction.commit().await?;
    Ok(found(changed.version, &view))
}

/// The open appointments that the session, as it is to be, no longer offers.
pub(super) async fn affected(
    transaction: &mut Transaction,
    changed: &Session,
) -> Result<Vec<AppointmentId>, Problem> {
    let id = changed.id;
    let change = if changed.withdrawn {
        Change::Withdraw { id }
    } else {
        let content = changed.content.clone();
        Change::Update { id, content }
    };
    let open = sessions::attended(transaction, changed.organisation_id, &[id]).await?;
    Ok(stranded(&[change], &open))
}
