use actix_web::{HttpResponse, post};
use domain::ids::SessionId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::{resources, sessions};
use uuid::Uuid;

use super::{SessionBody, SessionView, has_places_for_capacity, references_of, resources_of};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::Body;
use crate::idempotency::Attempt;
use crate::permit::permit_for;
use crate::problems::Problem;
use crate::references;
use crate::refusals::{ChangeRefusals, Refusals};

/// Create a one-off session
///
/// It belongs to no schedule; its services can be booked in it at once.
#[utoipa::path(operation_id = "createSession", tag = "setup", request_body = SessionBody, security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 201, description = "The new session", body = SessionView), Refusals, ChangeRefusals))]
#[post("/v1/sessions")]
pub async fn create_session(
    app: AppData,
    caller: SignedIn,
    attempt: Attempt,
    body: Body<SessionBody>,
) -> Result<HttpResponse, Problem> {
    let id = SessionId::new(Uuid::now_v7());
    let session = body.value.read(id, None)?;
    if session.withdrawn {
        return Err(Problem::rule("/status", "a new session is published"));
    }
    let organisation = session.organisation_id;
    let (mut transaction, staff) = app.staff(&caller).await?;
    let counsellor = session.content.counsellor_id;
    permit_for(
        &staff,
        Permission::ManageSchedules,
        organisation,
        counsellor,
    )?;
    let attempt = attempt.by(&caller).with(&app, "createSession", &body.bytes);
    if let Some(answer) = attempt.answered(&app, &mut transaction).await? {
        return Ok(answer);
    }
    resources::lock(
        &mut transaction,
        organisation,
        &resources_of(&session.content),
    );
    references::check(&mut transaction, &references_of(&session)).await?;
    let now = app.clock.now();
    sessions::insert(&mut transaction, &session, now);
    let subject = ("session", id.uuid());
    transaction.audit(Entry::by(&staff, organisation, "create", subject, now));
    let found = sessions::find(&mut transaction, id).await?;
    let found = found.ok_or_else(Problem::not_found)?;
    let location = format!("/v1/sessions/{id}");
    has_places_for_capacity(&session, &found)?;
    let view = SessionView::at(&found, now).affecting(&[]);
    attempt
        .created(&app, transaction, &location, 1, &view)
        .await
}
