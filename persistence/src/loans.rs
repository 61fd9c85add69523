//! Loans of rooms, which their owner and their borrower read.

mod lent;
mod uses;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::ids::{LoanId, OrganisationId, RoomId, SiteId};
use domain::loan::{Loan, Quota, Terms, WeeklyHours};
use domain::schedule::Validity;
use domain::site::OnLoan;
use uuid::Uuid;

use crate::acting::Reader;
use crate::error::{Error, Result};
use crate::schema::loans;
use crate::statement::Statement;
use crate::stored::{Stored, parsed, texts_of, uuids_of};
use crate::transaction::Transaction;
use crate::versioned::versioned;
pub(crate) use lent::lent;
pub use uses::{LentUse, Use, busy, lent_from, uses, uses_ahead};

#[derive(Queryable, QueryableByName, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = loans, primary_key(organisation_id, id), treat_none_as_null = true)]
struct Row {
    organisation_id: Uuid,
    id: Uuid,
    room_id: Uuid,
    borrower_id: Uuid,
    time_zone: String,
    hours: Vec<String>,
    valid_from: NaiveDate,
    valid_until: Option<NaiveDate>,
    quota: Option<i32>,
    quota_unit: Option<String>,
    quota_per: Option<String>,
    version: i64,
}

/// A loan, with what both sides see of the room.
#[derive(Debug, Clone)]
pub struct Found {
    pub loan: Stored<Loan>,
    pub room_name: String,
    pub seats: Option<i32>,
    pub features: Vec<String>,
    pub street: String,
    pub postal_code: String,
    pub city: String,
    /// The room that the borrower has entered for it, where the borrower asks.
    pub entered_as: Option<RoomId>,
}

#[derive(QueryableByName)]
struct FoundRow {
    #[diesel(embed)]
    loan: Row,
    #[diesel(sql_type = Text)]
    room_name: String,
    #[diesel(sql_type = Nullable<Integer>)]
    seats: Option<i32>,
    #[diesel(sql_type = Array<Text>)]
    features: Vec<String>,
    #[diesel(sql_type = Text)]
    street: String,
    #[diesel(sql_type = Text)]
    postal_code: String,
    #[diesel(sql_type = Text)]
    city: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    entered_as: Option<Uuid>,
}

/// Loans `l` that have not ended, with their rooms and where those are; needs a condition behind.
macro_rules! select_loan {
    ($rest:literal) => {
        concat!(
            "SELECT l.organisation_id, l.id, l.room_id, l.borrower_id, l.time_zone, l.hours, l.valid_from, l.valid_until,
       l.quota, l.quota_unit, l.quota_per, l.version,
       q.name AS room_name, q.seats, q.features, p.street, p.postal_code, p.city,
       (SELECT b.id FROM rooms b WHERE b.organisation_id = l.borrower_id AND b.loan_id = l.id) AS entered_as
FROM loans l
JOIN rooms q ON q.organisation_id = l.organisation_id AND q.id = l.room_id
JOIN sites p ON p.organisation_id = q.organisation_id AND p.id = q.site_id
WHERE l.archived_at IS NULL AND ",
            $rest
        )
    };
}

/// At most `limit` loans that these organisations give or take, in the order of their ids, those
/// after `after`.
pub async fn list(
    reader: &mut Reader,
    within: &[OrganisationId],
    after: Option<LoanId>,
    limit: i64,
) -> Result<Vec<Found>> {
    let query = Statement::new(select_loan!(
        "(l.organisation_id = ANY ($1) OR l.borrower_id = ANY ($1)) AND ($2 IS NULL OR l.id > $2) ORDER BY l.id LIMIT $3"
    ))
    .bind::<Array<SqlUuid>, _>(uuids_of(within))
    .bind::<Nullable<SqlUuid>, _>(after.map(LoanId::uuid))
    .bind::<BigInt, _>(limit);
    let rows: Vec<FoundRow> = reader.ask(query).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// As the walls let it through.
pub async fn look_at(transaction: &mut Transaction, id: LoanId) -> Result<Option<Found>> {
    let query = Statement::new(select_loan!("l.id = $1")).bind::<SqlUuid, _>(id.uuid());
    let row: Option<FoundRow> = transaction.ask_one(query).await?;
    row.map(TryInto::try_into).transpose()
}

pub fn insert(transaction: &mut Transaction, loan: &Stored<Loan>) {
    transaction.queue(diesel::insert_into(loans::table).values(Row::from(loan)));
}

versioned!(loans of Loan, by LoanId);

/// Ends the loans of all rooms at a site.
pub fn end_at(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    site: SiteId,
    now: DateTime<Utc>,
) {
    transaction.queue(
        Statement::new(
            "UPDATE loans SET archived_at = $3, version = version + 1
             WHERE organisation_id = $1 AND archived_at IS NULL
               AND room_id IN (SELECT id FROM rooms WHERE organisation_id = $1 AND site_id = $2)",
        )
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<SqlUuid, _>(site.uuid())
        .bind::<Timestamptz, _>(now),
    );
}

/// Locks the room of a loan: who claims it meanwhile waits, and then sees the change.
pub fn lock(transaction: &mut Transaction, id: LoanId) {
    let lock = Statement::new(
        "SELECT id FROM resources
         WHERE (organisation_id, id) IN (SELECT organisation_id, room_id FROM loans WHERE id = $1)
         ORDER BY id FOR NO KEY UPDATE",
    );
    transaction.queue(lock.bind::<SqlUuid, _>(id.uuid()));
}

#[derive(QueryableByName)]
struct LendableRow {
    #[diesel(sql_type = Nullable<Text>)]
    time_zone: Option<String>,
    #[diesel(sql_type = Bool)]
    borrower: bool,
}

/// The time zone of the room, where it is one of the organisation's own and in use; and whether the
/// borrower is there.
pub async fn lendable(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    room: RoomId,
    borrower: OrganisationId,
) -> Result<(Option<Tz>, bool)> {
    let query = Statement::new(
        "SELECT (SELECT p.time_zone FROM rooms q
                 JOIN sites p ON p.organisation_id = q.organisation_id AND p.id = q.site_id
                 WHERE q.organisation_id = $1 AND q.id = $2 AND q.archived_at IS NULL AND q.loan_id IS NULL) AS time_zone,
                EXISTS (SELECT FROM organisations o
                        WHERE o.id = $3 AND o.id <> $1 AND o.archived_at IS NULL) AS borrower",
    );
    let query = query
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<SqlUuid, _>(room.uuid())
        .bind::<SqlUuid, _>(borrower.uuid());
    let row: Option<LendableRow> = transaction.ask_one(query).await?;
    let row = row.ok_or_else(|| Error::corrupt("loan", "no row"))?;
    let zone = row.time_zone.as_deref();
    let zone = zone.map(|zone| parsed("site", zone)).transpose()?;
    Ok((zone, row.borrower))
}

