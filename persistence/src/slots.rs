//! The calendar that slots are cut from, in one statement whatever its size.

mod rows;

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::calendar::{Calendar, LONGEST_SESSION};
use domain::ids::{CounsellorId, OrganisationId, ServiceId, SiteId};
use domain::modality::Modality;
use domain::service::Topic;
use domain::slot_id::SlotId;
use domain::texts::LanguageTag;
use uuid::Uuid;

use crate::acting::Reader;
use crate::error::Result;
use crate::statement::Statement;
pub(crate) use rows::{Row, calendar};

/// What slots are wanted of.
#[derive(Debug, Clone)]
pub enum Subject {
    Service(ServiceId),
    Topic(Topic),
}

/// Which sessions are of interest.
#[derive(Debug, Clone)]
pub struct Filter {
    pub subject: Subject,
    pub organisation_id: Option<OrganisationId>,
    pub counsellor_id: Option<CounsellorId>,
    pub site_id: Option<SiteId>,
    pub language: Option<LanguageTag>,
    pub modality: Option<Modality>,
}

/// The sessions from `from` on, at most `limit` of them in the order of their starts, up to the
/// horizon of their services.
pub async fn load(
    reader: &mut Reader,
    filter: &Filter,
    from: DateTime<Utc>,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Calendar> {
    let statement = match &filter.subject {
        Subject::Service(id) => Statement::new(BY_SERVICE).bind::<SqlUuid, _>(id.uuid()),
        Subject::Topic(topic) => Statement::new(BY_TOPIC).bind::<Text, _>(topic.to_string()),
    };
    let rows = reader.ask(
        statement
            .bind::<Timestamptz, _>(now)
            .bind::<Nullable<SqlUuid>, _>(None::<Uuid>)
            .bind::<BigInt, _>(limit)
            .bind::<Timestamptz, _>(from)
            .bind::<Timestamptz, _>(from - LONGEST_SESSION)
            .bind::<Nullable<SqlUuid>, _>(filter.organisation_id.map(OrganisationId::uuid))
            .bind::<Nullable<SqlUuid>, _>(filter.counsellor_id.map(CounsellorId::uuid))
            .bind::<Nullable<SqlUuid>, _>(filter.site_id.map(SiteId::uuid))
            .bind::<Nullable<Text>, _>(filter.language.as_ref().map(ToString::to_string))
            .bind::<Nullable<Text>, _>(filter.modality.map(|modality| modality.to_string())),
    );
    calendar(rows.await?)
}

/// The calendar of one slot, without the claim of whoever takes another place for it.
pub(crate) fn of_slot(
    slot: &SlotId,
    but_for: Option<Uuid>,
    now: DateTime<Utc>,
) -> Statement<'static> {
    Statement::new(BY_SLOT)
        .bind::<SqlUuid, _>(slot.service_id.uuid())
        .bind::<Timestamptz, _>(now)
        .bind::<Nullable<SqlUuid>, _>(but_for)
        .bind::<BigInt, _>(1)
        .bind::<SqlUuid, _>(slot.session_id.uuid())
        .bind::<SqlUuid, _>(slot.organisation_id.uuid())
}

