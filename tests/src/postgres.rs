//! One private Postgres for all tests, and a copy of a migrated template for each.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use persistence::cluster::create_database;
use persistence::embedded;
use persistence::migrations::migrate;
use tokio::sync::OnceCell;
use tokio_postgres::NoTls;
use uuid::Uuid;

static SERVER: OnceLock<embedded::Server> = OnceLock::new();
static TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// Starts with the first test and ends with the process. It forgets on a crash: fsync is off.
fn server() -> &'static embedded::Server {
    SERVER.get_or_init(|| {
        let data_dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/tests-postgres");
        std::fs::create_dir_all(&data_dir).expect("a folder for the data");
        let settings = embedded::Settings {
            data_dir,
            durable: false,
        };
        let server = embedded::Server::start(&settings).expect("a private Postgres");
        if !server.is_owner() || !used_before(server.data_dir()) {
            return server;
        }
        // Dropping the data bases of a former run takes longer than beginning anew.
        let cluster = server.data_dir().to_owned();
        server.stop();
        std::fs::remove_dir_all(&cluster).expect("the data of a former run");
        let server = embedded::Server::start(&settings).expect("a private Postgres");
        used_before(server.data_dir());
        server
    })
}

/// Leaves a mark in the folder; answers whether one was there.
fn used_before(data_dir: &Path) -> bool {
    let mark = data_dir.join("used");
    let used = mark.exists();
    std::fs::write(mark, "").expect("a mark");
    used
}

/// The connection string of a new data base with the schema and nothing in it.
pub async fn fresh_database() -> String {
    let template = TEMPLATE.get_or_init(make_template).await;
    let name = format!("test_{}", Uuid::now_v7().simple());
    create_database(
        &server().connection_string("postgres"),
        &name,
        Some(template),
    )
    .await
    .expect("a data base");
    server().connection_string(&name)
}

/// A migrated data base that nobody connects to again.
async fn make_template() -> String {
    let server = tokio::task::spawn_blocking(server)
        .await
        .expect("a private Postgres");
    let name = format!("test_template_{}", Uuid::now_v7().simple());
    let postgres = server.connection_string("postgres");
    create_database(&postgres, &name, None)
        .await
        .expect("a template");
    migrate(&server.connection_string(&name))
        .await
        .expect("the schema");
    execute(
        &postgres,
        &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"),
    )
    .await;
    name
}

pub async fn execute(url: &str, statement: &str) {
    connect(url)
        .await
        .batch_execute(statement)
        .await
        .expect("the statement");
}

/// The first column of the first row, as text.
pub async fn value(url: &str, query: &str) -> String {
    let row = connect(url)
        .await
        .query_one(&format!("SELECT ({query})::text"), &[])
        .await
        .expect("a row");
    row.get::<_, Option<String>>(0).unwrap_or_default()
}

pub async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .expect("a connection");
    tokio::spawn(connection);
    client
}

/// The first column of every row, as text.
pub async fn rows(url: &str, query: &str) -> Vec<String> {
    let rows = connect(url).await.query(query, &[]).await.expect("rows");
    rows.iter().map(|row| row.get(0)).collect()
}

/// A connection with the rights of that role, as the pools of the program have it.
pub async fn connect_as(url: &str, role: &str) -> tokio_postgres::Client {
    let mut config: tokio_postgres::Config = url.parse().expect("a connection string");
    config.options(format!("-c role={role}"));
    let (client, connection) = config.connect(NoTls).await.expect("a connection");
    tokio::spawn(connection);
    client
}
