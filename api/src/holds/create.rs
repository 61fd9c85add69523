use actix_web::{HttpResponse, post};
use domain::hold::Hold;
use domain::ids::HoldId;
use domain::texts::LanguageTag;
use persistence::appointments::{Booking, open_booking};
use persistence::holds;
use uuid::Uuid;

use super::{HoldBody, HoldToken, HoldView};
use crate::app::AppData;
use crate::authentication::Caller;
use crate::extract::Body;
use crate::idempotency::Attempt;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::slots::SlotView;
use crate::views::{local, slot_id};

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
    let slot = slot_id(&body.value.slot_id)?;
    let mut transaction = app.database.visitor(None, now).await?;
    let interpreted = interpreter_language(body.value.interpreter_language.as_deref())?;
    let booking = Booking {
        interpreted,
        ..Booking::of(slot)
    };
    let opened = open_booking(&mut transaction, &booking, keyed.hashed().as_ref(), now).await?;
    if let Some(answer) = keyed.answer_known(&app, opened.known)? {
        // Waited for, so that the key is free for whoever comes next with it.
        transaction.rollback().await;
        return Ok(answer);
    }
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

fn interpreter_language(text: Option<&str>) -> Result<Option<LanguageTag>, Problem> {
    let tag = text.map(str::parse).transpose();
    tag.map_err(|error| Problem::rule("/interpreter_language", error))
}
