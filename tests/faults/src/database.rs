//! The data base with the owner's rights. Values travel as text and microseconds.

use chrono::{DateTime, Utc};
use tokio_postgres::{Client, Error, NoTls, Row};
use uuid::Uuid;

/// One connection that only reads, and each transaction one snapshot. It fails loudly where
/// row-level security would hide rows from it.
pub(crate) async fn connect(url: &str) -> Result<Client, Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    client
        .batch_execute(
            "SET default_transaction_isolation = 'repeatable read';
             SET default_transaction_read_only = on;
             SET row_security = off",
        )
        .await?;
    Ok(client)
}

/// The id in a column that was selected as text; none where it is null.
pub(crate) fn id(row: &Row, column: usize) -> Option<Uuid> {
    let text: Option<&str> = row.get(column);
    text.and_then(|text| text.parse().ok())
}

/// The id in a column that is never null.
pub(crate) fn key(row: &Row, column: usize) -> Uuid {
    id(row, column).unwrap_or_default()
}

/// The instant in a column that was selected with `micros!`.
pub(crate) fn instant(row: &Row, column: usize) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(row.get(column)).unwrap_or_default()
}

/// Selects an instant.
macro_rules! micros {
    ($column:literal) => {
        concat!("(extract(epoch FROM ", $column, ") * 1000000)::bigint")
    };
}
pub(crate) use micros;

pub(crate) fn ids(row: &Row, column: usize) -> Vec<Uuid> {
    let ids: Vec<&str> = row.get(column);
    ids.into_iter().filter_map(|id| id.parse().ok()).collect()
}
