use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use domain::actor::Staff;
use domain::ids::{AbsenceId, CounsellorId, OrganisationId};
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::stored::Stored;
use persistence::{Transaction, absences, appointments, resources};
use uuid::Uuid;

use super::read::{Action, SickDay};
use super::resolve::{cancel, propose};
use super::{SickDayBody, SickDayView};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{Body, Query};
use crate::idempotency::Attempt;
use crate::permit::permit_for;
use crate::preview::DryRun;
use crate::problems::Problem;
use crate::references;
use crate::refusals::{ChangeRefusals, Refusals};

/// So many one call deals with.
const MOST: usize = 100;

/// Deal with a sick day
///
/// Enters the absence if there is none over the span, and cancels the open appointments in it or
/// proposes other slots for each: with the same counsellor first, then in the same language, then
/// any; on the same way, and soon. What is proposed is held until the answer is due. In one step:
/// all of it happens, or nothing. With `dry_run=true` nothing is stored, and the answer is what
/// would be.
#[utoipa::path(operation_id = "createSickDay", tag = "appointments", request_body = SickDayBody, security(("bearer" = [])),
    params(DryRun, ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 200, description = "What became of each appointment", body = SickDayView), Refusals, ChangeRefusals))]
#[post("/v1/sick-days")]
pub async fn create_sick_day(
    app: AppData,
    caller: SignedIn,
    attempt: Attempt,
    query: Query<DryRun>,
    body: Body<SickDayBody>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let organisation = body.value.organisation_id.into();
    let counsellor = body.value.counsellor_id.into();
    let (mut transaction, staff) = app.staff(&caller).await?;
    permit(&staff, organisation, counsellor)?;
    let keyed = attempt.by(&caller).with(&app, "createSickDay", &body.bytes);
    if !query.0.dry_run
        && let Some(answer) = keyed.answered(&app, &mut transaction).await?
    {
        return Ok(answer);
    }
    let day = body.value.read()?;
    resources::lock_all(&mut transaction, organisation);
    references::check(&mut transaction, &day.references()).await?;
    let (absence, is_new) = enter_absence(&mut transaction, &day, &staff, now).await?;
    let (of, span, limit) = (counsellor, day.span, MOST as i64 + 1);
    let mut stranded =
        appointments::in_span_of(&mut transaction, organisation, of, span, limit, now).await?;
    let more = stranded.len() > MOST;
    stranded.truncate(MOST);
    let (transaction, items) = match &day.action {
        Action::Cancel { reason } => {
            cancel(&app, transaction, staff, stranded, reason.as_ref(), now)?
        }
        Action::Propose { each, within } => {
            propose(&app, transaction, staff, stranded, (*each, *within), now).await?
        }
    };
    let is_stored = !(is_new && query.0.dry_run);
    let view = SickDayView {
        absence_id: is_stored.then(|| absence.uuid()),
        items,
        more,
    };
    if query.0.dry_run {
        transaction.rollback().await;
        return Ok(HttpResponse::Ok().json(view));
    }
    keyed.done(&app, transaction, &view).await
}

fn permit(
    staff: &Staff,
    organisation: OrganisationId,
    counsellor: CounsellorId,
) -> Result<(), Problem> {
    permit_for(staff, Permission::ManageAbsences, organisation, counsellor)?;
    let change = Permission::ChangeAppointments;
    permit_for(staff, change, organisation, counsellor)
}

/// The absence that covers the span, and whether it is new.
async fn enter_absence(
    transaction: &mut Transaction,
    day: &SickDay,
    staff: &Staff,
    now: DateTime<Utc>,
) -> Result<(AbsenceId, bool), Problem> {
    let (organisation, counsellor) = (day.organisation_id, day.counsellor_id);
    let covering = absences::covering(transaction, organisation, counsellor, day.span).await?;
    if let Some(id) = covering {
        return Ok((id, false));
    }
    let id = AbsenceId::new(Uuid::now_v7());
    absences::insert(transaction, &Stored::new(day.absence(id)));
    let subject = ("absence", id.uuid());
    transaction.audit(Entry::by(staff, organisation, "create", subject, now));
    Ok((id, true))
}
