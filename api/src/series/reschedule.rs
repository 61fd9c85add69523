use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::actor::Actor;
use domain::appointment::{Appointment, MoveError};
use domain::ids::{AppointmentId, CounsellorId, SeriesId};
use domain::kept::Reader;
use domain::permission::Permission;
use domain::reason::ReasonCode;
use domain::series::{Shift, Step, Target, move_all, targets};
use domain::slot_id::SlotId;
use persistence::Transaction;
use persistence::series::{FoundSeries, look, open_moves, read_series};
use persistence::slots::Dates;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::wanted::place_of;
use super::{SeriesView, agreed, permit_changes, seen, unbookable};
use crate::app::AppData;
use crate::appointments::access::Access;
use crate::appointments::{check_code, read_code};
use crate::extract::{Body, Path};
use crate::idempotency::Attempt;
use crate::permit::permit_for;
use crate::problems::{Code, Problem};
use crate::refusals::{ChangeRefusals, Refusals};
use crate::views::slot_id;

/// Where a series is to be moved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from": "0190d3c4-7b1e-7000-8000-0000000000a1", "slot_id": "040sj0000007004000000000000g368000000w00g00000000000a0cs0000003g0200000000000101rk800"}))]
pub struct RescheduleSeriesBody {
    /// The first appointment that moves.
    pub from: Uuid,
    /// Where it moves: a slot of the same service. The others move by as much on the clocks of the
    /// site, to the slot's counsellor.
    pub slot_id: String,
    /// One of `/v1/cancellation-reasons`, for figures; nobody has to give one.
    #[serde(default)]
    #[schema(example = "cannot_get_there")]
    pub reason_code: Option<String>,
}

/// Move a series
///
/// One appointment and all that follow it, in one step: either every one of them gets its new slot,
/// or nothing happened and those in the way are listed. Ids, codes and the secret stay. Visitors can
/// until the deadline of the first one.
#[utoipa::path(operation_id = "rescheduleSeries", tag = "booking", request_body = RescheduleSeriesBody, security((), ("bearer" = [])),
    params(("id" = Uuid, Path, description = "The series"),
        ("Appointment-Secret" = Option<String>, Header, description = "The secret, for callers without a token"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 200, description = "The series at its new times", body = SeriesView), Refusals, ChangeRefusals))]
#[post("/v1/series/{id}/reschedule")]
pub async fn reschedule_series(
    app: AppData,
    access: Access,
    id: Path<SeriesId>,
    attempt: Attempt,
    body: Body<RescheduleSeriesBody>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let operation = format!("rescheduleSeries {}", id.0);
    let keyed = access
        .binds(&app, attempt)?
        .with(&app, &operation, &body.bytes);
    let slot = slot_id(&body.value.slot_id)?;
    let reason = read_code(body.value.reason_code.as_deref())?;
    let (mut transaction, actor) = access.enter(&app).await?;
    let (known, found) = read_series(&mut transaction, id.0, keyed.hashed().as_ref(), now).await?;
    if let Some(answer) = keyed.answer_known(&app, known)? {
        // Waited for, so that the key is free for whoever comes next with it.
        transaction.rollback().await;
        return Ok(answer);
    }
    let found = seen(found, &actor).ok_or_else(|| access.nothing_there(&app))?;
    let organisation = found.series.organisation_id;
    check_code(&mut transaction, reason.as_ref(), organisation, &actor).await?;
    let wish = Wish {
        first: body.value.from.into(),
        slot,
        reason,
        actor,
        now,
    };
    let found = wish.fulfil(&mut transaction, found).await?;
    let view = SeriesView::of(&found, &app.vault)?;
    keyed.done(&app, transaction, &view).await
}

/// Which appointment is to go where, and who wants that.
struct Wish {
    first: AppointmentId,
    slot: SlotId,
    reason: Option<ReasonCode>,
    actor: Actor,
    now: DateTime<Utc>,
}

