use std::io::BufRead;

use diesel::QueryableByName;
use diesel::sql_types::{Array, Jsonb, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Head, PARTS, Table, Told, TransferError, Transferred, open, recognised_by, schema, table,
    tables,
};
use crate::error::Result;
use crate::vault::Vault;

/// How many rows are written at once.
const AT_ONCE: usize = 500;

#[derive(QueryableByName)]
struct Slug {
    #[diesel(sql_type = Text)]
    slug: String,
}

/// Takes in what [`super::export`] wrote: all of it or nothing. Other organisations stay as they
/// are; while it runs, whoever wants to change something waits.
pub async fn import(
    url: &str,
    vault: &Vault,
    file: &mut dyn BufRead,
    told: Told<'_>,
) -> Result<Transferred, TransferError> {
    let mut connection = open(url, "BEGIN").await?;
    let mut lines = Lines { file, number: 0 };
    let head = lines.next()?.as_ref().and_then(Head::read);
    let head = head.ok_or_else(|| lines.broken("an export begins otherwise"))?;
    welcome(&mut connection, vault, &head).await?;

    let tables = tables(&mut connection).await?;
    triggers(&mut connection, "DISABLE").await?;
    connection
        .batch_execute("SET CONSTRAINTS ALL DEFERRED")
        .await?;
    let mut batch = Batch::default();
    let mut done = 0;
    loop {
        let line = lines.next()?;
        let line = line.ok_or_else(|| lines.broken("the file ends in the middle"))?;
        if line["end"].is_number() {
            batch.write(&mut connection, &tables, &lines).await?;
            if line["end"] != done || head.rows != done {
                return Err(lines.broken("rows are missing"));
            }
            break;
        }
        let name = line["table"].as_str().unwrap_or_default();
        let part = PARTS.iter().find(|part| part.table == name);
        let part = part.ok_or_else(|| lines.broken("it names no table that is taken in"))?;
        let Some(row @ Value::Object(_)) = line.get("row") else {
            return Err(lines.broken("it has no row"));
        };
        if !head.has(name, row) {
            return Err(lines.broken("it is of another organisation"));
        }
        if batch.table != part.table || batch.rows.len() >= AT_ONCE {
            batch.write(&mut connection, &tables, &lines).await?;
            batch.table = part.table;
        }
        batch.rows.push(row.clone());
        done += 1;
        told(done, head.rows);
    }
    let check = "SET CONSTRAINTS ALL IMMEDIATE";
    connection.batch_execute(check).await?;
    triggers(&mut connection, "ENABLE").await?;
    connection.batch_execute("COMMIT").await?;
    Ok(Transferred {
        organisations: head.slugs(),
        rows: done,
    })
}

/// Refuses what this data base cannot take in.
async fn welcome(
    connection: &mut AsyncPgConnection,
    vault: &Vault,
    head: &Head,
) -> Result<(), TransferError> {
    let schema = schema(connection).await?;
    if schema != head.schema {
        let (theirs, ours) = (&head.schema, &schema);
        return Err(TransferError::Refused(format!(
            "the file has the schema {theirs} and this data base {ours}: export and import with the same release"
        )));
    }
    if recognised_by(vault) != head.key {
        let why = "what is sealed in the file was sealed under another master key";
        return Err(TransferError::Refused(why.to_owned()));
    }
    let query =
        "SELECT slug FROM organisations WHERE id = ANY ($1) OR slug = ANY ($2) ORDER BY slug";
    let there: Vec<Slug> = diesel::sql_query(query)
        .bind::<Array<SqlUuid>, _>(head.ids())
        .bind::<Array<Text>, _>(head.slugs())
        .load(connection)
        .await?;
    if there.is_empty() {
        return Ok(());
    }
    let slugs: Vec<_> = there.into_iter().map(|there| there.slug).collect();
    Err(TransferError::Refused(format!(
        "these organisations are here already: {}",
        slugs.join(", ")
    )))
}

/// What a trigger would do has been done: its rows are in the file.
async fn triggers(connection: &mut AsyncPgConnection, what: &str) -> Result<()> {
    let alter = PARTS
        .iter()
        .map(|part| format!("ALTER TABLE {} {what} TRIGGER USER;", part.table));
    connection.batch_execute(&alter.collect::<String>()).await?;
    Ok(())
}

impl Head {
    /// Whether a row is of one of its organisations; accounts are of none.
    fn has(&self, table: &str, row: &Value) -> bool {
        let of = match table {
            "accounts" => return true,
            "organisations" => &row["id"],
            _ => &row["organisation_id"],
        };
        let of = of.as_str().and_then(|of| of.parse::<Uuid>().ok());
        of.is_some_and(|of| self.ids().contains(&of))
    }
}

/// Rows of one table that are not written yet.
#[derive(Default)]
struct Batch {
    table: &'static str,
    rows: Vec<Value>,
}

impl Batch {
    async fn write(
        &mut self,
        connection: &mut AsyncPgConnection,
        tables: &[Table],
        lines: &Lines<'_>,
    ) -> Result<(), TransferError> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let Table { name, columns, .. } = table(tables, self.table)?;
        // Somebody who works for two organisations came along with the other one.
        let known = if name == "accounts" {
            "ON CONFLICT (id) DO NOTHING"
        } else {
            ""
        };
        let insert = format!(
            "INSERT INTO {name} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{name}, $1) {known}"
        );
        let written = diesel::sql_query(insert)
            .bind::<Jsonb, _>(Value::Array(std::mem::take(&mut self.rows)))
            .execute(connection)
            .await;
        written.map(|_| ()).map_err(|error| {
            lines.broken(format!("the rows of {name} before it do not fit: {error}"))
        })
    }
}

struct Lines<'f> {
    file: &'f mut dyn BufRead,
    number: u64,
}

impl Lines<'_> {
    fn next(&mut self) -> Result<Option<Value>, TransferError> {
        self.number += 1;
        let mut line = String::new();
        if self.file.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let value = serde_json::from_str(&line);
        value.map(Some).map_err(|error| self.broken(error))
    }

    fn broken(&self, why: impl std::fmt::Display) -> TransferError {
        TransferError::Line(self.number, why.to_string())
    }
}
