use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use domain::ids::WaitlistEntryId;
use domain::waitlist::{EntryStatus, WaitlistEntry};
use persistence::audit::Entry;
use persistence::waitlist::{Change, Found, open_entry, save_change};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{WaitlistEntryView, seen};
use crate::app::AppData;
use crate::appointments::access::Access;
use crate::extract::{Body, Path};
use crate::idempotency::Attempt;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Whether somebody who declines goes on waiting.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct DeclineOfferBody {
    /// Waits for another slot, and keeps the turn. Otherwise the entry ends, whatever is offered.
    #[serde(default)]
    pub stay: bool,
    /// Which offer is declined by who stays: another one may be open by now.
    #[serde(default)]
    pub offer_id: Option<Uuid>,
}

/// Decline what is offered, or leave
///
/// An empty body leaves the waiting list, whether anything is offered or not; what was given on
/// joining is deleted at once. With `stay` and `offer_id` only this slot is declined, and never offered
/// to the same entry again. What was held is offered to the next.
#[utoipa::path(operation_id = "declineOffer", tag = "booking", request_body = DeclineOfferBody, security((), ("bearer" = [])),
    params(("id" = Uuid, Path, description = "The entry"),
        ("Appointment-Secret" = Option<String>, Header, description = "The secret, for callers without a token"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 200, description = "The entry", body = WaitlistEntryView), Refusals, ChangeRefusals))]
#[post("/v1/waitlist-entries/{id}/decline")]
pub async fn decline_offer(
    app: AppData,
    access: Access,
    id: Path<WaitlistEntryId>,
    attempt: Attempt,
    body: Body<DeclineOfferBody>,
) -> Result<HttpResponse, Problem> {
    let (now, id) = (app.clock.now(), id.0);
    let operation = format!("declineOffer {id}");
    let attempt = access.binds(&app, attempt)?;
    let keyed = attempt.with(&app, &operation, &body.bytes);
    let (mut transaction, actor) = access.enter(&app).await?;
    let hashed = keyed.hashed();
    let (known, found) = open_entry(&mut transaction, id, hashed.as_ref(), now).await?;
    if let Some(answer) = keyed.answer_known(&app, known)? {
        transaction.rollback().await;
        return Ok(answer);
    }
    let found = seen(&access, &app, found, &actor)?;
    let (entry, change) = body.value.decide(found.entry, now)?;
    save_change(&mut transaction, &entry, change, now);
    let action = match change {
        Change::Declined(_) => "decline-offer",
        _ => "leave",
    };
    transaction.audit(Entry::of_entry(action, &entry, &actor, now));
    let ended = entry.status.ended_at().is_some();
    let found = Found {
        entry,
        sealed_contact: found.sealed_contact.filter(|_| !ended),
        ..found
    };
    let view = WaitlistEntryView::of(&found, &app.vault, now)?;
    keyed.done(&app, transaction, &view).await
}

impl DeclineOfferBody {
    fn decide(
        &self,
        entry: WaitlistEntry,
        now: DateTime<Utc>,
    ) -> Result<(WaitlistEntry, Change), Problem> {
        if self.stay {
            let missing = || Problem::rule("/offer_id", "goes with `stay`");
            let offer = self.offer_id.ok_or_else(missing)?.into();
            return Ok((entry.decline(offer, now)?, Change::Declined(offer)));
        }
        let offer = match entry.status {
            EntryStatus::Offered(offer) => Some(offer.id),
            _ => None,
        };
        Ok((entry.leave(now)?, Change::Left(offer)))
    }
}