impl Wish {
    /// Moves all of them; answers the series as it is then. Which ones that are is read before
    /// anything is locked, and read again under the locks.
    async fn fulfil(
        &self,
        transaction: &mut Transaction,
        before: FoundSeries,
    ) -> Result<FoundSeries, Problem> {
        let (slot, series) = (self.slot, &before.series);
        if (slot.organisation_id, slot.service_id) != (series.organisation_id, series.service_id) {
            return Err(MoveError::OtherService.into());
        }
        let (_, calendar) = look(transaction, &slot, None, self.now).await?;
        let (counsellor, zone) = place_of(&calendar)?;
        let targets = self.plan(&before, zone)?;
        let interpreted = before
            .appointments
            .iter()
            .map(|found| &found.appointment)
            .find(|one| one.place.interpreter_id.is_some());
        let dates = Dates {
            organisation: slot.organisation_id,
            service: slot.service_id,
            counsellor,
            starts: targets.iter().map(|target| target.starts_at).collect(),
            interpreted: interpreted.and_then(|one| one.language.clone()),
        };
        let moving: Vec<_> = targets.iter().map(|target| target.id).collect();
        let opened = open_moves(transaction, series.id, &moving, &dates, self.now).await?;
        let (found, mut calendar) = opened;
        calendar.reader = Reader::from(&self.actor);
        let mut found = seen(found, &self.actor).ok_or_else(Problem::not_found)?;
        if self.plan(&found, zone)? != targets {
            let detail = "the series was changed meanwhile: try again";
            return Err(Problem::because(Code::Conflict, detail));
        }
        self.permit(&found, &moving, counsellor)?;
        let all = found.appointments.iter();
        let agreed: Vec<_> = all
            .map(|found| agreed(found, found.terms.reschedule_deadline))
            .collect();
        let steps = move_all(
            &agreed,
            &targets,
            counsellor,
            &calendar,
            &self.actor,
            self.now,
        );
        let steps = steps.map_err(|refused| {
            let dates = refused.into_iter();
            let dates = dates.map(|(start, why)| (start, why.into()));
            unbookable("/slot_id", zone, dates.collect())
        })?;
        let reason = self.reason.as_ref();
        transaction.move_all(&steps, slot.organisation_id, reason, &self.actor, self.now);
        note(&mut found, steps, reason);
        Ok(found)
    }

    /// Which appointments go where, when the first one goes to the slot.
    fn plan(&self, found: &FoundSeries, zone: Tz) -> Result<Vec<Target>, Problem> {
        let all = || found.appointments.iter().map(|found| &found.appointment);
        let unknown = || Problem::rule("/from", "is no appointment of this series");
        let first = all().find(|one| one.id == self.first).ok_or_else(unknown)?;
        let shift = Shift::between(first.place.span.from(), self.slot.starts_at, zone);
        Ok(targets(all(), first, shift)?)
    }

    /// Staff need the right to what they take away and to where they put it.
    fn permit(
        &self,
        found: &FoundSeries,
        moving: &[AppointmentId],
        counsellor: CounsellorId,
    ) -> Result<(), Problem> {
        let Actor::Staff(staff) = &self.actor else {
            return Ok(());
        };
        let all = found.appointments.iter().map(|found| &found.appointment);
        let moving: Vec<&Appointment> = all.filter(|one| moving.contains(&one.id)).collect();
        permit_changes(staff, &moving)?;
        let change = Permission::ChangeAppointments;
        permit_for(staff, change, found.series.organisation_id, counsellor)
    }
}

/// Those that moved, as they are now.
fn note(found: &mut FoundSeries, steps: Vec<Step>, reason: Option<&ReasonCode>) {
    for step in steps {
        let all = found.appointments.iter_mut();
        for known in all.filter(|known| known.appointment.id == step.appointment.id) {
            known.version += 1;
            known.terms = step.terms;
            known.reasons.moved = reason.cloned();
            known.appointment = step.appointment.clone();
        }
    }
}
