//! Switches of modality. What sessions are held on is worked out by the data base (`ways_of`), as it
//! is when they are published.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Timestamptz, Uuid as SqlUuid};
use domain::ids::{
    AppointmentId, CounsellorId, ModalitySwitchId, OrganisationId, ServiceId, SiteId,
};
use domain::modality_switch::{ModalitySwitch, Remote, SwitchScope};
use uuid::Uuid;

use crate::acting::Reader;
use crate::appointments;
use crate::audit::Entry;
use crate::error::{Error, Result};
use crate::schema::modality_switches;
use crate::statement::Statement;
use crate::stored::{parsed, uuids_of};
use crate::transaction::Transaction;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = modality_switches)]
struct Row {
    organisation_id: Uuid,
    id: Uuid,
    counsellor_id: Option<Uuid>,
    site_id: Option<Uuid>,
    service_id: Option<Uuid>,
    modality: String,
    starts_at: DateTime<Utc>,
    ends_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
}

/// At most `limit` switches of these organisations in the order of their ids, those after `after`.
pub async fn list(
    reader: &mut Reader,
    within: &[OrganisationId],
    after: Option<ModalitySwitchId>,
    limit: i64,
) -> Result<Vec<ModalitySwitch>> {
    let mut query = modality_switches::table
        .select(Row::as_select())
        .filter(modality_switches::organisation_id.eq_any(uuids_of(within)))
        .order(modality_switches::id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(modality_switches::id.gt(after.uuid()));
    }
    let rows: Vec<Row> = reader.ask(query).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub async fn find(reader: &mut Reader, id: ModalitySwitchId) -> Result<Option<ModalitySwitch>> {
    let query = modality_switches::table
        .select(Row::as_select())
        .filter(modality_switches::id.eq(id.uuid()));
    let row = reader.ask_one::<Row, _>(query).await?;
    row.map(TryInto::try_into).transpose()
}

/// Locks all resources of its organisation: who books meanwhile waits, and then sees the change.
pub fn lock(transaction: &mut Transaction, id: ModalitySwitchId) {
    let lock = Statement::new(
        "SELECT id FROM resources
         WHERE organisation_id = (SELECT organisation_id FROM modality_switches WHERE id = $1)
         ORDER BY id FOR NO KEY UPDATE",
    );
    transaction.queue(lock.bind::<SqlUuid, _>(id.uuid()));
}

/// For a change, locked until the transaction ends.
pub async fn find_for_update(
    transaction: &mut Transaction,
    id: ModalitySwitchId,
) -> Result<Option<ModalitySwitch>> {
    let query = modality_switches::table
        .select(Row::as_select())
        .filter(modality_switches::id.eq(id.uuid()))
        .for_no_key_update();
    let row = transaction.ask_one::<Row, _>(query).await?;
    row.map(TryInto::try_into).transpose()
}

pub fn insert(transaction: &mut Transaction, switch: &ModalitySwitch) {
    transaction.queue(diesel::insert_into(modality_switches::table).values(Row::from(switch)));
}

/// Keeps when it ended.
pub fn end(transaction: &mut Transaction, switch: &ModalitySwitch) {
    let target = modality_switches::table.find((switch.organisation_id.uuid(), switch.id.uuid()));
    transaction.queue(diesel::update(target).set((
        modality_switches::ends_at.eq(switch.ends_at),
        modality_switches::ended_at.eq(switch.ended_at),
    )));
}

/// Lets the sessions and the open appointments of its scope follow what is stored of switches, from
/// its start on; answers the appointments that changed, by their start. All resources of the
/// organisation are locked.
pub async fn follow(
    transaction: &mut Transaction,
    switch: &ModalitySwitch,
    by: &Entry,
) -> Result<Vec<AppointmentId>> {
    let organisation = switch.organisation_id.uuid();
    transaction.queue(Statement::new(EXCLUDE_PUBLICATIONS).bind::<SqlUuid, _>(organisation));
    transaction.queue(bound(SWITCH_SESSIONS, switch, by.at));
    let rows: Vec<Switched> = transaction
        .ask(bound(SWITCH_APPOINTMENTS, switch, by.at))
        .await?;
    for row in &rows {
        let entry = Entry {
            action: "switch-modality",
            subject_kind: "appointment",
            subject_id: row.id,
            ..by.clone()
        };
        transaction.audit(entry.touching(vec!["modality".to_owned()]));
        let key = (switch.organisation_id, row.id.into());
        appointments::happened(transaction, "appointment.modality-switched", key, by.at);
    }
    Ok(rows.into_iter().map(|row| row.id.into()).collect())
}

fn bound(text: &'static str, switch: &ModalitySwitch, now: DateTime<Utc>) -> Statement<'static> {
    let scope = switch.scope;
    Statement::new(text)
        .bind::<SqlUuid, _>(switch.organisation_id.uuid())
        .bind::<Nullable<SqlUuid>, _>(scope.counsellor_id().map(CounsellorId::uuid))
        .bind::<Nullable<SqlUuid>, _>(scope.site_id().map(SiteId::uuid))
        .bind::<Nullable<SqlUuid>, _>(scope.service_id().map(ServiceId::uuid))
        .bind::<Timestamptz, _>(switch.starts_at.max(now))
}

#[derive(QueryableByName)]
struct Switched {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// As `copy_session_and_topic` shares it.
const EXCLUDE_PUBLICATIONS: &str =
    "SELECT pg_advisory_xact_lock(hashtextextended('modality_switches ' || $1::uuid, 0))::text";

/// Those that are not over. What is long past stays as it was.
const SWITCH_SESSIONS: &str = "
    UPDATE session_services o SET modalities = ways_of(o.organisation_id, o.session_id, o.service_id)
    WHERE o.organisation_id = $1 AND o.starts_at > $5 - interval '25 hours' AND o.ends_at > $5
      AND ($2::uuid IS NULL OR o.counsellor_id = $2) AND ($3::uuid IS NULL OR o.site_id = $3)
      AND ($4::uuid IS NULL OR o.service_id = $4)
      AND o.modalities IS DISTINCT FROM ways_of(o.organisation_id, o.session_id, o.service_id)";

/// Those that have not begun, and were agreed to take place in person.
const SWITCH_APPOINTMENTS: &str = "
    WITH wanted AS MATERIALIZED (
        SELECT a.organisation_id, a.id, a.starts_at, switched_to(a.organisation_id, a.session_id, a.service_id) AS instead
        FROM appointments a
        WHERE a.organisation_id = $1 AND a.starts_at > $5
          AND ($2::uuid IS NULL OR a.counsellor_id = $2) AND ($3::uuid IS NULL OR a.site_id = $3)
          AND ($4::uuid IS NULL OR a.service_id = $4)
          AND a.status IN ('requested', 'booked') AND 'in_person' IN (a.modality, a.agreed_modality)
        FOR NO KEY UPDATE),
    switched AS (
        UPDATE appointments a
        SET modality = coalesce(w.instead, 'in_person'),
            agreed_modality = CASE WHEN w.instead IS NOT NULL THEN 'in_person' END,
            version = a.version + 1
        FROM wanted w
        WHERE a.organisation_id = w.organisation_id AND a.id = w.id AND a.modality <> coalesce(w.instead, 'in_person')
        RETURNING a.id, a.starts_at)
    SELECT id FROM switched ORDER BY starts_at, id";

impl From<&ModalitySwitch> for Row {
    fn from(switch: &ModalitySwitch) -> Self {
        Self {
            organisation_id: switch.organisation_id.uuid(),
            id: switch.id.uuid(),
            counsellor_id: switch.scope.counsellor_id().map(CounsellorId::uuid),
            site_id: switch.scope.site_id().map(SiteId::uuid),
            service_id: switch.scope.service_id().map(ServiceId::uuid),
            modality: switch.to.modality().to_string(),
            starts_at: switch.starts_at,
            ends_at: switch.ends_at,
            ended_at: switch.ended_at,
        }
    }
}

impl TryFrom<Row> for ModalitySwitch {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let corrupt = |error: &dyn std::fmt::Display| Error::corrupt("modality switch", error);
        let scope = SwitchScope::new(
            row.counsellor_id.map(Into::into),
            row.site_id.map(Into::into),
            row.service_id.map(Into::into),
        );
        let to = Remote::new(parsed("modality switch", &row.modality)?);
        Ok(Self {
            id: row.id.into(),
            organisation_id: row.organisation_id.into(),
            scope: scope.map_err(|error| corrupt(&error))?,
            to: to.map_err(|error| corrupt(&error))?,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            ended_at: row.ended_at,
        })
    }
}
