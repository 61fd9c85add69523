//! Reads on behalf of somebody, in one statement: who asks, and behind it what is asked.

use diesel::QueryableByName;
use diesel::deserialize;
use diesel::pg::Pg;
use diesel::row::NamedRow;
use diesel::sql_types::{Nullable, Uuid as SqlUuid};
use domain::actor::Staff;
use domain::ids::AccountId;
use uuid::Uuid;

use super::StaffRow;
use crate::database::{Database, Rights};
use crate::error::{Error, Result};
use crate::statement::Statement;

/// A question of the account that is bound as `$1`; what it selects has an `id`. Who acts stands to
/// the left of an outer join without a condition, so Postgres has to know that before it can begin
/// to look for the rest; before, the walls would let it find nothing.
macro_rules! as_staff {
    ($question:expr) => {
        concat!(
            "SELECT staff.*, found.* FROM act_as($1) AS staff LEFT JOIN LATERAL (",
            $question,
            ") AS found ON true"
        )
    };
}
pub(crate) use as_staff;

/// A question of whoever shows the secret of which `$1` is the hash; shown first, as above.
macro_rules! as_holder {
    ($question:expr) => {
        concat!(
            "SELECT found.* FROM set_config('app.secret_hash', encode($1, 'hex'), true) AS shown
             LEFT JOIN LATERAL (",
            $question,
            ") AS found ON true"
        )
    };
}
pub(crate) use as_holder;

impl Database {
    /// Who the account is at this moment, and what it finds by a question in [`as_staff`]. `None`
    /// when the account is gone. One statement in one trip, and nothing is left open behind it.
    pub(crate) async fn staff_finds<R, T>(
        &self,
        account: AccountId,
        question: Statement<'static>,
    ) -> Result<Option<(Staff, Vec<T>)>>
    where
        R: QueryableByName<Pg> + Send + 'static,
        T: TryFrom<R, Error = Error>,
    {
        let Some((staff, rows)) = self.staff_finds_rows(account, question).await? else {
            return Ok(None);
        };
        let found: Result<Vec<T>> = rows.into_iter().map(T::try_from).collect();
        Ok(Some((staff, found?)))
    }

    /// As [`Database::staff_finds`], where several rows tell of one thing.
    pub(crate) async fn staff_finds_rows<R>(
        &self,
        account: AccountId,
        question: Statement<'static>,
    ) -> Result<Option<(Staff, Vec<R>)>>
    where
        R: QueryableByName<Pg> + Send + 'static,
    {
        let mut connection = self.connection(Rights::Staff).await?;
        let rows: Vec<FoundByStaff<R>> = connection.load(question).await?;
        drop(connection);
        let mut staff = None;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            if staff.is_none() {
                staff = Some(row.staff.staff(account)?);
            }
            found.extend(row.found.0);
        }
        Ok(staff.map(|staff| (staff, found)))
    }

    /// What a question in [`as_holder`] finds; one statement in one trip, too.
    pub(crate) async fn holder_finds<R, T>(&self, question: Statement<'static>) -> Result<Option<T>>
    where
        R: QueryableByName<Pg> + Send + 'static,
        T: TryFrom<R, Error = Error>,
    {
        let rows: Vec<R> = self.holder_finds_rows(question).await?;
        rows.into_iter().next().map(T::try_from).transpose()
    }

    /// As [`Database::holder_finds`], where several rows tell of one thing.
    pub(crate) async fn holder_finds_rows<R>(&self, question: Statement<'static>) -> Result<Vec<R>>
    where
        R: QueryableByName<Pg> + Send + 'static,
    {
        let mut connection = self.connection(Rights::Public).await?;
        let rows: Vec<FoundIfAny<R>> = connection.load(question).await?;
        Ok(rows.into_iter().filter_map(|row| row.0).collect())
    }
}

/// Who asks, and one of what they found, if anything.
struct FoundByStaff<R> {
    staff: StaffRow,
    found: FoundIfAny<R>,
}

impl<R: QueryableByName<Pg>> QueryableByName<Pg> for FoundByStaff<R> {
    fn build<'a>(row: &impl NamedRow<'a, Pg>) -> deserialize::Result<Self> {
        Ok(Self {
            staff: StaffRow::build(row)?,
            found: FoundIfAny::build(row)?,
        })
    }
}

/// The right side of an outer join.
struct FoundIfAny<R>(Option<R>);

impl<R: QueryableByName<Pg>> QueryableByName<Pg> for FoundIfAny<R> {
    fn build<'a>(row: &impl NamedRow<'a, Pg>) -> deserialize::Result<Self> {
        let id: Option<Uuid> = NamedRow::get::<Nullable<SqlUuid>, _>(row, "id")?;
        Ok(Self(id.map(|_| R::build(row)).transpose()?))
    }
}
