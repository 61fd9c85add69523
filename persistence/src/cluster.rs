//! What belongs to the cluster rather than to one data base: the roles, and the lock under which
//! the schema changes.

use chrono::{DateTime, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};

use crate::database::Rights;
use crate::error::{Error, Result};

/// Held while roles are made and migrations run. Advisory locks belong to a data base and roles to
/// the cluster, so it is taken in the data base `postgres`, or where the user may not connect to
/// that, in its own.
pub(crate) struct ClusterLock {
    _connection: AsyncPgConnection,
}

/// Arbitrary, and the same for every program that shares the cluster.
const LOCK: &str = "SELECT pg_advisory_lock(7077213450123456789)";

impl ClusterLock {
    pub(crate) async fn acquire(url: &str) -> Result<Self> {
        let mut connection = match connect_to(url, "postgres").await {
            Ok(connection) => connection,
            Err(_) => connect(url).await?,
        };
        connection.batch_execute(LOCK).await?;
        Ok(Self {
            _connection: connection,
        })
    }
}

pub(crate) async fn connect(url: &str) -> Result<AsyncPgConnection> {
    AsyncPgConnection::establish(url)
        .await
        .map_err(|error| Error::Unavailable(error.to_string()))
}

/// Creates a data base in the cluster of `url` unless it is there; answers whether it was created.
/// With a template, as its copy: nobody may be connected to that.
pub async fn create_database(url: &str, name: &str, template: Option<&str>) -> Result<bool> {
    let mut connection = connect_to(url, "postgres").await?;
    let template = template.map_or(String::new(), |template| {
        format!(" TEMPLATE {}", quoted(template))
    });
    let created = connection
        .batch_execute(&format!("CREATE DATABASE {}{template}", quoted(name)))
        .await;
    match created {
        Ok(()) => Ok(true),
        Err(diesel::result::Error::DatabaseError(_, details))
            if details.message().ends_with("already exists") =>
        {
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// What a server says of itself and of the user.
#[derive(Debug, Clone, diesel::QueryableByName)]
pub struct ServerFacts {
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub version: String,
    /// Such a user passes all walls, should anybody get it to run a statement of theirs.
    #[diesel(sql_type = diesel::sql_types::Bool)]
    pub superuser: bool,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    pub has_btree_gist: bool,
    /// By its own clock.
    #[diesel(sql_type = diesel::sql_types::Timestamptz)]
    pub now: DateTime<Utc>,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    version_number: i32,
}

/// Asks the server. Older than 15 is refused.
pub async fn server_facts(url: &str) -> Result<ServerFacts> {
    use diesel_async::RunQueryDsl;
    let mut connection = connect(url).await?;
    let query = "SELECT current_setting('server_version') AS version,
                        current_setting('is_superuser')::bool AS superuser,
                        EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist') AS has_btree_gist,
                        clock_timestamp() AS now,
                        current_setting('server_version_num')::int AS version_number";
    let facts: ServerFacts = diesel::sql_query(query).get_result(&mut connection).await?;
    if facts.version_number < 150_000 {
        let version = facts.version;
        return Err(Error::Unavailable(format!(
            "Postgres 15 or later is needed, and this is {version}"
        )));
    }
    Ok(facts)
}

#[derive(diesel::QueryableByName)]
struct ZoneOffset {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
    #[diesel(sql_type = diesel::sql_types::Timestamptz)]
    at: DateTime<Utc>,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    seconds: i32,
}

/// What the server believes of those time zones: each with an instant of every week of the next three
/// years, and how many seconds it is ahead of UTC then.
pub async fn offsets(
    url: &str,
    names: &[String],
    from: DateTime<Utc>,
) -> Result<Vec<(String, DateTime<Utc>, i32)>> {
    use diesel_async::RunQueryDsl;
    let mut connection = connect(url).await?;
    let query = "SELECT name, at, extract(epoch FROM (at AT TIME ZONE name) - (at AT TIME ZONE 'UTC'))::int AS seconds
                 FROM unnest($1) AS name, generate_series($2, $2 + interval '3 years', interval '7 days') AS at";
    let rows: Vec<ZoneOffset> = diesel::sql_query(query)
        .bind::<diesel::sql_types::Array<diesel::sql_types::Text>, _>(names)
        .bind::<diesel::sql_types::Timestamptz, _>(from)
        .get_results(&mut connection)
        .await?;
    let offsets = rows.into_iter().map(|row| (row.name, row.at, row.seconds));
    Ok(offsets.collect())
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

async fn connect_to(url: &str, database: &str) -> Result<AsyncPgConnection> {
    let unreachable = |error: tokio_postgres::Error| Error::Unavailable(error.to_string());
    let mut config: tokio_postgres::Config = url.parse().map_err(unreachable)?;
    config.dbname(database);
    let (client, connection) = config
        .connect(tokio_postgres::NoTls)
        .await
        .map_err(unreachable)?;
    AsyncPgConnection::try_from_client_and_connection(client, connection)
        .await
        .map_err(|error| Error::Unavailable(error.to_string()))
}

/// Creates the roles that are missing and lets the connected user take them on.
pub(crate) async fn create_roles(connection: &mut AsyncPgConnection) -> Result<()> {
    for rights in Rights::ALL {
        let role = rights.role();
        connection
            .batch_execute(&format!(
                "DO $$ BEGIN
                     IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                         CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS;
                     END IF;
                     -- Again each time: whoever made a role may not take it on by that alone (Postgres 16).
                     EXECUTE format('GRANT {role} TO %I', current_user);
                 EXCEPTION WHEN insufficient_privilege THEN
                     -- Somebody else keeps the roles: they must have made and granted them.
                     IF NOT pg_has_role(current_user, '{role}', 'MEMBER') THEN
                         RAISE;
                     END IF;
                 END $$"
            ))
            .await?;
    }
    Ok(())
}
