//! The waiting list: who finds no slot that suits waits, and is offered the next one that does.

mod accept;
mod decline;
mod get;
mod join;
mod list;
pub mod offering;

use chrono::{DateTime, FixedOffset, Utc};
use domain::actor::Actor;
use domain::contact::Contact;
use domain::ids::{AppointmentId, CounsellorId, SiteId};
use domain::permission::Permission;
use domain::span::Span;
use domain::waitlist::{EntryStatus, SlotOffer, WaitlistEntry};
use persistence::vault::Vault;
use persistence::waitlist::Found;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use accept::{AcceptOfferBody, accept_offer};
pub use decline::{DeclineOfferBody, decline_offer};
pub use get::get_waitlist_entry;
pub use join::{JoinBody, join_waitlist};
pub use list::list_waitlist_entries;

use crate::app::App;
use crate::appointments::access::Access;
use crate::appointments::contact::{self, ContactDocument};
use crate::appointments::{ClientBody, ClientView};
use crate::checks::Checks;
use crate::pages::page;
use crate::problems::{Code, Problem};
use crate::tenant;
use crate::views::local;

/// When a slot may start: from one instant until before another.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from": "2026-12-01T08:00:00Z", "before": "2026-12-01T12:00:00Z"}))]
pub struct WaitlistSpan {
    pub from: DateTime<Utc>,
    pub before: DateTime<Utc>,
}

/// Somebody who waits for a slot. Its own times are in UTC: it may wait for several sites.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitlistEntryView {
    pub id: Uuid,
    /// What a person can say on the telephone; the appointment gets the same.
    #[schema(example = "K7QF-2MXP")]
    pub code: String,
    /// Opens the entry without an account, as the header `Appointment-Secret`, and later the
    /// appointment. Told once, in the answer to joining, and null everywhere else.
    #[schema(required)]
    pub secret: Option<String>,
    /// One of `waiting`, `offered`, `booked`, `left`, `expired`.
    #[schema(example = "waiting")]
    pub status: String,
    pub organisation_id: Uuid,
    pub service_id: Uuid,
    #[schema(required)]
    pub counsellor_id: Option<Uuid>,
    #[schema(required)]
    pub site_id: Option<Uuid>,
    #[schema(required)]
    pub language: Option<String>,
    #[schema(required)]
    pub modality: Option<String>,
    /// When the slot may start; at any time where there are none.
    pub spans: Vec<WaitlistSpan>,
    pub waiting_since: DateTime<Utc>,
    /// By this time its turn is decided: who was here first is offered first. It is `waiting_since`
    /// until an offer is left unanswered, and the time of that afterwards.
    pub queued_at: DateTime<Utc>,
    pub valid_until: DateTime<Utc>,
    /// How many slots have been offered so far.
    #[schema(minimum = 0)]
    pub offers_made: i64,
    /// How many of the last ones in a row were left unanswered; the third ends the entry.
    #[schema(minimum = 0, maximum = 3)]
    pub offers_unanswered: u32,
    /// What is offered at the moment; null if nothing is.
    #[schema(required)]
    pub offer: Option<WaitlistOfferView>,
    /// What was booked.
    #[schema(required)]
    pub appointment_id: Option<Uuid>,
    /// When it was booked, left or expired.
    #[schema(required)]
    pub ended_at: Option<DateTime<Utc>>,
    /// What the visitor gave; null if nothing, and when the entry has ended.
    #[schema(required)]
    pub client: Option<ClientView>,
    #[schema(required)]
    pub access_needs: Option<String>,
    #[schema(required)]
    pub note: Option<String>,
}

/// A slot that nobody else gets until the answer is due.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitlistOfferView {
    pub id: Uuid,
    pub session_id: Uuid,
    pub site_id: Uuid,
    pub counsellor_id: Uuid,
    /// With the offset of the site.
    pub starts_at: DateTime<FixedOffset>,
    pub ends_at: DateTime<FixedOffset>,
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// One of `in_person`, `phone`, `video`, `at_home`.
    #[schema(example = "in_person")]
    pub modality: String,
    pub offered_at: DateTime<FixedOffset>,
    /// When the answer is due.
    pub expires_at: DateTime<FixedOffset>,
}

