use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::booking::{Booked, Wish};
use domain::code::{Code as SpokenCode, Secret};
use domain::contact::Contact;
use domain::hold::{Hold, HoldExpired};
use domain::ids::{AppointmentId, HoldId, OrganisationId};
use domain::kept::Reader;
use domain::permission::Permission;
use persistence::Transaction;
use persistence::appointments::{Booking, Found, Reasons, Saved};
use persistence::audit::Entry;
use persistence::holds;
use persistence::vault::random_bytes;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{AppointmentView, ClientBody, Target, VisitBody, access, contact};
use crate::app::{App, AppData};
use crate::authentication::Caller;
use crate::checks::Checks;
use crate::extract::{Body, optional_object};
use crate::holds::HoldToken;
use crate::idempotency::Attempt;
use crate::kept_places::sender;
use crate::permit::permit_for;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::slots::{WantedSlot, wanted_slot};
use crate::tenant;
use crate::throttle::Source;

/// What is to be booked: either `slot_id`, or `hold_id` with `hold_token`. Nothing else is needed
/// unless the service requires a contact.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"slot_id": "040sj0000007004000000000000g368000000w00g00000000000a0cs0000003g0200000000000101rk800"}))]
pub struct BookBody {
    /// Of the list of slots, unchanged. Where any counsellor gives it, one who speaks `language` is
    /// chosen before others, then whoever has the fewest talks in that week.
    #[serde(default)]
    pub slot_id: Option<String>,
    #[serde(default)]
    pub hold_id: Option<Uuid>,
    #[serde(default)]
    pub hold_token: Option<String>,
    /// The organisation that sends the visitor: a place that is kept for it. Of a group, and only for
    /// staff of either organisation.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub sent_by: Option<Uuid>,
    #[serde(default, deserialize_with = "optional_object")]
    pub client: Option<ClientBody>,
    /// The language in which the visitor wants to speak.
    #[serde(default)]
    #[schema(example = "ar")]
    pub language: Option<String>,
    /// One of the slot's modalities; the first of them unless given.
    #[serde(default)]
    #[schema(example = "phone")]
    pub modality: Option<String>,
    /// With `language`, at services that book interpreters, somebody who interprets it is booked too.
    #[serde(default)]
    pub interpreter_needed: bool,
    /// With a slot of any counsellor, at services that allow this wish: `female`, `male` or `diverse`.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub counsellor_gender: Option<String>,
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub access_needs: Option<String>,
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
    /// Where a visit is wanted; needed for a visit, and only there.
    #[serde(default, deserialize_with = "optional_object")]
    pub visit: Option<VisitBody>,
}

/// Book an appointment
///
/// Exactly one caller gets a slot. Where the service wants to approve it, it is `requested` until
/// `answer_by` and holds its time; staff book at once. The answer tells the code and the secret; nothing else opens the
/// appointment again. Repeat a request that was not answered with the same `Idempotency-Key`.
#[utoipa::path(operation_id = "bookAppointment", tag = "booking", request_body = BookBody, security((), ("bearer" = [])),
    params(("Idempotency-Key" = String, Header, description = "A fresh UUID; the same one when the request is repeated")),
    responses((status = 201, description = "The appointment, with its secret", body = AppointmentView), Refusals, ChangeRefusals))]
#[post("/v1/appointments")]
pub async fn book_appointment(
    app: AppData,
    caller: Caller,
    source: Source,
    attempt: Attempt,
    body: Body<BookBody>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let keyed = attempt
        .required()?
        .by_anyone(&caller)?
        .with(&app, "bookAppointment", &body.bytes);
    let sent_by = body.value.sent_by.map(OrganisationId::new);
    let (mut target, mut wish) = body.value.read(&app, source)?;
    let (mut transaction, actor) = enter(&app, &caller, &target.booking).await?;
    target.booking.kept_for = sender(&app, &caller, &actor, sent_by).await?;
    let key = keyed.hashed();
    let mut opened = target.open(&mut transaction, key.as_ref(), now).await?;
    if let Some(answer) = keyed.answer_known(&app, opened.known)? {
        // Waited for, so that the key is free for whoever comes next with it.
        transaction.rollback().await;
        return Ok(answer);
    }
    opened.calendar.reader = match &target.booking.hold {
        Some(_) => Reader::Holder,
        None => Reader::from(&actor),
    };
    if opened
        .missed
        .is_some_and(|missed| missed.needs_approval(now))
    {
        opened.calendar.ask_for_approval();
    }
    wish.slot = target.settle(&opened.calendar, wish.of_counsellor(), now)?;
    let booking = target.booking;
    let as_of = rules_as_of(&booking, opened.hold_expires_at, now)?;
    let id = AppointmentId::new(Uuid::now_v7());
    let code = SpokenCode::from_random(random_bytes()?);
    let booked = wish.book(&opened.calendar, id, code, &actor, as_of, now)?;
    if let Actor::Staff(staff) = &actor {
        let (organisation, counsellor) = (
            booking.slot.organisation_id,
            booked.appointment.place.counsellor_id,
        );
        permit_for(
            staff,
            Permission::BookAppointments,
            organisation,
            counsellor,
        )?;
    }
    if let Some((hold, _)) = booking.hold {
        holds::remove(&mut transaction, booking.slot.organisation_id, hold);
    }
    let entry = Entry::of_appointment("book", &booked.appointment, &actor, now);
    let kept_for = booking.kept_for;
    let secret = Secret::from_random(random_bytes()?);
    let stored = Stored {
        booked,
        kept_for,
        contact: &wish.contact,
        secret_hash: access::hash(&app.vault, &secret),
    };
    let view = stored.save(&app, &mut transaction, now)?;
    // Nothing else will ever tell it.
    let view = AppointmentView {
        secret: Some(secret.reveal().to_owned()),
        ..view
    };
    transaction.audit(entry);
    let location = format!("/v1/appointments/{id}");
    keyed.created(&app, transaction, &location, 1, &view).await
}

