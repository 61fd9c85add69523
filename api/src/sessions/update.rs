use actix_web::{HttpResponse, patch};
use domain::actor::Staff;
use domain::ids::{AppointmentId, SessionId};
use domain::permission::Permission;
use domain::publication::{Change, stranded};
use domain::session::Session;
use persistence::audit::Entry;
use persistence::stored::Stored;
use persistence::{Transaction, courses, sessions};

use super::{SessionBody, SessionView, has_places_for_capacity, lock, references_of, resources_of};
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
/// will leave it alone. Participants of a course move along with their date. With `dry_run=true` nothing is stored, and the answer is what would be.
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
    let changed = change(&mut transaction, &staff, id.0, read, &patch).await?;
    let affected = affected(&mut transaction, &changed.value).await?;
    let now = app.clock.now();
    sessions::update(&mut transaction, &changed, now);
    let (organisation, by) = (changed.value.organisation_id, staff.account_id);
    courses::follow_date(&mut transaction, organisation, id.0, by, now).await?;
    let stored = sessions::find(&mut transaction, id.0).await?;
    let stored = stored.ok_or_else(Problem::not_found)?;
    has_places_for_capacity(&changed.value, &stored)?;
    let view = SessionView::at(&stored, now).affecting(&affected);
    if query.0.dry_run {
        transaction.rollback().await;
        return Ok(HttpResponse::Ok().json(view));
    }
    let subject = ("session", id.0.uuid());
    let entry = Entry::by(&staff, organisation, "update", subject, now);
    transaction.audit(entry.touching(patch.names()));
    transaction.commit().await?;
    Ok(found(changed.version, &view))
}

/// The session as it is to be. What it claims now and then is locked.
async fn change(
    transaction: &mut Transaction,
    staff: &Staff,
    id: SessionId,
    read: IfMatch,
    patch: &Patch,
) -> Result<Stored<Session>, Problem> {
    let known = sessions::find(transaction, id)
        .await?
        .ok_or_else(Problem::not_found)?;
    let before = &known.session.value;
    let organisation = before.organisation_id;
    let manage =
        |counsellor| permit_for(staff, Permission::ManageSchedules, organisation, counsellor);
    manage(before.content.counsellor_id)?;
    read.check(known.session.version)?;
    let body = patch.apply_to(&SessionBody::from(before))?;
    let changed = known.session.changed(body.read(id, before.origin)?);
    same_organisation(organisation, changed.value.organisation_id)?;
    manage(changed.value.content.counsellor_id)?;
    let locked = &resources_of(&before.content) | &resources_of(&changed.value.content);
    lock(transaction, &known, &locked).await?;
    references::check(transaction, &references_of(&changed.value)).await?;
    Ok(changed)
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
