//! Sick days: somebody is away, and everybody whom that strands is dealt with in one step.
//!
//! One transaction for all of it: whoever repeats it after a lost answer finds all of it done or
//! nothing. It holds the resources of the organisation, so no two coordinators resolve the same day
//! at once, and nobody takes a slot between the look and the proposal; a visitor who cancels at the
//! same moment comes before or after.

mod create;
mod read;
mod resolve;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use create::create_sick_day;

use crate::proposals::ProposalView;
use crate::stranded::StrandedView;

/// Who is away, and what becomes of those whom it strands.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "organisation_id": "01990000-0000-7000-8000-000000000001",
    "counsellor_id": "01990000-0000-7000-8000-000000000003",
    "starts_at": "2026-12-21T00:00:00+01:00", "ends_at": "2026-12-22T00:00:00+01:00", "action": "propose"}))]
pub struct SickDayBody {
    pub organisation_id: Uuid,
    pub counsellor_id: Uuid,
    pub starts_at: DateTime<Utc>,
    /// The first instant at which they are back; at most 62 days later.
    pub ends_at: DateTime<Utc>,
    /// `cancel` cancels every open appointment in that span; `propose` holds the best other slots
    /// for each until the answer is due.
    #[schema(example = "propose")]
    pub action: String,
    /// Why they are cancelled: kept sealed with each, as long as contacts are.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub reason: Option<String>,
    /// How many slots are held for each appointment.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 3, default = 1)]
    pub proposals_each: u8,
    /// How long visitors have to answer; at most until two hours before the proposed slot begins.
    #[serde(default = "a_day")]
    #[schema(minimum = 60, maximum = 10080, default = 1440)]
    pub answer_within_minutes: u32,
}

const fn one() -> u8 {
    1
}

const fn a_day() -> u32 {
    24 * 60
}

/// What a sick day did.
#[derive(Debug, Serialize, ToSchema)]
pub struct SickDayView {
    /// The absence that covers the span: the one that there was, or a new one; null when it was only
    /// tried and there is none.
    #[schema(required)]
    pub absence_id: Option<Uuid>,
    /// The appointments in the span, by their start; those with open proposals last.
    pub items: Vec<SickDayItem>,
    /// Whether there are more than were looked at: call again, or for a shorter span.
    pub more: bool,
}

/// What became of one appointment.
#[derive(Debug, Serialize, ToSchema)]
pub struct SickDayItem {
    pub appointment: StrandedView,
    /// `cancelled`; `proposed`; `already_proposed`: an answer is still due; `no_slot`: nothing else
    /// is free, and it needs attention.
    #[schema(example = "proposed")]
    pub outcome: &'static str,
    /// The open proposals.
    pub proposals: Vec<ProposalView>,
}
