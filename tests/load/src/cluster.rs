//! The private Postgres that is measured, with all durability on.

use std::path::{Path, PathBuf};
use std::process::Command;

use persistence::cluster::create_database;
use persistence::embedded::{self, Server};
use tokio_postgres::{Client, NoTls};

use crate::Failure;

/// The data base in it, as the program names its own.
pub const DATABASE: &str = "sprechstunde";

/// Known to everybody: nothing secret is ever filled in.
pub const MASTER_KEY: &str = "bG9hZCBpcyBtZWFzdXJlZCB1bmRlciB0aGlzIGtleS4=";

/// As every manual says: a quarter of the memory, and checkpoints minutes apart.
const TUNING: [(&str, &str); 4] = [
    ("max_connections", "200"),
    ("max_wal_size", "16GB"),
    ("checkpoint_timeout", "15min"),
    ("shared_buffers", "5GB"),
];

/// A running server; ends when it is dropped.
#[derive(Debug)]
pub struct Cluster {
    server: Server,
    /// How the superuser connects to the data base.
    pub url: String,
}

impl Cluster {
    /// Starts it in that folder, which is made where it is missing.
    pub async fn start(folder: &Path) -> Result<Self, Failure> {
        std::fs::create_dir_all(folder)?;
        let settings = embedded::Settings {
            data_dir: folder.to_owned(),
            durable: true,
        };
        let mut server = start(settings.clone()).await?;
        if tuned(&server.connection_string("postgres")).await? {
            drop(server);
            server = start(settings).await?;
        }
        create_database(&server.connection_string("postgres"), DATABASE, None).await?;
        let url = server.connection_string(DATABASE);
        Ok(Self { server, url })
    }

    /// The process of the server; all of its others are its children.
    pub fn process(&self) -> Result<u32, Failure> {
        let pid = std::fs::read_to_string(self.server.data_dir().join("postgres/postmaster.pid"))?;
        let first = pid.lines().next().unwrap_or_default();
        first
            .parse()
            .map_err(|_| "postmaster.pid names no process".into())
    }

    /// The folder of the socket on which it listens.
    pub fn socket(&self) -> Result<String, Failure> {
        let config: tokio_postgres::Config = self.url.parse()?;
        match config.get_hosts().first() {
            Some(tokio_postgres::config::Host::Unix(path)) => Ok(path.display().to_string()),
            _ => Err("the private Postgres listens on no socket file".into()),
        }
    }

    /// The folder of the server's programs.
    pub fn programs(&self) -> Result<PathBuf, Failure> {
        let running = std::fs::read_link(format!("/proc/{}/exe", self.process()?))?;
        let folder = running.parent().ok_or("postgres lies in no folder")?;
        Ok(folder.to_owned())
    }

    /// A program that is installed beside the server, or found on the path.
    pub fn program(&self, name: &str) -> Result<Command, Failure> {
        let beside = self.programs()?.join(name);
        Ok(Command::new(if beside.is_file() {
            beside
        } else {
            name.into()
        }))
    }

    pub fn stop(self) {
        self.server.stop();
    }
}

/// A connection of the superuser.
pub async fn connect(url: &str) -> Result<Client, Failure> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn start(settings: embedded::Settings) -> Result<Server, Failure> {
    let started = tokio::task::spawn_blocking(move || Server::start_as_owner(&settings));
    Ok(started.await??)
}

/// Writes down the settings that differ; they come into force with the next start.
async fn tuned(url: &str) -> Result<bool, Failure> {
    let client = connect(url).await?;
    let mut changed = false;
    for (name, wanted) in TUNING {
        let is: String = client
            .query_one("SELECT current_setting($1)", &[&name])
            .await?
            .get(0);
        if is != wanted {
            let set = format!("ALTER SYSTEM SET {name} = '{wanted}'");
            client.batch_execute(&set).await?;
            changed = true;
        }
    }
    Ok(changed)
}
