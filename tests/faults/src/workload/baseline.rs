use tokio_postgres::{Error, Row, Transaction};
use uuid::Uuid;

use crate::database::{connect, instant, key, micros};
use crate::history::{Baseline, BaselineAppointment, BaselineClaim, Moment};

const APPOINTMENTS: &str = "
    SELECT a.id::text, a.status, a.version, c.sealed IS NOT NULL OR c.sealed_reason IS NOT NULL
    FROM appointments a
    LEFT JOIN contacts c ON (c.organisation_id, c.appointment_id) = (a.organisation_id, a.id)";

const CLAIMS: &str = concat!(
    "SELECT claim_id::text, resource_id::text, ",
    micros!("starts_at"),
    ", ",
    micros!("ends_at"),
    " FROM allocations"
);

/// Writes down what is there already and was asked for by nobody who plays.
pub(crate) async fn baseline(url: &str, seed: u64, at: Moment) -> Result<Baseline, Error> {
    let mut client = connect(url).await?;
    let snapshot = client.transaction().await?;
    let appointments = snapshot.query(APPOINTMENTS, &[]).await?;
    let claims = snapshot.query(CLAIMS, &[]).await?;
    let sessions = "SELECT id::text, version FROM sessions";
    let sessions = snapshot.query(sessions, &[]).await?;
    let places = "SELECT claim_id::text, session_id::text FROM places";
    let places = of_table(&snapshot, "places", places).await?;
    Ok(Baseline {
        seed,
        at,
        appointments: appointments
            .iter()
            .map(|row| BaselineAppointment {
                id: key(row, 0),
                status: row.get(1),
                version: row.get(2),
                has_contact: row.get(3),
            })
            .collect(),
        holds: keys(&snapshot, "holds", "SELECT id::text FROM holds").await?,
        claims: claims
            .iter()
            .map(|row| BaselineClaim {
                claim: key(row, 0),
                resource: key(row, 1),
                starts_at: instant(row, 2),
                ends_at: instant(row, 3),
            })
            .collect(),
        places: places
            .iter()
            .map(|row| (key(row, 0), key(row, 1)))
            .collect(),
        series: keys(&snapshot, "series", "SELECT id::text FROM series").await?,
        proposals: keys(&snapshot, "proposals", "SELECT id::text FROM proposals").await?,
        entries: keys(
            &snapshot,
            "waitlist_entries",
            "SELECT id::text FROM waitlist_entries",
        )
        .await?,
        tickets: keys(&snapshot, "tickets", "SELECT id::text FROM tickets").await?,
        sessions: sessions
            .iter()
            .map(|row| (key(row, 0), row.get(1)))
            .collect(),
    })
}

async fn keys(snapshot: &Transaction<'_>, table: &str, query: &str) -> Result<Vec<Uuid>, Error> {
    let rows = of_table(snapshot, table, query).await?;
    Ok(rows.iter().map(|row| key(row, 0)).collect())
}

/// The rows of a table that the last release may not have had; none then.
async fn of_table(snapshot: &Transaction<'_>, table: &str, query: &str) -> Result<Vec<Row>, Error> {
    let is_there = format!("SELECT to_regclass('{table}') IS NOT NULL");
    if snapshot.query_one(&is_there, &[]).await?.get(0) {
        snapshot.query(query, &[]).await
    } else {
        Ok(Vec::new())
    }
}
