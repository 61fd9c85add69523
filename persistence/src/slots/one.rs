//! One slot, or some on dates of their own, and what decides about them.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Nullable, Timestamptz, Uuid as SqlUuid};
use domain::calendar::Calendar;
use domain::ids::{CounsellorId, OrganisationId, ServiceId};
use domain::minutes::WholeMinute;
use domain::slot_id::SlotId;
use uuid::Uuid;

use super::groups::{self, Group};
use super::statements::{BY_DATES, BY_SLOT};
use crate::error::Result;
use crate::statement::Statement;

#[derive(QueryableByName)]
pub(crate) struct SlotRow {
    #[diesel(embed)]
    group: Group,
    #[diesel(sql_type = Nullable<Bool>)]
    expired: Option<bool>,
}

/// Asks for the calendar of one slot, without the claim of whoever takes another place for it, and
/// as it is for the visitors of a partner, if it is wanted for one.
pub(crate) fn of_slot(
    slot: &SlotId,
    but_for: Option<Uuid>,
    kept_for: Option<OrganisationId>,
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
        .bind::<Nullable<SqlUuid>, _>(kept_for.map(OrganisationId::uuid))
}

/// Starts of one service with one counsellor.
#[derive(Debug, Clone)]
pub struct Dates {
    pub organisation: OrganisationId,
    pub service: ServiceId,
    pub counsellor: CounsellorId,
    pub starts: Vec<WholeMinute>,
}

impl Dates {
    pub(crate) fn instants(&self) -> Vec<DateTime<Utc>> {
        self.starts.iter().map(|start| start.instant()).collect()
    }
}

/// As [`of_slot`], for all of them at once.
pub(crate) fn of_dates(
    dates: &Dates,
    but_for: Vec<Uuid>,
    now: DateTime<Utc>,
) -> Statement<'static> {
    Statement::new(BY_DATES)
        .bind::<SqlUuid, _>(dates.organisation.uuid())
        .bind::<SqlUuid, _>(dates.service.uuid())
        .bind::<SqlUuid, _>(dates.counsellor.uuid())
        .bind::<Array<Timestamptz>, _>(dates.instants())
        .bind::<Timestamptz, _>(now)
        .bind::<Array<SqlUuid>, _>(but_for)
}

/// The calendar that rows tell together.
pub(crate) fn calendar_of(rows: Vec<SlotRow>) -> Result<Calendar> {
    let groups: Vec<_> = rows.into_iter().map(|row| row.group).collect();
    groups::calendar(&groups)
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
