use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio_postgres::{Client, Error};

use crate::database::connect;
use crate::history::{Misfit, Pen, Record, Snapshot, Stopwatch};

const EVERY: Duration = Duration::from_millis(100);

/// What the appointments that stand occupy, derived from them and their service alone, against what
/// is claimed. Of ways only the least is known, and where one comes alone not even that: the last release
/// reckoned none. Also while migrations are under way: it names no column that came later. One statement,
/// and so one snapshot, whatever is under way. Without what the last release has no tables for.
macro_rules! fits {
    ($tables:literal, $holding:literal, $misfits:literal) => {
        concat!(
            "
    WITH occupied AS (
        SELECT a.id AS claim, r.resource,
               a.starts_at - v.buffer_before_minutes * interval '1 minute' AS starts_at,
               a.ends_at + v.buffer_after_minutes * interval '1 minute' AS ends_at
        FROM appointments a
        JOIN services v ON (v.organisation_id, v.id) = (a.organisation_id, a.service_id)
        CROSS JOIN LATERAL (VALUES (a.counsellor_id), (a.room_id), ((to_jsonb(a) ->> 'interpreter_id')::uuid)) AS r (resource)
        WHERE a.status <> 'cancelled' AND r.resource IS NOT NULL AND v.format NOT IN ('group', 'course', 'visit')
    ), claimed AS (
        SELECT c.claim_id AS claim, c.resource_id AS resource, c.starts_at, c.ends_at
        FROM allocations c JOIN resources r ON (r.organisation_id, r.id) = (c.organisation_id, c.resource_id)
        WHERE c.kind = 'appointment' AND r.kind IN ('counsellor', 'room') AND NOT EXISTS (
            SELECT FROM appointments a JOIN services v ON (v.organisation_id, v.id) = (a.organisation_id, a.service_id)
            WHERE a.id = c.claim_id AND v.format = 'visit')
    ), unclaimed AS (SELECT * FROM occupied EXCEPT SELECT * FROM claimed
    ), unused AS (SELECT * FROM claimed EXCEPT SELECT * FROM occupied
    ), orphaned AS (
        SELECT a.claim_id AS claim, a.resource_id AS resource FROM allocations a
        WHERE a.kind = 'hold' AND NOT EXISTS (
            SELECT FROM holds h
            WHERE (h.organisation_id, h.id, h.expires_at) = (a.organisation_id, a.claim_id, a.expires_at))",
            $holding,
            ")",
            $tables,
            "
    SELECT what, claim::text, resource::text,
           (SELECT count(DISTINCT claim) FROM occupied), (SELECT count(*) FROM claimed)
    FROM (SELECT 'appointment without its claim' AS what, claim, resource FROM unclaimed
          UNION ALL SELECT 'claim of no appointment there', claim, resource FROM unused
          UNION ALL SELECT 'claim of no hold', claim, resource FROM orphaned",
            $misfits,
            ") AS misfits
    UNION ALL
    SELECT '', '', '', (SELECT count(DISTINCT claim) FROM occupied), (SELECT count(*) FROM claimed)"
        )
    };
}

pub(crate) const FITS: &str = fits!(
    "
    , seated AS (
        SELECT a.id AS claim, a.session_id AS resource
        FROM appointments a
        JOIN services v ON (v.organisation_id, v.id) = (a.organisation_id, a.service_id)
        WHERE a.status <> 'cancelled' AND v.format IN ('group', 'course')
    ), taken AS (SELECT claim_id AS claim, session_id AS resource FROM places WHERE expires_at IS NULL
    ), visited AS (
        SELECT a.id AS claim, r.resource, v.format = 'visit' AND a.status <> 'cancelled' AS stands,
               a.starts_at - v.buffer_before_minutes * interval '1 minute' - w.way AS leaves_at,
               a.ends_at + v.buffer_after_minutes * interval '1 minute' + w.way AS is_back_at
        FROM appointments a
        JOIN services v ON (v.organisation_id, v.id) = (a.organisation_id, a.service_id)
        CROSS JOIN LATERAL (SELECT (to_jsonb(a) ->> 'second_counsellor_id')::uuid) AS o (other)
        CROSS JOIN LATERAL (VALUES (a.counsellor_id), (o.other)) AS r (resource)
        CROSS JOIN LATERAL (
            SELECT CASE WHEN o.other IS NULL THEN interval '0' ELSE v.travel_minimum_minutes * interval '1 minute' END
        ) AS w (way)
        WHERE v.format = 'visit' AND r.resource IS NOT NULL
    ), wayless AS (
        SELECT n.claim, n.resource FROM visited n
        WHERE n.stands AND NOT EXISTS (
            SELECT FROM allocations c
            WHERE (c.claim_id, c.resource_id) = (n.claim, n.resource) AND c.kind = 'appointment'
              AND c.starts_at <= n.leaves_at AND c.ends_at >= n.is_back_at)
    ), for_nobody AS (
        SELECT c.claim_id AS claim, c.resource_id AS resource FROM allocations c
        JOIN resources r ON (r.organisation_id, r.id) = (c.organisation_id, c.resource_id) AND r.kind = 'counsellor'
        WHERE c.kind = 'appointment' AND EXISTS (SELECT FROM visited n WHERE n.claim = c.claim_id)
          AND NOT EXISTS (
            SELECT FROM visited n
            WHERE n.stands AND (n.claim, n.resource) = (c.claim_id, c.resource_id)
              AND c.starts_at <= n.leaves_at AND c.ends_at >= n.is_back_at)
    ), placeless AS (SELECT * FROM seated EXCEPT SELECT * FROM taken
    ), empty AS (SELECT * FROM taken EXCEPT SELECT * FROM seated
    ), kept AS (
        SELECT p.claim_id AS claim, p.session_id AS resource FROM places p
        WHERE p.expires_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM holds h
            WHERE (h.organisation_id, h.id, h.session_id, h.expires_at)
                = (p.organisation_id, p.claim_id, p.session_id, p.expires_at))
          AND NOT EXISTS (
            SELECT FROM waitlist_offers o
            WHERE (o.organisation_id, o.id, o.session_id, o.expires_at, o.state)
                = (p.organisation_id, p.claim_id, p.session_id, p.expires_at, 'open')))",
    " AND NOT EXISTS (
            SELECT FROM proposals p
            WHERE (p.organisation_id, p.id, p.expires_at, p.state)
                = (a.organisation_id, a.claim_id, a.expires_at, 'open'))
          AND NOT EXISTS (
            SELECT FROM waitlist_offers o
            WHERE (o.organisation_id, o.id, o.expires_at, o.state)
                = (a.organisation_id, a.claim_id, a.expires_at, 'open'))",
    "
          UNION ALL SELECT 'appointment without its place', claim, resource FROM placeless
          UNION ALL SELECT 'visit without the time, or the way, of who comes', claim, resource FROM wayless
          UNION ALL SELECT 'time for no visit there', claim, resource FROM for_nobody
          UNION ALL SELECT 'place of no appointment there', claim, resource FROM empty
          UNION ALL SELECT 'place of no hold', claim, resource FROM kept"
);

