use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::code::{Code as SpokenCode, Secret};
use domain::contact::Contact;
use domain::ids::WaitlistEntryId;
use domain::permission::Permission;
use domain::span::Span;
use domain::waitlist::{
    EntryStatus, MOST_SPANS, WAITS, WAITS_AT_MOST, WaitlistEntry, WaitlistWish,
};
use persistence::Transaction;
use persistence::audit::Entry;
use persistence::idempotency::{Attempt as Hashed, Known};
use persistence::vault::random_bytes;
use persistence::waitlist::{Found, Joined, Kept, open_join};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{WaitlistEntryView, WaitlistSpan, sealed_for};
use crate::app::{App, AppData};
use crate::appointments::{ClientBody, access, contact};
use crate::authentication::Caller;
use crate::checks::Checks;
use crate::extract::{Body, optional_object};
use crate::idempotency::Attempt;
use crate::permit::permit;
use crate::problems::{Code, Problem};
use crate::refusals::{ChangeRefusals, Refusals};
use crate::tenant;

/// What somebody waits for. Nothing but the service is needed unless it requires a contact.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"service_id": "01990000-0000-7000-8000-000000000005"}))]
pub struct JoinBody {
    pub service_id: Uuid,
    /// Only slots of this counsellor.
    #[serde(default)]
    pub counsellor_id: Option<Uuid>,
    /// Only slots at this site.
    #[serde(default)]
    pub site_id: Option<Uuid>,
    /// Only slots in this language, and that of the appointment.
    #[serde(default)]
    #[schema(example = "ar")]
    pub language: Option<String>,
    /// Only slots on this way.
    #[serde(default)]
    #[schema(example = "phone")]
    pub modality: Option<String>,
    /// When the slot may start; at any time unless given.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub spans: Vec<WaitlistSpan>,
    /// Nothing is offered from then on; in 90 days unless given, at most in 366, and never behind the
    /// last of the spans.
    #[serde(default)]
    pub valid_until: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "optional_object")]
    pub client: Option<ClientBody>,
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub access_needs: Option<String>,
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// What was read of a body.
struct Wanted {
    wish: WaitlistWish,
    valid_until: DateTime<Utc>,
    contact: Contact,
}

/// Join a waiting list
///
/// Of a service that keeps one. The next slot that fits is offered to whoever waits longest, as a
/// hold with a deadline: look at the entry, then accept or decline. Whoever gives nothing stays
/// anonymous. Until it is offered, a free slot is anybody's: what suits among the slots is booked there.
#[utoipa::path(operation_id = "joinWaitlist", tag = "booking", request_body = JoinBody, security((), ("bearer" = [])),
    params(("Idempotency-Key" = String, Header, description = "A fresh UUID; the same one when the request is repeated")),
    responses((status = 201, description = "The entry, with its secret", body = WaitlistEntryView), Refusals, ChangeRefusals))]
#[post("/v1/waitlist-entries")]
pub async fn join_waitlist(
    app: AppData,
    caller: Caller,
    attempt: Attempt,
    body: Body<JoinBody>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let keyed = attempt
        .required()?
        .by_anyone(&caller)?
        .with(&app, "joinWaitlist", &body.bytes);
    let wanted = body.value.read(now)?;
    let key = keyed.hashed().ok_or_else(|| Problem::new(Code::Internal))?;
    let (mut transaction, actor, known, kept) = enter(&app, &caller, &wanted.wish, &key).await?;
    if let Some(answer) = keyed.answer_known(&app, known)? {
        // Waited for, so that the key is free for whoever comes next with it.
        transaction.rollback().await;
        return Ok(answer);
    }
    let kept = kept.ok_or_else(|| Problem::rule("/service_id", "there is no such service"))?;
    tenant::note(kept.organisation_id);
    if let Actor::Staff(staff) = &actor {
        permit(staff, Permission::ManageWaitlist, kept.organisation_id)?;
    }
    let entry = wanted.enter(&kept, now)?;
    transaction.audit(Entry::of_entry("join", &entry, &actor, now));
    let view = save(&app, &mut transaction, entry, &wanted.contact, &key)?;
    let location = format!("/v1/waitlist-entries/{}", view.id);
    keyed
        .created_without_version(&app, transaction, &location, &view)
        .await
}

