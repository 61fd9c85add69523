//! What a thing refers to: whether it is there, in the same organisation, and in use.

use std::collections::BTreeSet;

use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Nullable, Uuid as SqlUuid};
use domain::ids::{
    AccountId, CounsellorId, EquipmentId, OrganisationId, RoomId, ServiceId, SiteId,
};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::statement::Statement;
use crate::stored::uuids_of;
use crate::transaction::Transaction;

/// What a thing of an organisation refers to.
#[derive(Debug, Clone)]
pub struct References {
    pub organisation_id: OrganisationId,
    pub account_id: Option<AccountId>,
    pub counsellor_id: Option<CounsellorId>,
    pub site_id: Option<SiteId>,
    pub room_id: Option<RoomId>,
    pub service_ids: BTreeSet<ServiceId>,
    pub equipment_ids: BTreeSet<EquipmentId>,
}

/// What there is of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub account: bool,
    pub counsellor: bool,
    pub site: bool,
    /// The site of the room.
    pub room_at: Option<SiteId>,
    pub service_ids: BTreeSet<ServiceId>,
    /// Whether one of the services has a session to itself.
    pub wants_all: bool,
    pub equipment_ids: BTreeSet<EquipmentId>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Bool)]
    account: bool,
    #[diesel(sql_type = Bool)]
    counsellor: bool,
    #[diesel(sql_type = Bool)]
    site: bool,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    room_at: Option<Uuid>,
    #[diesel(sql_type = Array<SqlUuid>)]
    service_ids: Vec<Uuid>,
    #[diesel(sql_type = Bool)]
    wants_all: bool,
    #[diesel(sql_type = Array<SqlUuid>)]
    equipment_ids: Vec<Uuid>,
}

impl References {
    #[must_use]
    pub const fn of(organisation_id: OrganisationId) -> Self {
        Self {
            organisation_id,
            account_id: None,
            counsellor_id: None,
            site_id: None,
            room_id: None,
            service_ids: BTreeSet::new(),
            equipment_ids: BTreeSet::new(),
        }
    }

    pub async fn find(&self, transaction: &mut Transaction) -> Result<Found> {
        let services = uuids_of(&self.service_ids);
        let query = Statement::new(FIND)
            .bind::<SqlUuid, _>(self.organisation_id.uuid())
            .bind::<Nullable<SqlUuid>, _>(self.account_id.map(AccountId::uuid))
            .bind::<Nullable<SqlUuid>, _>(self.counsellor_id.map(CounsellorId::uuid))
            .bind::<Nullable<SqlUuid>, _>(self.site_id.map(SiteId::uuid))
            .bind::<Nullable<SqlUuid>, _>(self.room_id.map(RoomId::uuid))
            .bind::<Array<SqlUuid>, _>(services)
            .bind::<Array<SqlUuid>, _>(uuids_of(&self.equipment_ids));
        let found: Option<Row> = transaction.ask_one(query).await?;
        let row = found.ok_or_else(|| Error::corrupt("reference", "no row"))?;
        Ok(Found {
            account: row.account,
            counsellor: row.counsellor,
            site: row.site,
            room_at: row.room_at.map(SiteId::new),
            service_ids: row.service_ids.into_iter().map(ServiceId::new).collect(),
            wants_all: row.wants_all,
            equipment_ids: row
                .equipment_ids
                .into_iter()
                .map(EquipmentId::new)
                .collect(),
        })
    }
}

const FIND: &str = "
    SELECT EXISTS (SELECT FROM memberships WHERE organisation_id = $1 AND account_id = $2) AS account,
           EXISTS (SELECT FROM counsellors
                   WHERE organisation_id = $1 AND id = $3 AND archived_at IS NULL) AS counsellor,
           EXISTS (SELECT FROM sites
                   WHERE organisation_id = $1 AND id = $4 AND archived_at IS NULL) AS site,
           (SELECT site_id FROM rooms
            WHERE organisation_id = $1 AND id = $5 AND archived_at IS NULL) AS room_at,
           ARRAY(SELECT id FROM services
                 WHERE organisation_id = $1 AND id = ANY ($6) AND archived_at IS NULL) AS service_ids,
           EXISTS (SELECT FROM services
                   WHERE organisation_id = $1 AND id = ANY ($6) AND format IN ('group', 'course')) AS wants_all,
           ARRAY(SELECT id FROM equipment
                 WHERE organisation_id = $1 AND id = ANY ($7) AND archived_at IS NULL) AS equipment_ids";
