//! A primary with a synchronous standby, of which one follows the other.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::postgres::succeed;
use super::{Cluster, Postgres, account, furnished, server_programs};

/// Commits are acknowledged when both have them.
#[derive(Debug)]
pub struct Pair {
    pub primary: Postgres,
    pub standby: Postgres,
    folder: PathBuf,
    generation: u32,
}

impl Pair {
    /// With the furnished data base in both.
    pub async fn form(folder: &Path) -> Self {
        let primary = furnished(folder, "node-0").await.start().await;
        let standby = follow(&primary, folder, 1, None).await;
        Self {
            primary,
            standby,
            folder: folder.to_owned(),
            generation: 1,
        }
    }

    /// Both hosts, of which the program takes the one that takes writes.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let mut ports = [self.primary.cluster.port, self.standby.cluster.port];
        ports.sort_unstable();
        let [one, other] = ports;
        format!(
            "host=127.0.0.1,127.0.0.1 port={one},{other} user=sprechstunde dbname={database} \
             target_session_attrs=read-write"
        )
    }

    /// Lets the standby take over from a primary that was killed and never comes back.
    pub async fn promote(&mut self) {
        let mut promote = account::command(&server_programs::find("pg_ctl"));
        promote
            .args(["promote", "-D"])
            .arg(&self.standby.cluster.data);
        succeed(promote).await;
        std::mem::swap(&mut self.primary, &mut self.standby);
    }

    /// Gives the new primary a standby of its own, where the old primary was.
    pub async fn renew(&mut self) {
        let lost = &self.standby.cluster;
        std::fs::remove_dir_all(&lost.data).expect("the data of the lost primary");
        self.generation += 1;
        let port = Some(lost.port);
        self.standby = follow(&self.primary, &self.folder, self.generation, port).await;
    }
}

/// Copies a server, lets the copy follow it, and commits wait for the copy from now on.
async fn follow(primary: &Postgres, folder: &Path, number: u32, port: Option<u16>) -> Postgres {
    let mut cluster = Cluster::at(folder, &format!("node-{number}"));
    cluster.port = port.unwrap_or(cluster.port);
    cluster.make_folder();
    let name = format!("node_{number}");
    let from = format!(
        "{} application_name={name}",
        primary.cluster.url("postgres")
    );
    let mut copy = account::command(&server_programs::find("pg_basebackup"));
    copy.args(["--write-recovery-conf", "--checkpoint=fast", "-d", &from]);
    succeed_into(copy, &cluster.data).await;
    let standby = cluster.start().await;
    let set = format!("ALTER SYSTEM SET synchronous_standby_names = '{name}'");
    primary.execute("postgres", &set).await;
    primary.execute("postgres", "SELECT pg_reload_conf()").await;
    let waits = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
    let deadline = Instant::now() + Duration::from_secs(30);
    while primary.value("postgres", waits).await != "1" {
        assert!(Instant::now() < deadline, "no synchronous standby");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    standby
}

async fn succeed_into(mut copy: tokio::process::Command, data: &Path) {
    copy.arg("-D").arg(data);
    succeed(copy).await;
}