/// A held slot is booked by the rules of the moment at which it was held.
fn rules_as_of(
    booking: &Booking,
    hold_expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Problem> {
    let Some((id, _)) = booking.hold else {
        return Ok(now);
    };
    let hold = Hold {
        id,
        slot: booking.slot,
        expires_at: hold_expires_at.ok_or(HoldExpired)?,
    };
    Ok(hold.redeem(now)?)
}

/// An appointment as it is to be stored.
pub(crate) struct Stored<'a> {
    pub(crate) booked: Booked,
    pub(crate) kept_for: Option<OrganisationId>,
    pub(crate) contact: &'a Contact,
    pub(crate) secret_hash: [u8; 32],
}

impl Stored<'_> {
    /// Stores it with what the visitor gave, and answers it.
    pub(crate) fn save(
        self,
        app: &App,
        transaction: &mut Transaction,
        now: DateTime<Utc>,
    ) -> Result<AppointmentView, Problem> {
        let Booked {
            appointment,
            claim,
            terms,
        } = self.booked;
        let (organisation, id) = (appointment.organisation_id, appointment.id);
        tenant::note(organisation);
        let sealed = contact::seal(&app.vault, organisation, id, self.contact)?;
        let sealed_contact = sealed.as_ref().map(|contact| contact.sealed.clone());
        let saved = Saved {
            appointment: &appointment,
            claim: &claim,
            kept_for: self.kept_for,
            terms,
            reason: None,
            now,
        };
        saved.insert(transaction, self.secret_hash, sealed);
        let found = Found {
            appointment,
            version: 1,
            terms,
            sealed_contact,
            reasons: Reasons::default(),
            sealed_reason: None,
        };
        AppointmentView::of(&found, &app.vault)
    }
}

/// Staff book in their own organisations as staff, and elsewhere like any visitor.
pub(crate) async fn enter(
    app: &App,
    caller: &Caller,
    booking: &Booking,
) -> Result<(Transaction, Actor), Problem> {
    if let Caller::SignedIn(signed_in) = caller {
        let (transaction, staff) = app.staff(signed_in).await?;
        if staff.is_member_of(booking.slot.organisation_id) {
            return Ok((transaction, Actor::Staff(staff)));
        }
    }
    let token_hash = booking.hold.map(|(_, hash)| hash);
    Ok((
        app.database.visitor(token_hash, app.clock.now()).await?,
        Actor::Visitor,
    ))
}

impl BookBody {
    fn read(self, app: &App, source: Source) -> Result<(Target, Wish), Problem> {
        let (slot, hold) = which(app, source, self.slot_id, self.hold_id, self.hold_token)?;
        let mut checks = Checks::new();
        let contact = contact::read(
            self.client,
            self.access_needs,
            self.note,
            self.visit,
            &mut checks,
        );
        let language = checks.optional("/language", self.language.map(|tag| tag.parse()));
        let modality = checks.optional("/modality", self.modality.map(|text| text.parse()));
        let gender = self.counsellor_gender.map(|gender| gender.parse());
        let gender = checks.optional("/counsellor_gender", gender);
        let (Some(contact), Some(language), Some(modality), Some(gender)) =
            (contact, language, modality, gender)
        else {
            return Err(checks.problem());
        };
        let interpreter_needed = self.interpreter_needed;
        let interpreted = language.clone().filter(|_| interpreter_needed);
        let mut target = Target::new(slot, hold, interpreted, gender)?;
        let organisation = target.booking.slot.organisation_id;
        target.known_by(contact::hashes_of(&app.vault, organisation, &contact));
        let wish = Wish {
            slot: target.booking.slot,
            modality,
            language,
            interpreter_needed,
            contact,
        };
        target.booking.doorstep = wish.contact.home.as_ref().map(|home| home.doorstep);
        Ok((target, wish))
    }
}

type Held = (HoldId, [u8; 32]);

fn which(
    app: &App,
    source: Source,
    slot: Option<String>,
    hold: Option<Uuid>,
    token: Option<String>,
) -> Result<(WantedSlot, Option<Held>), Problem> {
    match (slot, hold, token) {
        (Some(slot), None, None) => Ok((wanted_slot(&slot)?, None)),
        (None, Some(hold), Some(token)) => {
            let hold = HoldId::new(hold);
            let token = HoldToken::read(&app.vault, hold, &token)
                .map_err(|mismatch| app.throttle.wrong_secret(source, mismatch))?;
            let hash = token.hash(&app.vault);
            Ok((WantedSlot::One(token.slot), Some((hold, hash))))
        }
        (None, Some(_), None) => Err(Problem::rule(
            "/hold_token",
            "a hold is redeemed with its token",
        )),
        _ => Err(Problem::rule(
            "/slot_id",
            "either `slot_id`, or `hold_id` with `hold_token`, is given",
        )),
    }
}
