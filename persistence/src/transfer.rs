//! What belongs to some organisations, taken out of one data base and put into another.
//!
//! A file of lines, each a JSON object: a head, one line for each row, and an end that
//! counts them. Rows are written as Postgres shows them, and what is sealed stays sealed: the data
//! base that takes them hangs on the same master key and has the same schema.
//!
//! Both sides pass the walls between organisations, so the user must be one whom they let through,
//! as for a backup.

mod export;
mod import;

use diesel::QueryableByName;
use diesel::sql_types::{Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use domain::ids::OrganisationId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::cluster::connect;
use crate::error::{Error, Result};
use crate::vault::Vault;
pub use export::export;
pub use import::import;

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

/// Rows that go along, of one table.
struct Part {
    table: &'static str,
    /// Which rows `t`, as [`Part::condition`] fills it in.
    which: &'static str,
}

impl Part {
    /// Which rows belong to these organisations; `all` says that there are no others.
    fn condition(&self, organisations: &[Uuid], all: bool) -> String {
        let ids: Vec<_> = organisations.iter().map(Uuid::to_string).collect();
        let ids = format!("'{{{}}}'::uuid[]", ids.join(","));
        let filled_in = self.which.replace("ORGANISATIONS", &ids);
        filled_in.replace("ALL_OF_THEM", if all { "true" } else { "false" })
    }
}

const fn of_organisation(table: &'static str) -> Part {
    let which = "t.organisation_id = ANY (ORGANISATIONS)";
    Part { table, which }
}

/// In an order in which no row refers to a later one.
const PARTS: &[Part] = &[
    Part {
        table: "organisations",
        which: "t.id = ANY (ORGANISATIONS)",
    },
    Part {
        table: "accounts",
        which: "ALL_OF_THEM OR t.id IN (SELECT account_id FROM memberships WHERE organisation_id = ANY (ORGANISATIONS)
            UNION SELECT account_id FROM counsellors WHERE organisation_id = ANY (ORGANISATIONS))",
    },
    of_organisation("memberships"),
    of_organisation("invitations"),
    of_organisation("resources"),
    of_organisation("services"),
    of_organisation("sites"),
    of_organisation("counsellors"),
    // Rooms on loan are rooms of the borrower, and refer to the loan.
    Part {
        table: "rooms",
        which: "t.organisation_id = ANY (ORGANISATIONS) AND t.loan_id IS NULL",
    },
    of_organisation("loans"),
    Part {
        table: "rooms",
        which: "t.organisation_id = ANY (ORGANISATIONS) AND t.loan_id IS NOT NULL",
    },
    of_organisation("equipment"),
    of_organisation("equipment_pieces"),
    of_organisation("absences"),
    of_organisation("closures"),
    of_organisation("modality_switches"),
    of_organisation("schedules"),
    of_organisation("courses"),
    of_organisation("meetings"),
    of_organisation("sessions"),
    of_organisation("session_services"),
    of_organisation("course_dates"),
    of_organisation("meeting_dates"),
    of_organisation("kept_places"),
    of_organisation("drop_ins"),
    of_organisation("tickets"),
    of_organisation("ticket_secrets"),
    of_organisation("series"),
    of_organisation("waitlist_entries"),
    of_organisation("waitlist_contacts"),
    of_organisation("appointments"),
    of_organisation("contacts"),
    of_organisation("no_shows"),
    of_organisation("attention_dealings"),
    of_organisation("holds"),
    of_organisation("proposals"),
    of_organisation("waitlist_offers"),
    of_organisation("places"),
    of_organisation("allocations"),
    of_organisation("audit_entries"),
    of_organisation("outbox_events"),
    of_organisation("waitlist_wakes"),
];

/// What stays behind: what belongs to the data base itself, or to a sign-in or a request of today.
const LEFT: [&str; 5] = [
    "__diesel_schema_migrations",
    "idempotency_keys",
    "installation",
    "refresh_tokens",
    "signing_keys",
];

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

/// The first line.
#[derive(Debug)]
struct Head {
    schema: String,
    key: String,
    rows: u64,
    organisations: Vec<(OrganisationId, String)>,
}

const FORMAT: &str = "sprechstunde export";

impl Head {
    fn write(&self) -> Value {
        let organisations = self.organisations.iter();
        let organisations = organisations.map(|(id, slug)| json!({"id": id.uuid(), "slug": slug}));
        json!({
            "format": FORMAT,
            "schema": self.schema,
            "master_key": self.key,
            "organisations": organisations.collect::<Vec<_>>(),
            "rows": self.rows,
        })
    }

    fn read(line: &Value) -> Option<Self> {
        let text = |name: &str| line[name].as_str().map(ToOwned::to_owned);
        (line["format"] == FORMAT).then_some(())?;
        let organisation = |told: &Value| {
            let id: Uuid = told["id"].as_str()?.parse().ok()?;
            Some((id.into(), told["slug"].as_str()?.to_owned()))
        };
        Some(Self {
            schema: text("schema")?,
            key: text("master_key")?,
            rows: line["rows"].as_u64()?,
            organisations: line["organisations"]
                .as_array()?
                .iter()
                .map(organisation)
                .collect::<Option<_>>()?,
        })
    }

    fn ids(&self) -> Vec<Uuid> {
        self.organisations.iter().map(|(id, _)| id.uuid()).collect()
    }

    fn slugs(&self) -> Vec<String> {
        let slugs = self.organisations.iter();
        slugs.map(|(_, slug)| slug.clone()).collect()
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_was_written() {
        let head = Head {
            schema: "00000000000116".to_owned(),
            key: "00ff".to_owned(),
            rows: 7,
            organisations: vec![(Uuid::from_u128(1).into(), "verein".to_owned())],
        };
        let read = Head::read(&head.write()).expect("a head");
        assert_eq!(format!("{read:?}"), format!("{head:?}"));
        assert!(Head::read(&json!({"format": "something else"})).is_none());
    }
}
