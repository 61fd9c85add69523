//! Fills the data base: rows first, set by set, then what guards and finds them.

mod guards;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use domain::code::Secret;
use persistence::migrations;
use persistence::vault::{MasterKey, Vault, fingerprint};
use tokio_postgres::Client;

use crate::Failure;
use crate::cluster::{Cluster, MASTER_KEY, connect};
use crate::network::{self, KNOWN_SECRETS, Network, SCATTER, SESSIONS, WEEKS_EACH_WAY};
use crate::waiting::{FIRST, OFFERS, Offer, TAKERS, WAITLISTS};
use guards::Guards;

/// To be raised with every change of what is filled in.
const GENERATOR: i32 = 4;
/// Counsellors whose rows are written in one statement.
const COUNSELLORS_AT_ONCE: u64 = 100;
/// How many write at the same time.
const WRITERS: usize = 2;

/// While filling, what was written may be lost: then it is begun anew.
const HURRY: &str =
    "SET synchronous_commit = off; SET maintenance_work_mem = '1GB'; SET work_mem = '256MB';
    SET max_parallel_maintenance_workers = 2; SET client_min_messages = warning;";

/// Starts the cluster in that folder with a network of that scale in it: the one that a former run
/// has left, if it still fits, else a fresh one.
pub async fn filled(
    folder: &Path,
    scale: u64,
    now: DateTime<Utc>,
) -> Result<(Cluster, Network), Failure> {
    let cluster = Cluster::start(folder).await?;
    if let Some(network) = found(&cluster.url, scale).await? {
        log::info!("using what was filled in before, around {}", network.monday);
        return Ok((cluster, network));
    }
    let client = connect(&cluster.url).await?;
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    let used: i64 = client.query_one(tables, &[]).await?.get(0);
    drop(client);
    let cluster = if used > 0 {
        log::info!("what was filled in before does not fit: beginning anew");
        cluster.stop();
        std::fs::remove_dir_all(folder)?;
        Cluster::start(folder).await?
    } else {
        cluster
    };
    let network = fill(&cluster.url, scale, now).await?;
    Ok((cluster, network))
}

/// The network that is in the data base, if it is whole and of this kind.
async fn found(url: &str, scale: u64) -> Result<Option<Network>, Failure> {
    let client = connect(url).await?;
    let exists = "SELECT to_regclass('load.filling') IS NOT NULL";
    if !client.query_one(exists, &[]).await?.get::<_, bool>(0) {
        return Ok(None);
    }
    let fits =
        "SELECT monday FROM load.filling WHERE generator = $1 AND scale = $2 AND schema = $3";
    let row = client
        .query_opt(fits, &[&GENERATOR, &scale.cast_signed(), &schema()?])
        .await?;
    Ok(row.map(|row| {
        let monday: NaiveDate = row
            .get::<_, String>(0)
            .parse()
            .expect("a date that we wrote");
        Network { scale, monday }
    }))
}

/// Takes away what former measurements have booked, held and cancelled.
pub async fn restore(url: &str) -> Result<(), Failure> {
    log::info!("taking away what was booked before");
    let client = connect(url).await?;
    client
        .batch_execute(include_str!("fill/restore.sql"))
        .await?;
    client
        .batch_execute(&waiting(include_str!("fill/waiting.sql")))
        .await?;
    client.batch_execute("VACUUM ANALYZE").await?;
    client.batch_execute("CHECKPOINT").await?;
    Ok(())
}

/// Numbers of [`crate::waiting`] for SQL.
fn waiting(sql: &str) -> String {
    sql.replace("{offers}", &OFFERS.to_string())
        .replace("{scatter}", &SCATTER.to_string())
        .replace("{waitlists}", &WAITLISTS.to_string())
        .replace("{first}", &FIRST.to_string())
}

/// Takes away who has joined: as long as anybody waits, the program looks for them.
pub async fn forget_waiting(url: &str) -> Result<(), Failure> {
    let joined = "DELETE FROM waitlist_entries WHERE status = 'waiting'; TRUNCATE waitlist_wakes";
    connect(url).await?.batch_execute(joined).await?;
    Ok(())
}

/// Takes away the contacts that pgbench has stored: they were sealed for another appointment, and a
/// day with one of them cannot be shown.
pub async fn forget_unreadable(url: &str) -> Result<(), Failure> {
    let made_up =
        "DELETE FROM contacts WHERE appointment_id BETWEEN '0000000b-0000-0000-0000-000000000000'
                       AND '0000000b-ffff-ffff-ffff-ffffffffffff'";
    connect(url).await?.batch_execute(made_up).await?;
    Ok(())
}

