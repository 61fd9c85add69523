use std::io::Write;

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::json;
use uuid::Uuid;

use super::{
    Head, PARTS, Part, Told, TransferError, Transferred, open, recognised_by, schema, table, tables,
};
use crate::error::Result;
use crate::vault::Vault;

/// How many rows are fetched at once.
const AT_ONCE: usize = 1000;

#[derive(QueryableByName)]
struct Organisation {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    slug: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    row: String,
}

/// Writes what belongs to the organisations of these slugs, or to all of the network when there are
/// none, as it is at one moment. Changes nothing and keeps nobody waiting.
pub async fn export(
    url: &str,
    vault: &Vault,
    slugs: &[String],
    out: &mut dyn Write,
    told: Told<'_>,
) -> Result<Transferred, TransferError> {
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    let mut connection = open(url, begin).await?;
    let organisations = find(&mut connection, slugs).await?;
    let mut head = Head {
        schema: schema(&mut connection).await?,
        key: recognised_by(vault),
        rows: 0,
        organisations: organisations
            .into_iter()
            .map(|found| (found.id.into(), found.slug))
            .collect(),
    };
    let (ids, all) = (head.ids(), slugs.is_empty());
    let involved = involved(&mut connection, &ids).await?;
    if !involved.is_empty() {
        return Err(TransferError::Refused(format!(
            "they share rooms or places with others, without whom nobody can take them in; name these too: {}",
            involved.join(", ")
        )));
    }
    for part in PARTS {
        head.rows += count(&mut connection, part, &ids, all).await?;
    }
    writeln!(out, "{}", head.write())?;
    let tables = tables(&mut connection).await?;
    let mut done = 0;
    for part in PARTS {
        let key = table(&tables, part.table)?.key.as_deref().unwrap_or("1");
        let declare = format!(
            "DECLARE lines NO SCROLL CURSOR FOR SELECT to_jsonb(t)::text AS row FROM {} t WHERE {} ORDER BY {key}",
            part.table,
            part.condition(&ids, all),
        );
        connection.batch_execute(&declare).await?;
        loop {
            let fetch = format!("FETCH {AT_ONCE} FROM lines");
            let lines: Vec<Line> = diesel::sql_query(fetch).load(&mut connection).await?;
            for line in &lines {
                writeln!(out, r#"{{"table":"{}","row":{}}}"#, part.table, line.row)?;
            }
            done += u64::try_from(lines.len()).unwrap_or_default();
            told(done, head.rows);
            if lines.len() < AT_ONCE {
                break;
            }
        }
        connection.batch_execute("CLOSE lines").await?;
    }
    connection.batch_execute("COMMIT").await?;
    writeln!(out, "{}", json!({ "end": done }))?;
    out.flush()?;
    Ok(Transferred {
        organisations: head.slugs(),
        rows: done,
    })
}

async fn find(
    connection: &mut AsyncPgConnection,
    slugs: &[String],
) -> Result<Vec<Organisation>, TransferError> {
    let query = "SELECT id, slug FROM organisations
                 WHERE cardinality($1) = 0 OR slug = ANY ($1) ORDER BY id";
    let found: Vec<Organisation> = diesel::sql_query(query)
        .bind::<Array<Text>, _>(slugs)
        .load(connection)
        .await?;
    let is_missing = |slug: &&String| found.iter().all(|found| found.slug != **slug);
    match slugs.iter().find(is_missing) {
        Some(slug) => Err(TransferError::Refused(format!(
            "there is no organisation {slug:?}"
        ))),
        None => Ok(found),
    }
}

#[derive(QueryableByName)]
struct Involved {
    #[diesel(sql_type = Text)]
    slug: String,
}

/// To whom rows of these organisations refer beside themselves.
async fn involved(connection: &mut AsyncPgConnection, ids: &[Uuid]) -> Result<Vec<String>> {
    let query = "
        SELECT slug FROM organisations WHERE id <> ALL ($1) AND id IN (
            SELECT borrower_id FROM loans WHERE organisation_id = ANY ($1)
            UNION SELECT lent_by FROM rooms WHERE organisation_id = ANY ($1)
            UNION SELECT partner_id FROM kept_places WHERE organisation_id = ANY ($1)
            UNION SELECT kept_for FROM places WHERE organisation_id = ANY ($1)
            UNION SELECT claimed_by_organisation_id FROM allocations WHERE organisation_id = ANY ($1))
        ORDER BY slug";
    let involved: Vec<Involved> = diesel::sql_query(query)
        .bind::<Array<SqlUuid>, _>(ids)
        .load(connection)
        .await?;
    Ok(involved.into_iter().map(|involved| involved.slug).collect())
}

async fn count(
    connection: &mut AsyncPgConnection,
    part: &Part,
    ids: &[Uuid],
    all: bool,
) -> Result<u64> {
    let (table, condition) = (part.table, part.condition(ids, all));
    let query = format!("SELECT count(*) AS count FROM {table} t WHERE {condition}");
    let counted: Count = diesel::sql_query(query).get_result(connection).await?;
    Ok(u64::try_from(counted.count).unwrap_or_default())
}
