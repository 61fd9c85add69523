//! One slot, or some on dates of their own, and what decides about them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::calendar::Calendar;
use domain::ids::{AppointmentId, CounsellorId, OrganisationId, ServiceId};
use domain::minutes::WholeMinute;
use domain::slot_id::SlotId;
use domain::texts::LanguageTag;
use uuid::Uuid;

use super::groups::{self, Group};
use super::statements::{BY_DATES, BY_SLOT, BY_SLOT_FOR_APPOINTMENT, BY_TIME};
use crate::error::Result;
use crate::statement::Statement;

#[derive(QueryableByName)]
pub(crate) struct SlotRow {
    #[diesel(embed)]
    group: Group,
    #[diesel(sql_type = Nullable<Bool>)]
    expired: Option<bool>,
}

/// Asks for the calendar of one slot, without the claim of whoever takes another place for it, as it
/// is for the visitors of a partner, if it is wanted for one, and with an interpreter, if one is.
pub(crate) fn of_slot(
    slot: &SlotId,
    but_for: Option<Uuid>,
    kept_for: Option<OrganisationId>,
    interpreted: Option<&LanguageTag>,
    now: DateTime<Utc>,
) -> Statement<'static> {
    asked(BY_SLOT, slot, but_for, kept_for, now)
        .bind::<Nullable<Text>, _>(interpreted.map(ToString::to_string))
}

/// Likewise without the claim of the appointment that moves there, with whoever interprets for it.
pub(crate) fn of_slot_for(
    appointment: AppointmentId,
    slot: &SlotId,
    now: DateTime<Utc>,
) -> Statement<'static> {
    asked(
        BY_SLOT_FOR_APPOINTMENT,
        slot,
        Some(appointment.uuid()),
        None,
        now,
    )
}

fn asked(
    text: &'static str,
    slot: &SlotId,
    but_for: Option<Uuid>,
    kept_for: Option<OrganisationId>,
    now: DateTime<Utc>,
) -> Statement<'static> {
    Statement::new(text)
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
    /// The language to be interpreted at each of them, if any.
    pub interpreted: Option<LanguageTag>,
}

impl Dates {
    pub(crate) fn interpreted(&self) -> Option<String> {
        self.interpreted.as_ref().map(ToString::to_string)
    }

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
        .bind::<Nullable<Text>, _>(dates.interpreted())
}

/// As [`of_slot`], for all sessions of a service at a site that are open at some time. Its
/// parameters are bound by the caller.
pub(crate) const fn of_time() -> &'static str {
    BY_TIME
}

/// The calendar that rows tell together.
pub(crate) fn calendar_of(rows: Vec<SlotRow>) -> Result<Calendar> {
    let groups: Vec<_> = rows.into_iter().map(|row| row.group).collect();
    groups::calendar(&groups)
}

/// As [`calendar_of`], for whoever has locked resources: of what is needed, only those count.
pub(crate) fn locked_calendar_of(
    rows: Vec<SlotRow>,
    is_locked: impl Fn(Uuid) -> bool,
) -> Result<Calendar> {
    let mut calendar = calendar_of(rows)?;
    for opening in &mut calendar.openings {
        let mut pools = opening.pools.to_vec();
        for pool in &mut pools {
            pool.members
                .retain(|member| is_locked(member.resource_id.uuid()));
        }
        opening.pools = pools.into();
        if let Some(visits) = &mut opening.visits {
            let visits = Arc::make_mut(visits);
            let others = &mut visits.others;
            others.retain(|it| is_locked(it.member.resource_id.uuid()));
        }
    }
    Ok(calendar)
}

impl SlotRow {
    /// The counsellor and the room of its session.
    pub(crate) fn resources(&self) -> Vec<Uuid> {
        self.group.resources()
    }

    /// Whether it needs more than counsellor and room.
    pub(crate) fn is_choosing(&self) -> bool {
        self.group.is_choosing()
    }

    /// Whether rooms on loan are among what it takes or may take.
    pub(crate) fn tells_of_loans(&self) -> bool {
        self.group.tells_of_loans()
    }

    /// Whether claims that have expired are still stored around it.
    pub(crate) fn is_among_expired(&self) -> bool {
        self.expired.unwrap_or_default()
    }
}