/// The statement for one way to say which sessions are meant. `$1` the subject, `$2` now, `$3` a
/// claim to overlook, `$4` the limit; the rest belongs to the condition.
///
/// Rows of several kinds come back (`rows.rs`), folded into arrays: their number depends on the
/// number of counsellors and sites and not on that of sessions or claims.
macro_rules! calendar_where {
    ($condition:expr) => {
        concat!(
            "WITH offered AS MATERIALIZED (
    SELECT v.organisation_id, v.id AS service_id, s.id AS session_id, s.counsellor_id, s.site_id, s.room_id,
           s.starts_at, s.ends_at, s.modalities, s.opens_on_holidays
    FROM services v
    JOIN session_services o ON o.organisation_id = v.organisation_id AND o.service_id = v.id
    JOIN sessions s ON s.organisation_id = o.organisation_id AND s.id = o.session_id
    JOIN counsellors c ON c.organisation_id = s.organisation_id AND c.id = s.counsellor_id
    JOIN sites p ON p.organisation_id = s.organisation_id AND p.id = s.site_id
    JOIN organisations g ON g.id = v.organisation_id
    WHERE v.published AND v.archived_at IS NULL AND v.format IN ('individual', 'visit')
      AND s.status = 'published' AND c.archived_at IS NULL AND p.archived_at IS NULL
      AND g.published AND g.archived_at IS NULL
      AND (s.room_id IS NULL OR EXISTS (
          SELECT FROM rooms q
          WHERE q.organisation_id = s.organisation_id AND q.id = s.room_id AND q.archived_at IS NULL))
      AND o.starts_at < $2 + v.horizon_days * interval '1 day'
      AND ",
            $condition,
            "
    ORDER BY o.starts_at, o.session_id, o.service_id
    LIMIT $4
), claimed AS (
    SELECT organisation_id, counsellor_id AS id, min(starts_at) AS starts_at, max(ends_at) AS ends_at
    FROM offered GROUP BY 1, 2
    UNION ALL
    SELECT organisation_id, room_id, min(starts_at), max(ends_at)
    FROM offered WHERE room_id IS NOT NULL GROUP BY 1, 2
)
SELECT 'opening' AS kind, organisation_id,
       ARRAY[service_id, counsellor_id, site_id, room_id] AS ids, array_agg(session_id) AS sessions,
       array_agg(starts_at) AS starts, array_agg(ends_at) AS ends,
       ARRAY[opens_on_holidays::int] AS numbers, modalities AS texts, NULL::text[] AS labels
FROM offered GROUP BY organisation_id, service_id, counsellor_id, site_id, room_id, opens_on_holidays, modalities
UNION ALL
SELECT 'claim', r.organisation_id, ARRAY[r.id], NULL, a.starts, a.ends, NULL, NULL, NULL
FROM claimed r CROSS JOIN LATERAL (
    SELECT array_agg(a.starts_at) AS starts, array_agg(a.ends_at) AS ends
    FROM allocations a
    WHERE a.organisation_id = r.organisation_id AND a.resource_id = r.id
      AND a.starts_at > r.starts_at - interval '48 hours' AND a.starts_at < r.ends_at + interval '24 hours'
      AND (a.expires_at IS NULL OR a.expires_at > $2)
      AND ($3::uuid IS NULL OR a.claim_id <> $3)) a
WHERE a.starts IS NOT NULL
UNION ALL
SELECT 'absence', r.organisation_id, ARRAY[r.id], NULL, a.starts, a.ends, NULL, NULL, NULL
FROM claimed r CROSS JOIN LATERAL (
    SELECT array_agg(a.starts_at) AS starts, array_agg(a.ends_at) AS ends
    FROM absences a
    WHERE a.organisation_id = r.organisation_id AND a.counsellor_id = r.id AND a.archived_at IS NULL
      AND a.ends_at > r.starts_at AND a.starts_at < r.ends_at) a
WHERE a.starts IS NOT NULL
UNION ALL
SELECT 'closure', c.organisation_id, ARRAY[c.site_id, c.room_id], NULL,
       array_agg(c.starts_at), array_agg(c.ends_at), NULL, NULL, NULL
FROM (SELECT organisation_id, min(starts_at) AS starts_at, max(ends_at) AS ends_at FROM offered GROUP BY 1) r
JOIN closures c ON c.organisation_id = r.organisation_id AND c.archived_at IS NULL
               AND c.ends_at > r.starts_at AND c.starts_at < r.ends_at
GROUP BY c.organisation_id, c.site_id, c.room_id
UNION ALL
SELECT 'service', v.organisation_id, ARRAY[v.id], NULL, NULL, NULL,
       ARRAY[v.length_minutes, v.start_every_minutes, v.buffer_before_minutes, v.buffer_after_minutes,
             v.minimum_notice_minutes, v.horizon_days, v.cancellation_deadline_minutes],
       v.languages, v.contact_rule || v.modalities
FROM services v
WHERE (v.organisation_id, v.id) IN (SELECT organisation_id, service_id FROM offered)
UNION ALL
SELECT 'site', p.organisation_id, ARRAY[p.id], NULL, NULL, NULL, NULL, ARRAY[p.time_zone, p.federal_state], NULL
FROM sites p
WHERE (p.organisation_id, p.id) IN (SELECT organisation_id, site_id FROM offered)
UNION ALL
SELECT 'counsellor', c.organisation_id, ARRAY[c.id], NULL, NULL, NULL, NULL, c.languages, NULL
FROM counsellors c
WHERE (c.organisation_id, c.id) IN (SELECT organisation_id, counsellor_id FROM offered)"
        )
    };
}

/// The wishes that a list of slots can have, behind what says whose slots.
macro_rules! wished {
    ($whose:literal) => {
        concat!(
            $whose,
            "
      AND s.ends_at > $5 AND o.starts_at > $6
      AND ($7::uuid IS NULL OR v.organisation_id = $7)
      AND ($8::uuid IS NULL OR s.counsellor_id = $8)
      AND ($9::uuid IS NULL OR s.site_id = $9)
      AND ($10::text IS NULL OR ($10 = ANY (v.languages) AND $10 = ANY (c.languages)))
      AND ($11::text IS NULL OR ($11 = ANY (v.modalities) AND $11 = ANY (s.modalities)))"
        )
    };
}

const BY_SERVICE: &str = calendar_where!(wished!("v.id = $1"));

const BY_TOPIC: &str = calendar_where!(wished!("v.topic = $1"));

const BY_SLOT: &str = calendar_where!("v.id = $1 AND o.session_id = $5 AND v.organisation_id = $6");
