//! One slot, and what decides about it.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Bool, Nullable, Timestamptz, Uuid as SqlUuid};
use domain::calendar::Calendar;
use domain::slot_id::SlotId;
use uuid::Uuid;

use super::groups::{self, Group};
use super::statements::BY_SLOT;
use crate::error::Result;
use crate::statement::Statement;

#[derive(QueryableByName)]
pub(crate) struct SlotRow {
    #[diesel(embed)]
    group: Group,
    #[diesel(sql_type = Nullable<Bool>)]
    expired: Option<bool>,
}

/// Asks for the calendar of one slot, without the claim of whoever takes another place for it.
pub(crate) fn of_slot(
    slot: &SlotId,
    but_for: Option<Uuid>,
    now: DateTime<Utc>,
) -> Statement<'static> {
    Statement::new(BY_SLOT)
        .bind::<SqlUuid, _>(slot.organisation_id.uuid())
        .bind::<SqlUuid, _>(slot.session_id.uuid())
        .bind::<SqlUuid, _>(slot.service_id.uuid())
        .bind::<Timestamptz, _>(slot.starts_at.instant())
        .bind::<Timestamptz, _>(now)
        // No claim has the id that is all zeroes.
        .bind::<SqlUuid, _>(but_for.unwrap_or_default())
}

impl SlotRow {
    /// What a claim for it takes.
    pub(crate) fn resources(&self) -> Vec<Uuid> {
        self.group.resources()
    }

    /// Whether claims that have expired are still stored around it.
    pub(crate) fn is_among_expired(&self) -> bool {
        self.expired.unwrap_or_default()
    }

    pub(crate) fn calendar(self) -> Result<Calendar> {
        groups::calendar(&[self.group])
    }
}
