use actix_web::{HttpResponse, post};
use domain::ids::ModalitySwitchId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::{modality_switches, resources};
use uuid::Uuid;

use super::{ModalitySwitchBody, ModalitySwitchView, permit_to_switch, references_of};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{Body, Query};
use crate::idempotency::Attempt;
use crate::permit::permit_some;
use crate::preview::{DryRun, Preview, preview};
use crate::problems::Problem;
use crate::references;
use crate::refusals::{ChangeRefusals, Refusals};

/// Switch to telephone or video
///
/// From then on the sessions of a counsellor, a site, a service or the whole organisation are held
/// by telephone or video instead of in person: slots are offered so, nothing can be booked in person
/// any more, and open appointments in them are changed. What was agreed is kept, and comes back when
/// the switch is ended. With `dry_run=true` nothing is stored, and the answer names the appointments
/// and whose visitors can be told; afterwards `GET /v1/attention` lists them until somebody has.
#[utoipa::path(operation_id = "createModalitySwitch", tag = "setup", request_body = ModalitySwitchBody, security(("bearer" = [])),
    params(DryRun, ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 201, description = "The new switch", body = ModalitySwitchView),
        (status = 200, description = "What it would do", body = Preview), Refusals, ChangeRefusals))]
#[post("/v1/modality-switches")]
pub async fn create_modality_switch(
    app: AppData,
    caller: SignedIn,
    attempt: Attempt,
    query: Query<DryRun>,
    body: Body<ModalitySwitchBody>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let organisation = body.value.organisation_id.into();
    let (mut transaction, staff) = app.staff(&caller).await?;
    permit_some(&staff, Permission::ManageSchedules, organisation)?;
    let attempt = attempt
        .by(&caller)
        .with(&app, "createModalitySwitch", &body.bytes);
    if !query.0.dry_run
        && let Some(answer) = attempt.answered(&app, &mut transaction).await?
    {
        return Ok(answer);
    }
    let id = ModalitySwitchId::new(Uuid::now_v7());
    let switch = body.value.read(id)?;
    permit_to_switch(&staff, &switch)?;
    resources::lock_all(&mut transaction, organisation);
    references::check(&mut transaction, &references_of(&switch)).await?;
    let subject = ("modality_switch", id.uuid());
    let entry = Entry::by(&staff, organisation, "create", subject, now);
    modality_switches::insert(&mut transaction, &switch);
    let switched = modality_switches::follow(&mut transaction, &switch, &entry).await?;
    if query.0.dry_run {
        return preview(&app, transaction, &staff, &switched).await;
    }
    transaction.audit(entry);
    let location = format!("/v1/modality-switches/{id}");
    let view = ModalitySwitchView::from(&switch).switching(&switched);
    attempt
        .created_without_version(&app, transaction, &location, &view)
        .await
}
