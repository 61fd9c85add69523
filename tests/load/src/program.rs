//! The program as a process of its own, as somebody would run it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use api::authentication::Issuer;
use chrono::{DateTime, Utc};
use persistence::database::{Database, Settings};
use persistence::installation::prepare;
use persistence::vault::{MasterKey, Vault};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Failure;
use crate::cluster::MASTER_KEY;
use crate::network::{Kind, Network, id};

const BASE_URL: &str = "http://load.example";
const PATIENCE: Duration = Duration::from_secs(30);

/// A running child; ends when it is dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    pub address: SocketAddr,
    /// From its start to its first good answer.
    pub ready_in: Duration,
}

impl Program {
    /// Starts that program on that data base.
    pub async fn start(program: &Path, url: &str) -> Result<Self, Failure> {
        Self::start_served(Command::new(program), url).await
    }

    /// Starts it with one thread and one connection for each role: then what was prepared once is
    /// prepared.
    pub async fn start_to_record(program: &Path, url: &str) -> Result<Self, Failure> {
        let mut command = Command::new(program);
        command
            .env("SPRECHSTUNDE_WORKERS", "1")
            .env("SPRECHSTUNDE_DATABASE_CONNECTIONS", "1");
        Self::start_served(command, url).await
    }

    async fn start_served(mut command: Command, url: &str) -> Result<Self, Failure> {
        command
            .env("DATABASE_URL", url)
            .env("SPRECHSTUNDE_MASTER_KEY", MASTER_KEY)
            .env("SPRECHSTUNDE_BASE_URL", BASE_URL)
            .env("RUST_LOG", "warn");
        Self::spawn(command, "SPRECHSTUNDE_LISTEN", "/readyz").await
    }

    /// Starts the bare route: this program itself.
    pub async fn start_ceiling() -> Result<Self, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("ceiling").env("RUST_LOG", "warn");
        Self::spawn(command, "LOAD_LISTEN", "/").await
    }

    async fn spawn(mut command: Command, listen: &str, probe: &str) -> Result<Self, Failure> {
        let address = free_address()?;
        let started = Instant::now();
        let child = command
            .env(listen, address.to_string())
            .stdout(Stdio::null())
            .spawn()?;
        let mut program = Self {
            child,
            address,
            ready_in: Duration::ZERO,
        };
        while !answers(address, probe).await {
            if let Some(status) = program.child.try_wait()? {
                return Err(format!("the program ended at once: {status}").into());
            }
            if started.elapsed() > PATIENCE {
                return Err("the program does not get ready".into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        program.ready_in = started.elapsed();
        Ok(program)
    }

    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Whatever fails here, it is gone or goes with us.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Compiles the program as it is released, and answers where it lies.
pub fn build() -> Result<PathBuf, Failure> {
    log::info!("compiling the program");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--quiet", "--release", "-p", "api"])
        .current_dir(workspace())
        .status()?;
    if status.success() {
        Ok(released())
    } else {
        Err("the program does not compile".into())
    }
}

#[must_use]
pub fn workspace() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn released() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| workspace().join("target"));
    target.join("release/sprechstunde")
}

fn free_address() -> Result<SocketAddr, Failure> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

async fn answers(address: SocketAddr, path: &str) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        let request = format!("GET {path} HTTP/1.0\r\nHost: load.example\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await?;
        Ok::<_, std::io::Error>(answer.ends_with(b" 200"))
    };
    ask.await.unwrap_or(false)
}

/// Signs access tokens with the key of the running program, which prints them one by one otherwise.
pub struct Signer {
    issuer: Issuer,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").finish_non_exhaustive()
    }
}

impl Signer {
    pub async fn prepare(url: &str, now: DateTime<Utc>) -> Result<Self, Failure> {
        let database = Database::new(&Settings {
            url: url.to_owned(),
            connections: 1,
            patience: PATIENCE,
        })?;
        let vault = Vault::new(&MasterKey::from_base64(MASTER_KEY)?);
        let key = prepare(&database, &vault, now).await?.signing_key;
        Ok(Self {
            issuer: Issuer::new(BASE_URL, key.id, &key.pkcs8)?,
        })
    }

    /// For the coordinator of each organisation. They are good for ten minutes.
    pub fn coordinators(
        &self,
        network: &Network,
        now: DateTime<Utc>,
    ) -> Result<Vec<String>, Failure> {
        (0..network.organisations())
            .map(|number| Ok(self.issuer.sign(id(Kind::Account, number).into(), now)?))
            .collect()
    }
}
