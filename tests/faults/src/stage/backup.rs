//! Backups in the way an operator makes them.

use std::path::Path;

use super::postgres::succeed;
use super::{Cluster, Postgres, account, server_programs};

/// A dump of the data base, taken while it is written to.
pub async fn dump(postgres: &Postgres, database: &str, file: &Path) {
    // The file is ours, and another user writes it.
    std::fs::File::create(file).expect("a file");
    account::give(file);
    let mut dump = account::command(&server_programs::find("pg_dump"));
    dump.args([
        "--format=custom",
        "-d",
        &postgres.cluster.url(database),
        "-f",
    ]);
    dump.arg(file);
    succeed(dump).await;
}

/// Restores a dump into a server that has the roles, as a data base that was not there before.
pub async fn restore(postgres: &Postgres, database: &str, file: &Path) {
    let create = format!("CREATE DATABASE {database}");
    postgres.execute("postgres", &create).await;
    let mut restore = account::command(&server_programs::find("pg_restore"));
    restore.args(["--exit-on-error", "-d", &postgres.cluster.url(database)]);
    restore.arg(file);
    succeed(restore).await;
}

/// A copy of the whole server with its log, taken while it is written to.
pub async fn copy(postgres: &Postgres, folder: &Path, name: &str) -> Cluster {
    let cluster = Cluster::at(folder, name);
    cluster.make_folder();
    let mut copy = account::command(&server_programs::find("pg_basebackup"));
    copy.args([
        "--checkpoint=fast",
        "-d",
        &postgres.cluster.url("postgres"),
        "-D",
    ]);
    copy.arg(&cluster.data);
    succeed(copy).await;
    cluster
}
