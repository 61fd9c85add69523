use actix_web::{HttpResponse, post};
use domain::closure::{Closed, Closure};
use domain::ids::ClosureId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::loans::LentUse;
use persistence::stored::Stored;
use persistence::{Transaction, closures, loans, resources};
use uuid::Uuid;

use super::{ClosureBody, ClosureView, references_of};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{Body, Query};
use crate::idempotency::Attempt;
use crate::permit::permit;
use crate::preview::{DryRun, Preview, preview_with_uses};
use crate::problems::Problem;
use crate::references;
use crate::refusals::{ChangeRefusals, Refusals};

/// Enter a closure
///
/// Appointments over which it lies stay valid; the answer lists them. With `dry_run=true` nothing
/// is stored, and only that list is answered.
#[utoipa::path(operation_id = "createClosure", tag = "setup", request_body = ClosureBody, security(("bearer" = [])),
    params(DryRun, ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 201, description = "The new closure", body = ClosureView),
        (status = 200, description = "What it would do", body = Preview), Refusals, ChangeRefusals))]
#[post("/v1/closures")]
pub async fn create_closure(
    app: AppData,
    caller: SignedIn,
    attempt: Attempt,
    query: Query<DryRun>,
    body: Body<ClosureBody>,
) -> Result<HttpResponse, Problem> {
    let organisation = body.value.organisation_id.into();
    let (mut transaction, staff) = app.staff(&caller).await?;
    permit(&staff, Permission::ManageClosures, organisation)?;
    let attempt = attempt.by(&caller).with(&app, "createClosure", &body.bytes);
    if !query.0.dry_run
        && let Some(answer) = attempt.answered(&app, &mut transaction).await?
    {
        return Ok(answer);
    }
    let id = ClosureId::new(Uuid::now_v7());
    let closure = Stored::new(body.value.read(id)?);
    resources::lock_all(&mut transaction, organisation);
    references::check(&mut transaction, &references_of(&closure.value)).await?;
    closures::insert(&mut transaction, &closure);
    let affected = closures::affected_now(&mut transaction, id).await?;
    if query.0.dry_run {
        let uses = lent_uses(&mut transaction, &closure.value).await?;
        return preview_with_uses(&app, transaction, &staff, &affected, &uses).await;
    }
    let now = app.clock.now();
    transaction.audit(Entry::by(
        &staff,
        organisation,
        "create",
        ("closure", id.uuid()),
        now,
    ));
    let location = format!("/v1/closures/{id}");
    let view = ClosureView::new(&closure, &affected);
    attempt
        .created(&app, transaction, &location, 1, &view)
        .await
}

/// What other organisations use of the rooms that it closes.
async fn lent_uses(
    transaction: &mut Transaction,
    closure: &Closure,
) -> Result<Vec<LentUse>, Problem> {
    let (organisation, span) = (closure.organisation_id, closure.span);
    let subject = match closure.closed {
        Closed::Organisation => organisation.uuid(),
        Closed::Site(site) => site.uuid(),
        Closed::Room(room) => room.uuid(),
    };
    let before = Some(span.before());
    Ok(loans::lent_from(transaction, organisation, subject, span.from(), before).await?)
}