/// Tells one state of the migrations from another.
fn schema() -> Result<String, Failure> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../persistence/migrations");
    let mut migrations: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    migrations.sort_by_key(std::fs::DirEntry::file_name);
    let mut text = String::new();
    for migration in migrations {
        text += &std::fs::read_to_string(migration.path().join("up.sql"))?;
    }
    Ok(Vec::from(fingerprint(text.as_bytes()))
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

async fn fill(url: &str, scale: u64, now: DateTime<Utc>) -> Result<Network, Failure> {
    let today = now.date_naive();
    let this_monday = today - Days::new(today.weekday().num_days_from_monday().into());
    let network = Network {
        scale,
        monday: this_monday - Days::new(WEEKS_EACH_WAY * 7),
    };
    migrations::migrate(url).await?;
    let client = connect(url).await?;
    client.batch_execute(HURRY).await?;
    let organisations = network.organisations().to_string();
    let directory = include_str!("fill/directory.sql").replace("{organisations}", &organisations);
    client.batch_execute(&directory).await?;
    write_secrets(&client, &network).await?;
    let guards = Guards::take(&client).await?;
    write_sessions(url, &network, now).await?;
    let besides = include_str!("fill/besides.sql").replace("{organisations}", &organisations);
    let besides = waiting(&besides).replace("{monday}", &network.monday.to_string());
    client.batch_execute(&besides).await?;
    guards.restore(&client).await?;
    log::info!("sweeping and counting");
    client.batch_execute("VACUUM (ANALYZE, FREEZE)").await?;
    client
        .execute(
            "INSERT INTO load.filling (generator, scale, schema, monday) VALUES ($1, $2, $3, $4)",
            &[
                &GENERATOR,
                &scale.cast_signed(),
                &schema()?,
                &network.monday.to_string(),
            ],
        )
        .await?;
    client.batch_execute("CHECKPOINT").await?;
    Ok(network)
}

/// What the program keeps of a secret.
#[must_use]
pub fn hash(vault: &Vault, secret: &Secret) -> [u8; 32] {
    vault.hash("appointment-secret", &[secret.reveal().as_bytes()])
}

/// The hashes of the secrets that are known.
async fn write_secrets(client: &Client, network: &Network) -> Result<(), Failure> {
    let vault = Vault::new(&MasterKey::from_base64(MASTER_KEY)?);
    let (mut numbers, mut hashes) = (Vec::new(), Vec::new());
    for turn in 0..KNOWN_SECRETS {
        let number = network.with_known_secret(turn).appointment();
        numbers.push(number.cast_signed());
        hashes.push(hash(&vault, &network::secret(number)).to_vec());
    }
    client
        .execute(
            "INSERT INTO load.secrets (number, hash) SELECT * FROM unnest($1::bigint[], $2::bytea[])
             ON CONFLICT DO NOTHING",
            &[&numbers, &hashes],
        )
        .await?;
    let known = (0..OFFERS)
        .step_by(usize::try_from(TAKERS)?)
        .map(Offer::numbered);
    let numbers: Vec<i64> = known
        .clone()
        .map(|offer| offer.number.cast_signed())
        .collect();
    let hashes: Vec<Vec<u8>> = known
        .map(|offer| hash(&vault, &offer.secret()).to_vec())
        .collect();
    client
        .execute(
            "INSERT INTO load.waiting_secrets (number, hash) SELECT * FROM unnest($1::bigint[], $2::bytea[])",
            &[&numbers, &hashes],
        )
        .await?;
    client.batch_execute("ANALYZE").await?;
    Ok(())
}

async fn write_sessions(url: &str, network: &Network, now: DateTime<Utc>) -> Result<(), Failure> {
    let next = Arc::new(AtomicU64::new(0));
    let mut writers = Vec::new();
    for _ in 0..WRITERS {
        let (url, network, next) = (url.to_owned(), *network, Arc::clone(&next));
        writers.push(tokio::spawn(async move {
            let client = connect(&url).await?;
            client.batch_execute(HURRY).await?;
            loop {
                let first = next.fetch_add(COUNSELLORS_AT_ONCE, Ordering::Relaxed);
                if first >= network.counsellors() {
                    return Ok::<(), Failure>(());
                }
                let last = first + COUNSELLORS_AT_ONCE - 1;
                client
                    .batch_execute(&sessions_of(first, last, &network, now))
                    .await?;
                log::info!(
                    "{} of {} counsellors, {} sessions each",
                    last + 1,
                    network.counsellors(),
                    SESSIONS
                );
            }
        }));
    }
    for writer in writers {
        writer.await??;
    }
    Ok(())
}

fn sessions_of(first: u64, last: u64, network: &Network, now: DateTime<Utc>) -> String {
    include_str!("fill/sessions.sql")
        .replace("{first_counsellor}", &first.to_string())
        .replace("{last_counsellor}", &last.to_string())
        .replace("{monday}", &network.monday.to_string())
        .replace("{now}", &now.to_rfc3339())
}