const FITS_BEFORE: &str = fits!("", "", "");

/// Whether the data base has all tables of this program.
const IS_MIGRATED: &str = "
    SELECT to_regclass('places') IS NOT NULL AND to_regclass('proposals') IS NOT NULL
       AND to_regclass('waitlist_offers') IS NOT NULL";

/// Looks at the data base again and again, whenever it can be reached.
pub(crate) async fn watch(
    url: String,
    pen: Pen,
    stopwatch: Stopwatch,
    over: Arc<AtomicBool>,
) -> io::Result<()> {
    let mut client = None;
    while !over.load(Ordering::Relaxed) {
        tokio::time::sleep(EVERY).await;
        if client.is_none() {
            client = connect(&url).await.ok();
        }
        let Some(connected) = &client else {
            continue;
        };
        match look(connected, &stopwatch).await {
            Ok(snapshot) => pen.write(&Record::Snapshot(snapshot))?,
            // The server went away: the next round connects anew.
            Err(_) => client = None,
        }
    }
    Ok(())
}

/// One look by itself.
pub async fn take(url: &str, stopwatch: &Stopwatch) -> Result<Snapshot, Error> {
    look(&connect(url).await?, stopwatch).await
}

pub(crate) async fn look(client: &Client, stopwatch: &Stopwatch) -> Result<Snapshot, Error> {
    let is_migrated = client.query_one(IS_MIGRATED, &[]).await?.get(0);
    let fits = if is_migrated { FITS } else { FITS_BEFORE };
    let rows = client.query(fits, &[]).await?;
    let mut snapshot = Snapshot {
        at: stopwatch.now(),
        standing: 0,
        claims: 0,
        misfits: Vec::new(),
    };
    for row in rows {
        (snapshot.standing, snapshot.claims) = (row.get(3), row.get(4));
        let (claim, resource): (&str, &str) = (row.get(1), row.get(2));
        if let (Ok(claim), Ok(resource)) = (claim.parse(), resource.parse()) {
            snapshot.misfits.push(Misfit {
                what: row.get(0),
                claim,
                resource,
            });
        }
    }
    Ok(snapshot)
}
