use std::path::{Path, PathBuf};
use std::time::Duration;

use api::waitlist::offering::offer_all;
use faults::checker::{Law, Report, check};
use faults::history::{HistoryFolder, Pen, Record, Stopwatch};
use faults::workload::{Plan, Workload, snapshots};
use persistence::cluster::create_database;
use tests::{Server, postgres};
use tokio::sync::OnceCell;
use uuid::Uuid;

pub const CLIENTS: u32 = 6;

/// The demo network after a while of play, and its histories.
#[derive(Debug, Clone)]
pub struct Played {
    pub database_url: String,
    pub folder: HistoryFolder,
    pub stopwatch: Stopwatch,
}

/// What has to have happened before a control can break it.
const WANTED: [&str; 12] = [
    "proposals WHERE state = 'open' AND expires_at > proposed_at + interval '1 hour'",
    "proposals WHERE state IN ('accepted', 'declined')",
    "waitlist_offers WHERE state = 'accepted'",
    "waitlist_entries WHERE status = 'left'",
    "waitlist_offers a JOIN waitlist_offers b USING (entry_id) WHERE a.state = 'declined' AND a.id < b.id",
    "places WHERE expires_at IS NULL AND number > 1",
    "appointments WHERE series_id IS NOT NULL AND status = 'booked' AND version = 1",
    "appointments a JOIN series s ON s.id = a.series_id
     WHERE s.course_id IS NOT NULL AND a.status = 'booked' AND a.version = 1
       AND s.booked_at > (SELECT max(created_at) FROM accounts)",
    "appointments WHERE second_counsellor_id IS NOT NULL AND booked_at > (SELECT max(created_at) FROM accounts)",
    "tickets WHERE status = 'left'",
    "tickets WHERE status = 'waiting'",
    "tickets WHERE called_at IS NOT NULL",
];

/// How often one looks whether it is enough, twice a second.
const LOOKS: u32 = 300;

static PLAYED: OnceCell<Played> = OnceCell::const_new();

pub async fn begin() -> (Server, Workload) {
    begin_at(async |base_url: &str| base_url.to_owned()).await
}

/// The clients call another address than the program's, made from that one.
pub async fn begin_at(address: impl AsyncFn(&str) -> String) -> (Server, Workload) {
    let server = Server::start().await;
    api::demo::load(&server.app).await.expect("a demo network");
    let plan = Plan {
        bases: vec![server.base_url.clone(), address(&server.base_url).await],
        database_url: server.database_url.clone(),
        seed: 20_261_122,
        folder: fresh_folder(),
        clients: CLIENTS,
        talks_only: false,
    };
    let workload = Workload::start(plan).await.expect("a workload");
    (server, workload)
}

fn fresh_folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(Uuid::new_v4().to_string())
}

/// Copies are made of it, so nobody may stay connected.
async fn play() -> Played {
    let (server, workload) = begin().await;
    for look in 0.. {
        tokio::time::sleep(Duration::from_millis(500)).await;
        if look % 4 == 0 {
            offer_all(&server.app).await.expect("a look at who waits");
        }
        if look < 10 {
            continue;
        }
        let lacking = lacking(&server.database_url).await;
        if lacking.is_empty() {
            break;
        }
        assert!(look < LOOKS, "they played long without {lacking:?}");
    }
    let stopwatch = workload.stopwatch();
    let folder = workload.stop().await.expect("a history");
    let database_url = server.database_url.clone();
    drop(server);
    let others = "datname = current_database() AND pid <> pg_backend_pid()";
    let end = format!(
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE {others}"
    );
    postgres::value(&database_url, &end).await;
    Played {
        database_url,
        folder,
        stopwatch,
    }
}

async fn lacking(url: &str) -> Vec<&'static str> {
    let mut lacking = Vec::new();
    for wanted in WANTED {
        if postgres::value(url, &format!("SELECT EXISTS (SELECT FROM {wanted})")).await != "true" {
            lacking.push(wanted);
        }
    }
    lacking
}

impl Played {
    /// A copy of its own for each control: of the data base and of the histories.
    pub async fn copy() -> Self {
        let original = PLAYED.get_or_init(play).await;
        let url = &original.database_url;
        let template = postgres_name(url);
        let name = format!("control_{}", Uuid::new_v4().simple());
        let postgres = url.replace(template, "postgres");
        create_database(&postgres, &name, Some(template))
            .await
            .expect("a copy of the data base");
        let folder = HistoryFolder(fresh_folder());
        std::fs::create_dir_all(&folder.0).expect("a folder");
        for entry in std::fs::read_dir(&original.folder.0).expect("histories") {
            let path = entry.expect("a history").path();
            let copy = folder.0.join(path.file_name().expect("a name"));
            std::fs::copy(&path, copy).expect("a copy");
        }
        Self {
            database_url: url.replace(template, &name),
            folder,
            ..original.clone()
        }
    }

    pub async fn sql(&self, statement: &str) {
        postgres::execute(&self.database_url, statement).await;
    }

    /// What a snapshot says at this moment is written down, as while they played.
    pub async fn look(&self) {
        let snapshot = snapshots::take(&self.database_url, &self.stopwatch).await;
        let snapshot = Record::Snapshot(snapshot.expect("a snapshot"));
        let pen = Pen::append_to(&self.folder.snapshots()).expect("a history");
        pen.write(&snapshot).expect("a line");
    }

    pub async fn check(&self) -> Report {
        let report = check(&self.folder, &self.database_url).await;
        let report = report.expect("a report");
        std::fs::remove_dir_all(&self.folder.0).expect("the history to be removed");
        report
    }

    pub async fn breaks(&self, law: Law) -> Report {
        let report = self.check().await;
        let broken = report.broken(law);
        assert!(!broken.is_empty(), "not seen: {law:?}\n{report}");
        report
    }

    /// That law, and no other: a fault is not mistaken for another one.
    pub async fn breaks_only(&self, law: Law) {
        let report = self.breaks(law).await;
        let broken = report.broken(law);
        assert_eq!(broken.len(), report.violations.len(), "{report}");
    }

    /// One that the query finds.
    pub async fn one(&self, query: &str) -> String {
        let id = postgres::value(&self.database_url, query).await;
        assert!(!id.is_empty(), "nothing is there of: {query}");
        id
    }

    /// An appointment of somebody who played, in that status.
    pub async fn appointment(&self, status: &str) -> String {
        let query = format!(
            "SELECT id FROM appointments WHERE status = '{status}'
                 AND booked_at > (SELECT max(created_at) FROM accounts)
                 AND series_id IS NULL AND service_id IN (SELECT id FROM services WHERE format = 'individual')
                 AND id NOT IN (SELECT appointment_id FROM proposals)
                 ORDER BY id LIMIT 1"
        );
        let id = postgres::value(&self.database_url, &query).await;
        assert!(!id.is_empty(), "nobody has an appointment that is {status}");
        id
    }
}

/// The last name like `test_…` of a connection string.
fn postgres_name(url: &str) -> &str {
    let from = url
        .rfind("test_")
        .expect("the name of a data base of a test");
    let name = &url[from..];
    let end = name.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    &name[..end.unwrap_or(name.len())]
}
