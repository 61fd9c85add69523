//! Equipment, of which each piece is a resource.

use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Uuid as SqlUuid};
use domain::ids::{EquipmentId, OrganisationId, SiteId};
use domain::line::Line;
use domain::needs::{Equipment, Pieces};
use uuid::Uuid;

use crate::acting::Reader;
use crate::error::{Error, Result};
use crate::schema::equipment;
use crate::statement::Statement;
use crate::stored::{Stored, uuids_of};
use crate::transaction::Transaction;
use crate::versioned::versioned;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = equipment, primary_key(organisation_id, id), treat_none_as_null = true)]
struct Row {
    organisation_id: Uuid,
    id: Uuid,
    site_id: Option<Uuid>,
    name: String,
    pieces: i32,
    version: i64,
}

/// At most `limit` of these organisations in the order of their ids, those after `after`.
pub async fn list(
    reader: &mut Reader,
    within: &[OrganisationId],
    after: Option<EquipmentId>,
    limit: i64,
) -> Result<Vec<Stored<Equipment>>> {
    let mut query = equipment::table
        .select(Row::as_select())
        .filter(equipment::archived_at.is_null())
        .filter(equipment::organisation_id.eq_any(uuids_of(within)))
        .order(equipment::id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(equipment::id.gt(after.uuid()));
    }
    let rows: Vec<Row> = reader.ask(query).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub fn insert(transaction: &mut Transaction, stored: &Stored<Equipment>) {
    transaction.queue(diesel::insert_into(equipment::table).values(Row::from(stored)));
    add_pieces(transaction, &stored.value);
}

/// Enters the pieces above those there have been, each as the resource that it is. Of fewer pieces
/// the last are out of use, and come back with their number.
pub fn add_pieces(transaction: &mut Transaction, equipment: &Equipment) {
    let numbers: Vec<i32> = (1..=equipment.pieces.count().into()).collect();
    let ids: Vec<Uuid> = numbers.iter().map(|_| Uuid::now_v7()).collect();
    transaction.queue(
        Statement::new(ADD_PIECES)
            .bind::<SqlUuid, _>(equipment.organisation_id.uuid())
            .bind::<SqlUuid, _>(equipment.id.uuid())
            .bind::<Array<Integer>, _>(numbers)
            .bind::<Array<SqlUuid>, _>(ids),
    );
}

/// Locks its pieces: who books meanwhile waits, and then sees the change.
pub fn lock(transaction: &mut Transaction, id: EquipmentId) {
    let lock = Statement::new(
        "SELECT id FROM resources
         WHERE (organisation_id, id) IN (SELECT organisation_id, id FROM equipment_pieces WHERE equipment_id = $1)
         ORDER BY id FOR NO KEY UPDATE",
    );
    transaction.queue(lock.bind::<SqlUuid, _>(id.uuid()));
}

const ADD_PIECES: &str = "
    WITH added AS (
        SELECT n.number, n.id FROM unnest($3, $4) AS n (number, id)
        WHERE NOT EXISTS (SELECT FROM equipment_pieces p
                          WHERE p.organisation_id = $1 AND p.equipment_id = $2 AND p.number = n.number)),
    entered AS (
        INSERT INTO resources (organisation_id, id, kind) SELECT $1, id, 'equipment' FROM added)
    INSERT INTO equipment_pieces (organisation_id, equipment_id, number, id) SELECT $1, $2, number, id FROM added";

versioned!(equipment of Equipment, by EquipmentId);

impl Row {
    fn key(&self) -> (Uuid, Uuid) {
        (self.organisation_id, self.id)
    }
}

impl From<&Stored<Equipment>> for Row {
    fn from(stored: &Stored<Equipment>) -> Self {
        let equipment = &stored.value;
        Self {
            organisation_id: equipment.organisation_id.uuid(),
            id: equipment.id.uuid(),
            site_id: equipment.site_id.map(SiteId::uuid),
            name: equipment.name.to_string(),
            pieces: equipment.pieces.count().into(),
            version: stored.version,
        }
    }
}

impl TryFrom<Row> for Stored<Equipment> {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let pieces = Pieces::new(row.pieces.into());
        let value = Equipment {
            id: row.id.into(),
            organisation_id: row.organisation_id.into(),
            site_id: row.site_id.map(SiteId::new),
            name: Line::new(&row.name).map_err(|error| Error::corrupt("equipment", error))?,
            pieces: pieces.map_err(|error| Error::corrupt("equipment", error))?,
        };
        Ok(Self {
            value,
            version: row.version,
        })
    }
}