#[derive(QueryableByName)]
struct OnLoanRow {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    room_id: Uuid,
}

/// What a borrower enters a room for, if it is lent that.
pub async fn on_loan(
    transaction: &mut Transaction,
    borrower: OrganisationId,
    id: LoanId,
) -> Result<Option<OnLoan>> {
    let query = Statement::new(
        "SELECT organisation_id, room_id FROM loans WHERE borrower_id = $1 AND id = $2 AND archived_at IS NULL",
    );
    let query = query
        .bind::<SqlUuid, _>(borrower.uuid())
        .bind::<SqlUuid, _>(id.uuid());
    let row: Option<OnLoanRow> = transaction.ask_one(query).await?;
    Ok(row.map(|row| OnLoan {
        loan_id: id,
        owner_id: row.organisation_id.into(),
        room_id: row.room_id.into(),
    }))
}

impl Row {
    fn key(&self) -> (Uuid, Uuid) {
        (self.organisation_id, self.id)
    }
}

impl From<&Stored<Loan>> for Row {
    fn from(stored: &Stored<Loan>) -> Self {
        let loan = &stored.value;
        let quota = loan.terms.quota;
        Self {
            organisation_id: loan.organisation_id.uuid(),
            id: loan.id.uuid(),
            room_id: loan.room_id.uuid(),
            borrower_id: loan.borrower_id.uuid(),
            time_zone: loan.terms.time_zone.name().to_owned(),
            hours: texts_of(loan.terms.hours.each()),
            valid_from: loan.terms.validity.from(),
            valid_until: loan.terms.validity.until(),
            // At most 44,640.
            quota: quota.map(|quota| i32::try_from(quota.limit()).unwrap_or(i32::MAX)),
            quota_unit: quota.map(|quota| quota.unit().to_string()),
            quota_per: quota.map(|quota| quota.per().to_string()),
            version: stored.version,
        }
    }
}

/// The terms as they are stored.
#[derive(Debug)]
struct StoredTerms<'t> {
    time_zone: &'t str,
    hours: &'t [String],
    valid_from: NaiveDate,
    valid_until: Option<NaiveDate>,
    quota: Option<(i64, &'t str, &'t str)>,
}

impl StoredTerms<'_> {
    fn read(&self) -> Result<Terms> {
        let hours = self.hours.iter().map(|hours| parsed("loan", hours));
        let hours = WeeklyHours::new(hours.collect::<Result<_>>()?);
        let validity = Validity::new(self.valid_from, self.valid_until);
        let quota = self.quota.map(|(limit, unit, per)| {
            let quota = Quota::new(limit, parsed("loan", unit)?, parsed("loan", per)?);
            quota.map_err(|error| Error::corrupt("loan", error))
        });
        Ok(Terms {
            time_zone: parsed("loan", self.time_zone)?,
            validity: validity.map_err(|error| Error::corrupt("loan", error))?,
            hours: hours.map_err(|error| Error::corrupt("loan", error))?,
            quota: quota.transpose()?,
        })
    }
}

impl TryFrom<Row> for Stored<Loan> {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let quota = row
            .quota
            .zip(row.quota_unit.as_deref())
            .zip(row.quota_per.as_deref());
        let terms = StoredTerms {
            time_zone: &row.time_zone,
            hours: &row.hours,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            quota: quota.map(|((limit, unit), per)| (limit.into(), unit, per)),
        };
        let value = Loan {
            id: row.id.into(),
            organisation_id: row.organisation_id.into(),
            room_id: row.room_id.into(),
            borrower_id: row.borrower_id.into(),
            terms: terms.read()?,
        };
        Ok(Self {
            value,
            version: row.version,
        })
    }
}

impl TryFrom<FoundRow> for Found {
    type Error = Error;

    fn try_from(row: FoundRow) -> Result<Self> {
        Ok(Self {
            loan: row.loan.try_into()?,
            room_name: row.room_name,
            seats: row.seats,
            features: row.features,
            street: row.street,
            postal_code: row.postal_code,
            city: row.city,
            entered_as: row.entered_as.map(RoomId::new),
        })
    }
}
