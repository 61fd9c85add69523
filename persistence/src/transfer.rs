//! What belongs to some organisations, taken out of one data base and put into another.
//!
//! A file of lines, each a JSON object: a head, one line for each row, and an end that
//! counts them. Rows are written as Postgres shows them, and what is sealed stays sealed: the data
//! base that takes them hangs on the same master key and has the same schema.
//!
//! Both sides pass the walls between organisations, so the user must be one whom they let through,
//! as for a backup.

mod export;
mod head;
mod import;
mod parts;

use diesel::QueryableByName;
use diesel::sql_types::{Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

use crate::cluster::connect;
use crate::error::{Error, Result};
use crate::vault::Vault;
pub use export::export;
use head::Head;
pub use import::import;
use parts::{LEFT, PARTS, Part};

/// How far it is: rows done, and rows in all.
pub type Told<'a> = &'a mut dyn FnMut(u64, u64);

#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// One sentence for the operator; nothing changed.
    #[error("{0}")]
    Refused(String),
    #[error("line {0}: {1}")]
    Line(u64, String),
    #[error(transparent)]
    File(#[from] std::io::Error),
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<diesel::result::Error> for TransferError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// What was taken along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transferred {
    /// By their slugs.
    pub organisations: Vec<String>,
    pub rows: u64,
}

/// What a table is made of.
#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
    /// Those that can be written.
    #[diesel(sql_type = Text)]
    columns: String,
    /// What its rows are sorted by.
    #[diesel(sql_type = Nullable<Text>)]
    key: Option<String>,
}

const TABLES: &str = "
    SELECT c.relname::text AS name,
           (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns,
           (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.place)
            FROM pg_index i CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
            WHERE i.indrelid = c.oid AND i.indisprimary) AS key
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'";

/// By what two data bases see that they hang on one master key; it tells nothing of the key.
fn recognised_by(vault: &Vault) -> String {
    let hex = |byte: &u8| format!("{byte:02x}");
    vault.check_value().iter().map(hex).collect()
}

#[derive(QueryableByName)]
struct Schema {
    #[diesel(sql_type = Text)]
    version: String,
}

/// A transaction that sees all organisations, and times as everybody reads them.
async fn open(url: &str, begin: &str) -> Result<AsyncPgConnection> {
    let mut connection = connect(url).await?;
    let settings = "SET LOCAL row_security = off; SET LOCAL TimeZone = 'UTC'";
    connection
        .batch_execute(&format!("{begin}; {settings}"))
        .await?;
    Ok(connection)
}

async fn schema(connection: &mut AsyncPgConnection) -> Result<String> {
    let query = "SELECT coalesce(max(version), '') AS version FROM __diesel_schema_migrations";
    let schema: Schema = diesel::sql_query(query).get_result(connection).await?;
    Ok(schema.version)
}

/// All tables. Fails when there is one of which nobody has decided whether it goes along.
async fn tables(connection: &mut AsyncPgConnection) -> Result<Vec<Table>> {
    let tables: Vec<Table> = diesel::sql_query(TABLES).load(connection).await?;
    let is_known = |name: &str| LEFT.contains(&name) || PARTS.iter().any(|part| part.table == name);
    match tables.iter().find(|table| !is_known(&table.name)) {
        Some(table) => Err(Error::corrupt(
            "schema",
            format!("does {} go along?", table.name),
        )),
        None => Ok(tables),
    }
}

fn table<'t>(tables: &'t [Table], name: &str) -> Result<&'t Table> {
    let found = tables.iter().find(|table| table.name == name);
    found.ok_or_else(|| Error::corrupt("schema", format!("there is no table {name}")))
}
