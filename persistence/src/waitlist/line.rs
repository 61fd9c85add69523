//! Who waits, in the order in which they are offered something.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Integer, Timestamptz, Uuid as SqlUuid};
use domain::ids::{OrganisationId, WaitlistEntryId};
use domain::minutes::{Minutes, WholeMinute};
use domain::slot_id::SlotId;
use domain::waitlist::{OfferLasts, Waiting};
use uuid::Uuid;

use super::{Found, rows, select_entry};
use crate::claims::{NEVER_OVERLAP, WITHIN_QUOTA};
use crate::database::Database;
use crate::error::{Error, Result};
use crate::places;
use crate::statement::Statement;
use crate::transaction::Transaction;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(embed)]
    wish: rows::Wished,
    #[diesel(sql_type = Integer)]
    waitlist_offer_minutes: i32,
    #[diesel(sql_type = Integer)]
    minimum_notice_minutes: i32,
    #[diesel(sql_type = Array<SqlUuid>)]
    passed_sessions: Vec<Uuid>,
    #[diesel(sql_type = Array<Timestamptz>)]
    passed_starts: Vec<DateTime<Utc>>,
}

/// All who wait for published services of the organisation, from the front of the line.
pub async fn line(
    database: &Database,
    organisation: OrganisationId,
    now: DateTime<Utc>,
) -> Result<Vec<Waiting>> {
    let mut transaction = database.program(organisation).await?;
    let query = Statement::new(LINE)
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<Timestamptz, _>(now);
    let rows: Vec<Row> = transaction.ask(query).await?;
    transaction.rollback().await;
    rows.iter().map(|row| row.waiting(organisation)).collect()
}

impl Row {
    fn waiting(&self, organisation: OrganisationId) -> Result<Waiting> {
        let corrupt = |why: &dyn std::fmt::Display| Error::corrupt("waiting-list entry", why);
        let wish = self.wish.wish()?;
        let service_id = wish.service_id;
        let passed = self.passed_sessions.iter().zip(&self.passed_starts);
        let passed = passed.map(|(session, starts_at)| {
            let starts_at = WholeMinute::new(*starts_at).map_err(|error| corrupt(&error))?;
            Ok(SlotId {
                organisation_id: organisation,
                session_id: (*session).into(),
                service_id,
                starts_at,
            })
        });
        let notice = u32::try_from(self.minimum_notice_minutes).map_err(|error| corrupt(&error))?;
        let lasts = OfferLasts::new(self.waitlist_offer_minutes.into());
        Ok(Waiting {
            id: self.id.into(),
            wish,
            passed: passed.collect::<Result<BTreeSet<_>>>()?,
            lasts: lasts.map_err(|error| corrupt(&error))?,
            notice: Minutes::new(notice).map_err(|error| corrupt(&error))?,
        })
    }
}

/// Locks the entry, unless somebody else is at it, and reads it.
pub async fn lock_waiting(
    transaction: &mut Transaction,
    id: WaitlistEntryId,
) -> Result<Option<Found>> {
    let lock = Statement::new(
        "SELECT id FROM waitlist_entries WHERE id = $1 AND status = 'waiting' FOR NO KEY UPDATE SKIP LOCKED",
    );
    let locked: Vec<Locked> = transaction.ask(lock.bind::<SqlUuid, _>(id.uuid())).await?;
    let Some(locked) = locked.first() else {
        return Ok(None);
    };
    let read = Statement::new(select_entry!("WHERE e.id = $1")).bind::<SqlUuid, _>(locked.id);
    let row: Option<rows::Row> = transaction.ask_one(read).await?;
    row.map(TryInto::try_into).transpose()
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

impl Error {
    /// Whether somebody else got first what was to be held, or a quota is used up.
    #[must_use]
    pub fn is_lost_race(&self) -> bool {
        let constraints = places::TAKEN
            .into_iter()
            .chain([NEVER_OVERLAP, WITHIN_QUOTA]);
        constraints.into_iter().any(|name| self.is_refused_by(name))
    }
}

const LINE: &str = "
    SELECT e.id, e.service_id, e.counsellor_id, e.site_id, e.language, e.modality, e.spans_from, e.spans_before,
           v.waitlist_offer_minutes, v.minimum_notice_minutes,
           ARRAY(SELECT o.session_id FROM waitlist_offers o
                 WHERE o.organisation_id = e.organisation_id AND o.entry_id = e.id AND o.starts_at > $2
                 ORDER BY o.id) AS passed_sessions,
           ARRAY(SELECT o.starts_at FROM waitlist_offers o
                 WHERE o.organisation_id = e.organisation_id AND o.entry_id = e.id AND o.starts_at > $2
                 ORDER BY o.id) AS passed_starts
    FROM waitlist_entries e
    JOIN services v ON v.organisation_id = e.organisation_id AND v.id = e.service_id
    WHERE e.organisation_id = $1 AND e.status = 'waiting' AND e.valid_until > $2
      AND v.waitlist_offer_minutes IS NOT NULL AND v.published AND v.archived_at IS NULL AND v.organisation_listed
    ORDER BY e.queued_at, e.id";