/// Staff enter people in their own organisations as staff, and join elsewhere like any visitor.
async fn enter(
    app: &App,
    caller: &Caller,
    wish: &WaitlistWish,
    key: &Hashed,
) -> Result<(Transaction, Actor, Known, Option<Kept>), Problem> {
    let now = app.clock.now();
    if let Caller::SignedIn(signed_in) = caller {
        let (mut transaction, staff) = app.staff(signed_in).await?;
        let (known, kept) = open_join(&mut transaction, wish, Some(key), now).await?;
        let is_own = |kept: &Kept| staff.is_member_of(kept.organisation_id);
        if kept.as_ref().is_some_and(is_own) {
            return Ok((transaction, Actor::Staff(staff), known, kept));
        }
        transaction.rollback().await;
    }
    let mut transaction = app.database.visitor(None, now).await?;
    let (known, kept) = open_join(&mut transaction, wish, Some(key), now).await?;
    Ok((transaction, Actor::Visitor, known, kept))
}

/// Stores the entry, and answers it with the secret that nothing else will ever tell.
fn save(
    app: &App,
    transaction: &mut Transaction,
    entry: WaitlistEntry,
    given: &Contact,
    key: &Hashed,
) -> Result<WaitlistEntryView, Problem> {
    let secret = Secret::from_random(random_bytes()?);
    let secret_hash = access::hash(&app.vault, &secret);
    let organisation = entry.organisation_id;
    let sealed = contact::seal(&app.vault, organisation, sealed_for(&entry), given)?;
    let now = entry.joined_at;
    let joined = Joined {
        entry: &entry,
        secret_hash,
        key_hash: key.key_hash,
        contact: sealed.clone(),
        now,
    };
    joined.insert(transaction);
    let found = Found {
        entry,
        secret_hash,
        time_zone: None,
        offers_made: 0,
        sealed_contact: sealed.map(|contact| contact.sealed),
    };
    let view = WaitlistEntryView::of(&found, &app.vault, now)?;
    Ok(WaitlistEntryView {
        secret: Some(secret.reveal().to_owned()),
        ..view
    })
}

impl Wanted {
    /// What the service says to it.
    fn enter(&self, kept: &Kept, now: DateTime<Utc>) -> Result<WaitlistEntry, Problem> {
        if !kept.keeps_waitlist {
            let detail = Code::WaitlistNotKept.description();
            return Err(Problem::because(Code::WaitlistNotKept, detail));
        }
        if !kept.knows_counsellor {
            let detail = "is no counsellor of this organisation";
            return Err(Problem::rule("/counsellor_id", detail));
        }
        if !kept.knows_site {
            return Err(Problem::rule("/site_id", "is no site of this organisation"));
        }
        self.contact.satisfies(kept.contact_rule)?;
        Ok(WaitlistEntry {
            id: WaitlistEntryId::new(Uuid::now_v7()),
            organisation_id: kept.organisation_id,
            code: SpokenCode::from_random(random_bytes()?),
            wish: self.wish.clone(),
            joined_at: now,
            queued_at: now,
            valid_until: self.valid_until,
            unanswered: 0,
            status: EntryStatus::Waiting,
        })
    }
}

impl JoinBody {
    fn read(self, now: DateTime<Utc>) -> Result<Wanted, Problem> {
        let mut checks = Checks::new();
        checks.count("/spans", self.spans.len(), 0..=MOST_SPANS);
        let spans = checks.each("/spans", self.spans, |span| {
            Span::written(span.from, span.before)
                .map_err(|error| error.to_string())
                .and_then(|span| ahead(span.before(), now).map(|_| span))
        });
        let valid_until = self.valid_until.map(|until| ahead(until, now));
        let valid_until = checks.optional("/valid_until", valid_until);
        let language = checks.optional("/language", self.language.map(|tag| tag.parse()));
        let modality = checks.optional("/modality", self.modality.map(|text| text.parse()));
        let contact = contact::read(self.client, self.access_needs, self.note, None, &mut checks);
        checks.finish(|| {
            let wish = WaitlistWish {
                service_id: self.service_id.into(),
                counsellor_id: self.counsellor_id.map(Into::into),
                site_id: self.site_id.map(Into::into),
                language: language?,
                modality: modality?,
                spans: spans?,
            };
            let until = valid_until?.unwrap_or(now + WAITS);
            Some(Wanted {
                valid_until: wish.ends().map_or(until, |ends| until.min(ends)),
                wish,
                contact: contact?,
            })
        })
    }
}

fn ahead(instant: DateTime<Utc>, now: DateTime<Utc>) -> Result<DateTime<Utc>, String> {
    if instant > now && instant <= now + WAITS_AT_MOST {
        Ok(instant)
    } else {
        Err("lies ahead, and at most 366 days".to_owned())
    }
}
