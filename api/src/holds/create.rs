use actix_web::{HttpResponse, post};
use domain::any_counsellor::Wanted;
use domain::hold::Hold;
use domain::ids::HoldId;
use domain::texts::LanguageTag;
use domain::visits::Doorstep;
use persistence::holds;
use uuid::Uuid;

use super::{DoorstepBody, HoldBody, HoldToken, HoldView};
use crate::app::AppData;
use crate::appointments::Target;
use crate::authentication::Caller;
use crate::checks::Checks;
use crate::extract::Body;
use crate::idempotency::Attempt;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::slots::{SlotView, wanted_slot};
use crate::tenant;
use crate::views::local;

/// Hold a slot
///
/// For ten minutes nobody else gets it. Book it with `hold_id` and `hold_token`, or give it back.
#[utoipa::path(operation_id = "createHold", tag = "booking", request_body = HoldBody, security((), ("bearer" = [])),
    params(("Idempotency-Key" = String, Header, description = "A fresh UUID; the same one when the request is repeated")),
    responses((status = 201, description = "The hold", body = HoldView), Refusals, ChangeRefusals))]
#[post("/v1/holds")]
pub async fn create_hold(
    app: AppData,
    caller: Caller,
    attempt: Attempt,
    body: Body<HoldBody>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let keyed = attempt
        .required()?
        .by_anyone(&caller)?
        .with(&app, "createHold", &body.bytes);
    let (mut target, language) = body.value.read()?;
    let reader = caller.reads_slots(&app).await?;
    let mut transaction = app.database.visitor(None, now).await?;
    let key = keyed.hashed();
    let mut opened = target.open(&mut transaction, key.as_ref(), now).await?;
    if let Some(answer) = keyed.answer_known(&app, opened.known)? {
        // Waited for, so that the key is free for whoever comes next with it.
        transaction.rollback().await;
        return Ok(answer);
    }
    opened.calendar.reader = reader;
    let wanted = Wanted {
        language: language.as_ref(),
        ..Wanted::default()
    };
    let slot = target.settle(&opened.calendar, wanted, now)?;
    tenant::note(slot.organisation_id);
    let doorstep = target.booking.doorstep;
    opened.calendar.asks_for(slot.service_id, doorstep)?;
    let bid = opened.calendar.bid(&slot, now)?;
    let hold = Hold::place(HoldId::new(Uuid::now_v7()), slot, now);
    let token = HoldToken::new(&app.vault, hold.id, slot);
    holds::insert(
        &mut transaction,
        &hold,
        &bid.claimed(),
        token.hash(&app.vault),
        now,
    );
    let offered = opened.calendar.describe(&bid, slot);
    let view = HoldView {
        id: hold.id.uuid(),
        token: token.as_str().to_owned(),
        expires_at: local(hold.expires_at, bid.time_zone),
        slot: SlotView::from(&offered),
    };
    keyed
        .created(
            &app,
            transaction,
            &format!("/v1/holds/{}", hold.id),
            1,
            &view,
        )
        .await
}

impl HoldBody {
    /// What is to be held, and the language that the counsellor should speak.
    fn read(&self) -> Result<(Target, Option<LanguageTag>), Problem> {
        let slot = wanted_slot(&self.slot_id)?;
        let mut checks = Checks::new();
        let mut tag = |pointer: &str, tag: Option<&str>| {
            let tag = tag.map(str::parse::<LanguageTag>);
            checks.optional(pointer, tag)
        };
        let interpreted = tag(
            "/interpreter_language",
            self.interpreter_language.as_deref(),
        );
        let language = tag("/language", self.language.as_deref());
        let gender = self.counsellor_gender.as_deref().map(str::parse);
        let gender = checks.optional("/counsellor_gender", gender);
        let (interpreted, language, gender) =
            checks.finish(|| Some((interpreted?, language?, gender?)))?;
        let mut target = Target::new(slot, None, interpreted, gender)?;
        target.booking.doorstep = doorstep(self.visit.as_ref())?;
        Ok((target, language))
    }
}

fn doorstep(visit: Option<&DoorstepBody>) -> Result<Option<Doorstep>, Problem> {
    let doorstep = visit.map(|visit| Doorstep::new(visit.latitude, visit.longitude));
    let doorstep = doorstep.transpose();
    doorstep.map_err(|error| Problem::rule("/visit/latitude", error))
}
