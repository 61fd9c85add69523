//! Places that are kept for the visitors of partners. Whether some are free is told by `places_of`.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Uuid as SqlUuid};
use domain::ids::{CourseId, KeptPlacesId, OrganisationId, SessionId};
use domain::kept_places::{KeptOf, KeptPlaces};
use domain::minutes::Minutes;
use domain::places::Capacity;
use uuid::Uuid;

use crate::acting::Reader;
use crate::error::{Error, Result};
use crate::schema::kept_places;
use crate::statement::Statement;
use crate::stored::{Stored, uuids_of};
use crate::transaction::Transaction;
use crate::versioned::versioned;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = kept_places, primary_key(organisation_id, id), treat_none_as_null = true)]
struct Row {
    organisation_id: Uuid,
    id: Uuid,
    service_id: Uuid,
    session_id: Option<Uuid>,
    course_id: Option<Uuid>,
    partner_id: Uuid,
    places: i32,
    release_minutes: Option<i32>,
    version: i64,
}

/// What of all that it refers to is there.
#[derive(Debug, QueryableByName)]
pub struct Whereabouts {
    /// Whether it is a group or a course of the organisation.
    #[diesel(sql_type = Bool)]
    pub service: bool,
    #[diesel(sql_type = Bool)]
    pub session: bool,
    #[diesel(sql_type = Bool)]
    pub course: bool,
    #[diesel(sql_type = Bool)]
    pub partner: bool,
}

pub async fn whereabouts(
    transaction: &mut Transaction,
    kept: &KeptPlaces,
) -> Result<Option<Whereabouts>> {
    let query = Statement::new(
        "SELECT EXISTS (SELECT FROM services v WHERE v.organisation_id = $1 AND v.id = $2 AND v.archived_at IS NULL
                           AND v.format IN ('group', 'course')) AS service,
                $3::uuid IS NULL OR EXISTS (SELECT FROM session_services o
                    WHERE o.organisation_id = $1 AND o.session_id = $3 AND o.service_id = $2) AS session,
                $4::uuid IS NULL OR EXISTS (SELECT FROM courses c WHERE c.organisation_id = $1 AND c.id = $4
                    AND c.service_id = $2 AND c.archived_at IS NULL) AS course,
                EXISTS (SELECT FROM organisations p WHERE p.id = $5 AND p.archived_at IS NULL) AS partner",
    );
    let query = query
        .bind::<SqlUuid, _>(kept.organisation_id.uuid())
        .bind::<SqlUuid, _>(kept.service_id.uuid())
        .bind::<Nullable<SqlUuid>, _>(kept.of.session().map(SessionId::uuid))
        .bind::<Nullable<SqlUuid>, _>(kept.of.course().map(CourseId::uuid))
        .bind::<SqlUuid, _>(kept.partner_id.uuid());
    transaction.ask_one(query).await
}

/// At most `limit` that these organisations keep, or that are kept for them, in the order of their
/// ids, those after `after`.
pub async fn list(
    reader: &mut Reader,
    within: &[OrganisationId],
    after: Option<KeptPlacesId>,
    limit: i64,
) -> Result<Vec<Stored<KeptPlaces>>> {
    let own = kept_places::organisation_id.eq_any(uuids_of(within));
    let mut query = kept_places::table
        .select(Row::as_select())
        .filter(kept_places::archived_at.is_null())
        .filter(own.or(kept_places::partner_id.eq_any(uuids_of(within))))
        .order(kept_places::id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(kept_places::id.gt(after.uuid()));
    }
    let rows: Vec<Row> = reader.ask(query).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

pub fn insert(transaction: &mut Transaction, stored: &Stored<KeptPlaces>) {
    transaction.queue(diesel::insert_into(kept_places::table).values(Row::from(stored)));
}

versioned!(kept_places of KeptPlaces, by KeptPlacesId);

impl Row {
    fn key(&self) -> (Uuid, Uuid) {
        (self.organisation_id, self.id)
    }
}

impl From<&Stored<KeptPlaces>> for Row {
    fn from(stored: &Stored<KeptPlaces>) -> Self {
        let kept = &stored.value;
        let minutes = |release: Minutes| i32::try_from(release.count()).unwrap_or(i32::MAX);
        Self {
            organisation_id: kept.organisation_id.uuid(),
            id: kept.id.uuid(),
            service_id: kept.service_id.uuid(),
            session_id: kept.of.session().map(SessionId::uuid),
            course_id: kept.of.course().map(CourseId::uuid),
            partner_id: kept.partner_id.uuid(),
            places: kept.places.count().into(),
            release_minutes: kept.release.map(minutes),
            version: stored.version,
        }
    }
}

impl TryFrom<Row> for Stored<KeptPlaces> {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let corrupt = |why: &dyn std::fmt::Display| Error::corrupt("kept place", why);
        let minutes = |count: i32| {
            let count = u32::try_from(count).map_err(|error| corrupt(&error))?;
            Minutes::new(count).map_err(|error| corrupt(&error))
        };
        let of = match (row.session_id, row.course_id) {
            (Some(session), None) => KeptOf::Session(session.into()),
            (None, Some(course)) => KeptOf::Course(course.into()),
            (None, None) => KeptOf::Service,
            (Some(_), Some(_)) => return Err(corrupt(&"of a session and a course")),
        };
        let value = KeptPlaces {
            id: row.id.into(),
            organisation_id: row.organisation_id.into(),
            service_id: row.service_id.into(),
            of,
            partner_id: row.partner_id.into(),
            places: Capacity::new(row.places.into()).map_err(|error| corrupt(&error))?,
            release: row.release_minutes.map(minutes).transpose()?,
        };
        Ok(Self {
            value,
            version: row.version,
        })
    }
}
