use actix_web::{HttpResponse, post};
use domain::booking::Wish;
use domain::ids::{AppointmentId, WaitlistEntryId};
use domain::kept::Reader;
use domain::slot_id::SlotId;
use domain::waitlist::{EntryStatus, SlotOffer};
use persistence::audit::Entry;
use persistence::waitlist::{Change, Found, calendar_at, open_offer, save_change};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{contact_of, seen};
use crate::app::{App, AppData};
use crate::appointments::access::Access;
use crate::appointments::{AppointmentView, Stored};
use crate::extract::{Body, Path};
use crate::idempotency::Attempt;
use crate::problems::{Code, Problem};
use crate::refusals::{ChangeRefusals, Refusals};

/// Which offer is accepted: another one may be open by now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"offer_id": "01990000-0000-7000-8000-00000000000a"}))]
pub struct AcceptOfferBody {
    pub offer_id: Uuid,
}

/// Accept what is offered
///
/// The held slot becomes an appointment with the code and the secret of the entry, and with what was
/// given on joining. Where the service wants to approve what visitors book, it is `requested`.
#[utoipa::path(operation_id = "acceptOffer", tag = "booking", request_body = AcceptOfferBody, security((), ("bearer" = [])),
    params(("id" = Uuid, Path, description = "The entry"),
        ("Appointment-Secret" = Option<String>, Header, description = "The secret, for callers without a token"),
        ("Idempotency-Key" = String, Header, description = "A fresh UUID; the same one when the request is repeated")),
    responses((status = 201, description = "The appointment", body = AppointmentView), Refusals, ChangeRefusals))]
#[post("/v1/waitlist-entries/{id}/accept")]
pub async fn accept_offer(
    app: AppData,
    access: Access,
    id: Path<WaitlistEntryId>,
    attempt: Attempt,
    body: Body<AcceptOfferBody>,
) -> Result<HttpResponse, Problem> {
    let (now, id, offer) = (app.clock.now(), id.0, body.value.offer_id.into());
    let operation = format!("acceptOffer {id}");
    let attempt = access.binds(&app, attempt.required()?)?;
    let keyed = attempt.with(&app, &operation, &body.bytes);
    let (mut transaction, actor) = access.enter(&app).await?;
    let hashed = keyed.hashed();
    let mut opened = open_offer(&mut transaction, id, offer, hashed.as_ref(), now).await?;
    if let Some(answer) = keyed.answer_known(&app, opened.known.clone())? {
        transaction.rollback().await;
        return Ok(answer);
    }
    let found = seen(&access, &app, opened.found.take(), &actor)?;
    let appointment_id = AppointmentId::new(Uuid::now_v7());
    let booked = found.entry.clone().accept(offer, appointment_id, now)?;
    let (slot, held) = held(&found)?;
    let mut calendar = calendar_at(&mut transaction, &opened, &slot, offer, now).await?;
    calendar.reader = Reader::Holder;
    let wish = wish(&app, &found, slot, &held)?;
    let code = found.entry.code.clone();
    // By the rules of the moment at which it was offered, as with a hold.
    let appointment = wish.book(
        &calendar,
        appointment_id,
        code,
        &actor,
        held.offered_at,
        now,
    )?;
    save_change(&mut transaction, &booked, Change::Accepted(offer), now);
    transaction.audit(Entry::of_entry("accept-offer", &booked, &actor, now));
    transaction.audit(Entry::of_appointment(
        "book",
        &appointment.appointment,
        &actor,
        now,
    ));
    let stored = Stored {
        booked: appointment,
        kept_for: None,
        contact: &wish.contact,
        secret_hash: found.secret_hash,
    };
    let view = stored.save(&app, &mut transaction, now)?;
    let location = format!("/v1/appointments/{appointment_id}");
    keyed.created(&app, transaction, &location, 1, &view).await
}

/// The slot that is held for the entry.
fn held(found: &Found) -> Result<(SlotId, SlotOffer), Problem> {
    let gone = || Problem::new(Code::OfferGone);
    let EntryStatus::Offered(offer) = found.entry.status else {
        return Err(gone());
    };
    let slot = offer.slot(&found.entry).map_err(|_| gone())?;
    Ok((slot, offer))
}

fn wish(app: &App, found: &Found, slot: SlotId, held: &SlotOffer) -> Result<Wish, Problem> {
    Ok(Wish {
        slot,
        modality: Some(held.modality),
        language: found.entry.wish.language.clone(),
        interpreter_needed: false,
        contact: contact_of(found, &app.vault)?,
    })
}
