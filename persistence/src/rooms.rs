//! Rooms.

use diesel::prelude::*;
use domain::ids::{OrganisationId, RoomId, SiteId};
use domain::line::Line;
use domain::site::{OnLoan, Room, Seats};
use uuid::Uuid;

use crate::acting::Reader;
use crate::error::{Error, Result};
use crate::resources;
use crate::schema::rooms;
use crate::stored::{Stored, parsed_set, texts_of, uuids_of};
use crate::transaction::Transaction;
use crate::versioned::versioned;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = rooms, primary_key(organisation_id, id), treat_none_as_null = true)]
struct Row {
    organisation_id: Uuid,
    id: Uuid,
    site_id: Uuid,
    name: String,
    seats: Option<i32>,
    features: Vec<String>,
    lent_by: Option<Uuid>,
    loan_id: Option<Uuid>,
    lent_room_id: Option<Uuid>,
    version: i64,
}

/// Which rooms a list has.
#[derive(Debug, Clone)]
pub struct Filter {
    pub within: Vec<OrganisationId>,
    pub site_id: Option<SiteId>,
}

/// At most `limit` rooms in the order of their ids, those after `after`.
pub async fn list(
    reader: &mut Reader,
    filter: &Filter,
    after: Option<RoomId>,
    limit: i64,
) -> Result<Vec<Stored<Room>>> {
    let mut query = rooms::table
        .select(Row::as_select())
        .filter(rooms::archived_at.is_null())
        .filter(rooms::organisation_id.eq_any(uuids_of(&filter.within)))
        .order(rooms::id)
        .limit(limit)
        .into_boxed();
    if let Some(site) = filter.site_id {
        query = query.filter(rooms::site_id.eq(site.uuid()));
    }
    if let Some(after) = after {
        query = query.filter(rooms::id.gt(after.uuid()));
    }
    let rows: Vec<Row> = reader.ask(query).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Enters the room, and the resource that it is.
pub fn insert(transaction: &mut Transaction, room: &Stored<Room>) {
    let Room {
        id,
        organisation_id,
        ..
    } = room.value;
    resources::insert(transaction, organisation_id, id.into(), "room");
    transaction.queue(diesel::insert_into(rooms::table).values(Row::from(room)));
}

versioned!(rooms of Room, by RoomId);

impl Row {
    fn key(&self) -> (Uuid, Uuid) {
        (self.organisation_id, self.id)
    }

    fn on_loan(&self) -> Option<OnLoan> {
        Some(OnLoan {
            loan_id: self.loan_id?.into(),
            owner_id: self.lent_by?.into(),
            room_id: self.lent_room_id?.into(),
        })
    }
}

impl From<&Stored<Room>> for Row {
    fn from(stored: &Stored<Room>) -> Self {
        let room = &stored.value;
        Self {
            organisation_id: room.organisation_id.uuid(),
            id: room.id.uuid(),
            site_id: room.site_id.uuid(),
            name: room.name.to_string(),
            seats: room.seats.map(|seats| seats.count().into()),
            features: texts_of(&room.features),
            lent_by: room.on_loan.map(|loan| loan.owner_id.uuid()),
            loan_id: room.on_loan.map(|loan| loan.loan_id.uuid()),
            lent_room_id: room.on_loan.map(|loan| loan.room_id.uuid()),
            version: stored.version,
        }
    }
}

impl TryFrom<Row> for Stored<Room> {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let seats = row.seats.map(|seats| Seats::new(seats.into()));
        let on_loan = row.on_loan();
        let value = Room {
            id: row.id.into(),
            organisation_id: row.organisation_id.into(),
            site_id: row.site_id.into(),
            name: Line::new(&row.name).map_err(|error| Error::corrupt("room", error))?,
            seats: seats
                .transpose()
                .map_err(|error| Error::corrupt("room", error))?,
            features: parsed_set("room", &row.features)?,
            on_loan,
        };
        Ok(Self {
            value,
            version: row.version,
        })
    }
}