page!(
    /// Waiting-list entries, from the front of the line.
    WaitlistEntryPage of WaitlistEntryView
);

impl WaitlistEntryView {
    fn of(found: &Found, vault: &Vault, now: DateTime<Utc>) -> Result<Self, Problem> {
        let entry = &found.entry;
        let wish = &entry.wish;
        let given = given(found, vault)?;
        let offer = entry.open_offer(now);
        let appointment_id = match entry.status {
            EntryStatus::Booked { appointment_id, .. } => Some(appointment_id.uuid()),
            _ => None,
        };
        // Nobody can answer any more what is stored until somebody looks.
        let status = match entry.status {
            EntryStatus::Offered(_) if offer.is_none() => EntryStatus::Waiting.as_str(),
            _ => entry.status.as_str(),
        };
        Ok(Self {
            id: entry.id.uuid(),
            code: entry.code.to_string(),
            secret: None,
            status: status.to_owned(),
            organisation_id: entry.organisation_id.uuid(),
            service_id: wish.service_id.uuid(),
            counsellor_id: wish.counsellor_id.map(CounsellorId::uuid),
            site_id: wish.site_id.map(SiteId::uuid),
            language: wish.language.as_ref().map(ToString::to_string),
            modality: wish.modality.map(|modality| modality.to_string()),
            spans: wish.spans.iter().copied().map(Into::into).collect(),
            waiting_since: entry.joined_at,
            queued_at: entry.queued_at,
            valid_until: entry.valid_until,
            offers_made: found.offers_made,
            offers_unanswered: entry.unanswered,
            offer: offer.and_then(|offer| WaitlistOfferView::of(offer, found)),
            appointment_id,
            ended_at: entry.status.ended_at(),
            client: given.client,
            access_needs: given.access_needs,
            note: given.note,
        })
    }
}

impl WaitlistOfferView {
    fn of(offer: &SlotOffer, found: &Found) -> Option<Self> {
        let zone = found.time_zone?;
        Some(Self {
            id: offer.id.uuid(),
            session_id: offer.session_id.uuid(),
            site_id: offer.site_id.uuid(),
            counsellor_id: offer.counsellor_id.uuid(),
            starts_at: local(offer.span.from(), zone),
            ends_at: local(offer.span.before(), zone),
            time_zone: zone.name().to_owned(),
            modality: offer.modality.to_string(),
            offered_at: local(offer.offered_at, zone),
            expires_at: local(offer.expires_at, zone),
        })
    }
}

impl From<Span> for WaitlistSpan {
    fn from(span: Span) -> Self {
        Self {
            from: span.from(),
            before: span.before(),
        }
    }
}

/// To what is sealed for an entry: as what an appointment's visitor gave, bound to the entry's id.
fn sealed_for(entry: &WaitlistEntry) -> AppointmentId {
    AppointmentId::new(entry.id.uuid())
}

fn given(found: &Found, vault: &Vault) -> Result<ContactDocument, Problem> {
    let (entry, sealed) = (&found.entry, found.sealed_contact.as_deref());
    contact::open_of(vault, entry.organisation_id, sealed_for(entry), sealed)
}

/// What the visitor gave, for their appointment.
fn contact_of(found: &Found, vault: &Vault) -> Result<Contact, Problem> {
    let given = given(found, vault)?;
    let client = given.client.map(|client| ClientBody {
        name: client.name,
        email: client.email,
        phone: client.phone,
    });
    let mut checks = Checks::new();
    let contact = contact::read(client, given.access_needs, given.note, None, &mut checks);
    // It was read so before it was sealed.
    contact.ok_or_else(|| Problem::new(Code::Internal))
}

/// The entry, if it is there for the actor: its visitor, or staff who keep the list.
fn seen(access: &Access, app: &App, found: Option<Found>, actor: &Actor) -> Result<Found, Problem> {
    let keeps = |found: &Found| match actor {
        Actor::Visitor => true,
        Actor::Staff(staff) => staff.may(Permission::ManageWaitlist, found.entry.organisation_id),
    };
    let found = found.filter(keeps);
    let found = found.ok_or_else(|| access.nothing_there(app))?;
    tenant::note(found.entry.organisation_id);
    Ok(found)
}
