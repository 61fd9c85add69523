use tokio_postgres::Error;

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
    let holds = snapshot.query("SELECT id::text FROM holds", &[]).await?;
    let claims = snapshot.query(CLAIMS, &[]).await?;
    let sessions = "SELECT id::text, version FROM sessions";
    let sessions = snapshot.query(sessions, &[]).await?;
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
        holds: holds.iter().map(|row| key(row, 0)).collect(),
        claims: claims
            .iter()
            .map(|row| BaselineClaim {
                claim: key(row, 0),
                resource: key(row, 1),
                starts_at: instant(row, 2),
                ends_at: instant(row, 3),
            })
            .collect(),
        sessions: sessions
            .iter()
            .map(|row| (key(row, 0), row.get(1)))
            .collect(),
    })
}
