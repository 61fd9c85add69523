use actix_web::{HttpResponse, delete};
use domain::ids::SessionId;
use domain::permission::Permission;
use domain::session::Session;
use persistence::audit::Entry;
use persistence::sessions;

use super::{lock, resources_of, update::affected};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{IfMatch, Path, Query};
use crate::permit::permit_for;
use crate::preview::{DryRun, Preview, preview};
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Withdraw a session
///
/// It is offered no more, also when its schedule is published again; what was booked stays valid.
/// With `dry_run=true` nothing is stored, and the open appointments in it are answered.
#[utoipa::path(operation_id = "withdrawSession", tag = "setup", security(("bearer" = [])),
    params(DryRun, ("id" = Uuid, Path, description = "The session"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    responses((status = 204, description = "It is withdrawn"),
        (status = 200, description = "What it would do", body = Preview), Refusals, ChangeRefusals))]
#[delete("/v1/sessions/{id}")]
pub async fn withdraw_session(
    app: AppData,
    caller: SignedIn,
    id: Path<SessionId>,
    read: IfMatch,
    query: Query<DryRun>,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let known = sessions::find(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let session = &known.session.value;
    let organisation = session.organisation_id;
    let counsellor = session.content.counsellor_id;
    permit_for(
        &staff,
        Permission::ManageSchedules,
        organisation,
        counsellor,
    )?;
    read.check(known.session.version)?;
    lock(&mut transaction, &known, &resources_of(&session.content)).await?;
    let withdrawn = known.session.changed(Session {
        withdrawn: true,
        edited_by_hand: true,
        ..session.clone()
    });
    if query.0.dry_run {
        let affected = affected(&mut transaction, &withdrawn.value).await?;
        return preview(&app, transaction, &staff, &affected).await;
    }
    let now = app.clock.now();
    sessions::update(&mut transaction, &withdrawn, now);
    let subject = ("session", id.0.uuid());
    transaction.audit(Entry::by(&staff, organisation, "withdraw", subject, now));
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
