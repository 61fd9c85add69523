//! Appointments that need attention: computed, not stored, so that the list is never behind.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{
    Array, BigInt, Binary, Bool, Date, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::actor::Staff;
use domain::holidays::{FederalState, holidays_between};
use domain::ids::{AccountId, AppointmentId, CounsellorId, OrganisationId};
use domain::permission::Reach;
use uuid::Uuid;

use super::day::roles_that_reach;
use super::{Found, rows, select_appointment};
use crate::acting::as_staff;
use crate::database::Database;
use crate::error::Result;
use crate::statement::Statement;
use crate::transaction::Transaction;

/// Which appointments the list has, of those that the account may read.
#[derive(Debug, Clone, Default)]
pub struct AttentionFilter {
    pub organisation_id: Option<OrganisationId>,
    pub counsellor_id: Option<CounsellorId>,
    pub appointment_id: Option<AppointmentId>,
    /// Only those that start before.
    pub before: Option<DateTime<Utc>>,
    /// Only those with a cause of this kind.
    pub reason: Option<String>,
    /// Also those of which every cause was dealt with.
    pub with_dealt_with: bool,
}

/// An appointment, and why it needs attention.
#[derive(Debug, Clone)]
pub struct NeedsAttention {
    pub found: Found,
    pub causes: Vec<Cause>,
    /// How many proposals wait for the visitor's answer.
    pub open_proposals: i64,
}

/// One cause. Its name is the same as long as it is exactly this cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    pub reason: String,
    pub name: String,
    pub dealt_with: Option<DealtWith>,
}

/// Somebody has dealt with a cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealtWith {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    /// What they noted, sealed and bound to the organisation and this id.
    pub sealed_note: Option<Vec<u8>>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(embed)]
    appointment: rows::Row,
    #[diesel(sql_type = Array<Text>)]
    reasons: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    causes: Vec<String>,
    #[diesel(sql_type = Array<Nullable<SqlUuid>>)]
    dealings: Vec<Option<Uuid>>,
    #[diesel(sql_type = Array<Nullable<Timestamptz>>)]
    dealt_with_at: Vec<Option<DateTime<Utc>>>,
    #[diesel(sql_type = Array<Nullable<Binary>>)]
    sealed_notes: Vec<Option<Vec<u8>>>,
    #[diesel(sql_type = BigInt)]
    open_proposals: i64,
}

