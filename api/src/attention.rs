//! What needs attention: future appointments that lost what they rest on, until somebody has dealt
//! with each cause.

mod deal;
mod list;

use chrono::{DateTime, FixedOffset};
use persistence::appointments::{Cause, DealtWith, Found, NeedsAttention};
use persistence::vault::{Purpose, Vault};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use deal::{DealBody, deal_with_attention};
pub use list::list_attention;

use crate::pages::page;
use crate::problems::{Code, Problem};
use crate::stranded::StrandedView;
use crate::views::local;

/// The kinds of causes.
const REASONS: [&str; 14] = [
    "absence",
    "closure",
    "public_holiday",
    "session_withdrawn",
    "outside_session",
    "session_changed",
    "modality_switched",
    "counsellor_archived",
    "room_archived",
    "loan_ended",
    "not_lent",
    "service_archived",
    "site_archived",
    "organisation_archived",
];

/// An appointment that needs attention.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttentionView {
    pub appointment: StrandedView,
    pub causes: Vec<CauseView>,
    /// How many proposals wait for the visitor's answer.
    #[schema(minimum = 0)]
    pub open_proposals: i64,
}

/// Why an appointment needs attention.
#[derive(Debug, Serialize, ToSchema)]
pub struct CauseView {
    /// One of `absence`, `closure`, `public_holiday`, `session_withdrawn`, `outside_session`,
    /// `session_changed`, `modality_switched`, `counsellor_archived`, `room_archived`, `loan_ended`,
    /// `not_lent`,
    /// `service_archived`, `site_archived`, `organisation_archived`.
    #[schema(example = "absence")]
    pub reason: String,
    /// Exactly this cause: its reason and what it is.
    #[schema(example = "absence:01990000-0000-7000-8000-000000000006")]
    pub cause: String,
    /// When somebody has dealt with it; null as long as nobody has.
    #[schema(required)]
    pub dealt_with_at: Option<DateTime<FixedOffset>>,
    /// What they noted.
    #[schema(required)]
    pub note: Option<String>,
}

page!(
    /// Appointments that need attention, by start.
    AttentionPage of AttentionView
);

impl AttentionView {
    fn of(needs: &NeedsAttention, vault: &Vault) -> Result<Self, Problem> {
        let causes = needs.causes.iter();
        let causes = causes.map(|cause| CauseView::of(cause, &needs.found, vault));
        Ok(Self {
            appointment: StrandedView::of(&needs.found, vault)?,
            causes: causes.collect::<Result<_, _>>()?,
            open_proposals: needs.open_proposals,
        })
    }
}

impl CauseView {
    fn of(cause: &Cause, found: &Found, vault: &Vault) -> Result<Self, Problem> {
        let dealt_with = cause.dealt_with.as_ref();
        let note = dealt_with.map(|dealt_with| open_note(dealt_with, found, vault));
        let zone = found.terms.time_zone;
        Ok(Self {
            reason: cause.reason.clone(),
            cause: cause.name.clone(),
            dealt_with_at: dealt_with.map(|dealt_with| local(dealt_with.at, zone)),
            note: note.transpose()?.flatten(),
        })
    }
}

/// What a note is bound to.
fn row(found: &Found, id: Uuid) -> Vec<u8> {
    let organisation = found.appointment.organisation_id.uuid();
    [organisation.into_bytes(), id.into_bytes()].concat()
}

fn open_note(
    dealt_with: &DealtWith,
    found: &Found,
    vault: &Vault,
) -> Result<Option<String>, Problem> {
    let Some(sealed) = dealt_with.sealed_note.as_deref() else {
        return Ok(None);
    };
    let row = row(found, dealt_with.id);
    let plain = vault.open(Purpose::AttentionNote, &row, sealed)?;
    let text = String::from_utf8(plain).map_err(|_| Problem::new(Code::Internal))?;
    Ok(Some(text))
}
