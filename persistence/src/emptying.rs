//! The way back to the beginning, for a data base with which people try things out.

use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Uuid as SqlUuid};
use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
use domain::ids::OrganisationId;
use uuid::Uuid;

use crate::cluster::connect;
use crate::error::{Error, Result};

#[derive(QueryableByName)]
struct Strangers {
    #[diesel(sql_type = Bool)]
    any: bool,
}

/// Takes everything out but keys and schema, if these are the only organisations; answers whether they
/// were, and changes nothing otherwise. As the owner of the tables, beside whom everybody waits.
pub async fn empty(url: &str, known: &[OrganisationId]) -> Result<bool> {
    let known: Vec<Uuid> = known.iter().map(|id| id.uuid()).collect();
    let mut connection = connect(url).await?;
    connection
        .transaction(async |connection| {
            connection
                .batch_execute("LOCK TABLE organisations IN ACCESS EXCLUSIVE MODE")
                .await?;
            let query = "SELECT EXISTS (SELECT FROM organisations WHERE id <> ALL ($1)) AS any";
            let strangers: Strangers = diesel::sql_query(query)
                .bind::<Array<SqlUuid>, _>(known)
                .get_result(connection)
                .await?;
            if !strangers.any {
                connection.batch_execute(EMPTY).await?;
            }
            Ok::<bool, Error>(!strangers.any)
        })
        .await
}

const EMPTY: &str = "
    DO $$ BEGIN
        EXECUTE (
            SELECT 'TRUNCATE ' || string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables
            WHERE schemaname = 'public'
              AND tablename NOT IN ('installation', 'signing_keys', '__diesel_schema_migrations'));
    END $$";