/// At most `limit` appointments that are not over, in the order of their starts, those after
/// `after`, and whose list it is. `None` when the account is gone.
pub async fn attention(
    database: &Database,
    account: AccountId,
    filter: &AttentionFilter,
    after: Option<(DateTime<Utc>, AppointmentId)>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Option<(Staff, Vec<NeedsAttention>)>> {
    let today = now.date_naive();
    let closed = holidays_between(today - TimeDelta::days(2), today + HOLIDAYS_AHEAD);
    let (states, days): (Vec<String>, Vec<NaiveDate>) = closed
        .into_iter()
        .map(|(state, day): (FederalState, NaiveDate)| (state.code().to_owned(), day))
        .unzip();
    let query = Statement::new(ATTENTION)
        .bind::<SqlUuid, _>(account.uuid())
        .bind::<Array<Text>, _>(roles_that_reach(Reach::All))
        .bind::<Array<Text>, _>(roles_that_reach(Reach::Own))
        .bind::<Timestamptz, _>(now)
        .bind::<Nullable<Timestamptz>, _>(filter.before)
        .bind::<Nullable<SqlUuid>, _>(filter.organisation_id.map(Uuid::from))
        .bind::<Nullable<SqlUuid>, _>(filter.counsellor_id.map(Uuid::from))
        .bind::<Nullable<SqlUuid>, _>(filter.appointment_id.map(Uuid::from))
        .bind::<Nullable<Text>, _>(filter.reason.clone())
        .bind::<Bool, _>(filter.with_dealt_with)
        .bind::<Array<Text>, _>(states)
        .bind::<Array<Date>, _>(days)
        .bind::<Nullable<Timestamptz>, _>(after.map(|(starts_at, _)| starts_at))
        .bind::<Nullable<SqlUuid>, _>(after.map(|(_, id)| id.uuid()))
        .bind::<BigInt, _>(limit);
    let found = database
        .staff_finds::<Row, NeedsAttention>(account, query)
        .await?;
    let Some((staff, mut found)) = found else {
        return Ok(None);
    };
    // They come in this order; but what is joined owes none.
    found.sort_by_key(|it| {
        (
            it.found.appointment.place.span.from(),
            it.found.appointment.id,
        )
    });
    Ok(Some((staff, found)))
}

/// No service books further ahead than a year; what was moved by hand may lie further.
const HOLIDAYS_AHEAD: TimeDelta = TimeDelta::days(800);

impl TryFrom<Row> for NeedsAttention {
    type Error = crate::error::Error;

    fn try_from(row: Row) -> Result<Self> {
        let dealt_with = row.dealings.into_iter().zip(row.dealt_with_at);
        let dealt_with = dealt_with.zip(row.sealed_notes).map(|((id, at), note)| {
            Some(DealtWith {
                id: id?,
                at: at?,
                sealed_note: note,
            })
        });
        let named = row.reasons.into_iter().zip(row.causes).zip(dealt_with);
        let causes = named.map(|((reason, name), dealt_with)| Cause {
            reason,
            name,
            dealt_with,
        });
        Ok(Self {
            found: row.appointment.try_into()?,
            causes: causes.collect(),
            open_proposals: row.open_proposals,
        })
    }
}

/// Why the appointment `b`, in the session `s` at the site `p`, needs attention. `$11` and `$12`
/// the public holidays: states, and days beside them.
macro_rules! causes {
    () => {
        "SELECT 'absence' AS reason, 'absence:' || x.id AS cause FROM absences x
         WHERE x.organisation_id = b.organisation_id AND x.counsellor_id IN (b.counsellor_id, b.interpreter_id, b.second_counsellor_id) AND x.archived_at IS NULL
           AND x.starts_at < b.ends_at AND x.ends_at > b.starts_at
         UNION ALL
         SELECT 'closure', 'closure:' || x.id FROM closures x
         WHERE x.organisation_id = b.organisation_id AND x.archived_at IS NULL
           AND (x.site_id IS NULL OR x.site_id = b.site_id) AND (x.room_id IS NULL OR x.room_id = b.room_id)
           AND x.starts_at < b.ends_at AND x.ends_at > b.starts_at
         UNION ALL
         SELECT 'public_holiday', 'public_holiday:' || h.day FROM unnest($11, $12) AS h (state, day)
         WHERE h.state = p.federal_state AND NOT s.opens_on_holidays
           AND h.day BETWEEN (b.starts_at AT TIME ZONE p.time_zone)::date
                         AND ((b.ends_at - interval '1 microsecond') AT TIME ZONE p.time_zone)::date
         UNION ALL
         SELECT 'session_withdrawn', 'session_withdrawn:' || s.id WHERE s.status = 'withdrawn'
         UNION ALL
         SELECT 'outside_session', 'outside_session:' || s.id || '@' || s.version
         WHERE s.status = 'published' AND (s.starts_at > b.starts_at OR s.ends_at < b.ends_at)
         UNION ALL
         SELECT 'session_changed', 'session_changed:' || s.id || '@' || s.version
         WHERE s.status = 'published' AND (s.counsellor_id <> b.counsellor_id OR s.site_id <> b.site_id
             OR s.room_id IS DISTINCT FROM b.room_id AND NOT (s.room_id IS NULL AND (
                 SELECT v.needs_room FROM services v
                 WHERE v.organisation_id = b.organisation_id AND v.id = b.service_id))
             OR NOT EXISTS (
                 SELECT FROM session_services o
                 WHERE o.organisation_id = s.organisation_id AND o.session_id = s.id AND o.service_id = b.service_id
                   AND b.modality = ANY (o.modalities)))
         UNION ALL
         SELECT 'modality_switched', 'modality_switched:' || b.modality FROM appointments x
         WHERE x.organisation_id = b.organisation_id AND x.id = b.id AND x.agreed_modality IS NOT NULL
         UNION ALL
         SELECT 'counsellor_archived', 'counsellor_archived:' || x.id FROM counsellors x
         WHERE x.organisation_id = b.organisation_id AND x.id IN (b.counsellor_id, b.interpreter_id, b.second_counsellor_id) AND x.archived_at IS NOT NULL
         UNION ALL
         SELECT 'room_archived', 'room_archived:' || x.id FROM rooms x
         WHERE x.organisation_id = b.organisation_id AND x.id = b.room_id AND x.archived_at IS NOT NULL
         UNION ALL
         SELECT x.reason, x.cause FROM rooms q
         CROSS JOIN LATERAL lent_causes(q.organisation_id, q.id, b.starts_at, b.ends_at) x
         WHERE q.organisation_id = b.organisation_id AND q.id = b.room_id AND q.loan_id IS NOT NULL
         UNION ALL
         SELECT 'service_archived', 'service_archived:' || x.id FROM services x
         WHERE x.organisation_id = b.organisation_id AND x.id = b.service_id AND x.archived_at IS NOT NULL
         UNION ALL
         SELECT 'site_archived', 'site_archived:' || p.id WHERE p.archived_at IS NOT NULL
         UNION ALL
         SELECT 'organisation_archived', 'organisation_archived:' || x.id FROM organisations x
         WHERE x.id = b.organisation_id AND x.archived_at IS NOT NULL"
    };
}

/// What is reached is worked out once, not for each appointment. No appointment is longer than a day.
const ATTENTION: &str = as_staff!(concat!(
    "SELECT b.*, n.reasons, n.causes, n.dealings, n.dealt_with_at, n.sealed_notes,
            (SELECT count(*) FROM proposals r
             WHERE r.organisation_id = b.organisation_id AND r.appointment_id = b.id
               AND r.state = 'open' AND r.expires_at > $4) AS open_proposals
     FROM (SELECT array_agg(organisation_id) FILTER (WHERE role = ANY ($2)) AS organisations,
                  array_agg(counsellor_id) FILTER (WHERE role = ANY ($3)) AS counsellors
           FROM unnest(staff.staff_organisations, staff.staff_roles, staff.staff_counsellors)
                AS mine (organisation_id, role, counsellor_id)) AS reached
     CROSS JOIN LATERAL (",
    select_appointment!(
        "WHERE a.starts_at > $4::timestamptz - interval '24 hours' AND a.ends_at > $4
           AND ($5::timestamptz IS NULL OR a.starts_at < $5)
           AND (a.organisation_id = ANY (reached.organisations) OR a.counsellor_id = ANY (reached.counsellors)
                OR a.second_counsellor_id = ANY (reached.counsellors))
           AND ($6::uuid IS NULL OR a.organisation_id = $6)
           AND ($7::uuid IS NULL OR $7 IN (a.counsellor_id, a.second_counsellor_id))
           AND ($8::uuid IS NULL OR a.id = $8)
           AND a.status IN ('requested', 'booked', 'checked_in')
           AND ($13::timestamptz IS NULL OR (a.starts_at, a.id) > ($13, $14))"
    ),
    ") AS b
     JOIN sessions s ON s.organisation_id = b.organisation_id AND s.id = b.session_id
     JOIN sites p ON p.organisation_id = b.organisation_id AND p.id = b.site_id
     CROSS JOIN LATERAL (
        SELECT array_agg(x.reason ORDER BY x.cause) AS reasons, array_agg(x.cause ORDER BY x.cause) AS causes,
               array_agg(d.id ORDER BY x.cause) AS dealings, array_agg(d.dealt_with_at ORDER BY x.cause) AS dealt_with_at,
               array_agg(d.sealed_note ORDER BY x.cause) AS sealed_notes, bool_and(d.id IS NOT NULL) AS is_done
        FROM (",
    causes!(),
    ") AS x
        LEFT JOIN attention_dealings d ON d.organisation_id = b.organisation_id AND d.appointment_id = b.id
            AND d.starts_at = b.starts_at AND d.cause = x.cause) AS n
     WHERE n.reasons IS NOT NULL AND ($10 OR NOT n.is_done) AND ($9::text IS NULL OR $9 = ANY (n.reasons))
     ORDER BY b.starts_at, b.id LIMIT $15"
));

/// That somebody has dealt with a cause.
#[derive(Debug)]
pub struct Dealing<'d> {
    pub found: &'d Found,
    pub cause: &'d str,
    pub account: AccountId,
    pub dealt_with: DealtWith,
}

impl Dealing<'_> {
    /// Keeps it; whoever was first stays the one who did.
    pub fn insert(self, transaction: &mut Transaction) {
        let appointment = &self.found.appointment;
        transaction.in_order();
        let insert = Statement::new(
            "INSERT INTO attention_dealings (organisation_id, id, appointment_id, starts_at, cause, account_id,
                                             dealt_with_at, sealed_note, delete_after)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 + retention_days * interval '1 day'
             FROM organisations WHERE id = $1
             ON CONFLICT ON CONSTRAINT attention_dealings_cause_key DO NOTHING",
        );
        transaction.write(
            insert
                .bind::<SqlUuid, _>(appointment.organisation_id.uuid())
                .bind::<SqlUuid, _>(self.dealt_with.id)
                .bind::<SqlUuid, _>(appointment.id.uuid())
                .bind::<Timestamptz, _>(appointment.place.span.from())
                .bind::<Text, _>(self.cause.to_owned())
                .bind::<SqlUuid, _>(self.account.uuid())
                .bind::<Timestamptz, _>(self.dealt_with.at)
                .bind::<Nullable<Binary>, _>(self.dealt_with.sealed_note)
                .bind::<Timestamptz, _>(appointment.place.span.before()),
        );
    }
}
