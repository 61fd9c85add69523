use std::io;
use std::path::{Path, PathBuf};

/// Why the private Postgres cannot be used. Each message is one sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    #[error(
        "no Postgres server programs (initdb and postgres, version {oldest} or later) were found: \
         install the packages `postgresql` and `postgresql-contrib`, or run `make postgres`, or \
         set PG_BIN_DIR to their folder, or set DATABASE_URL to use another server{rejected}"
    )]
    ProgramsMissing { oldest: u32, rejected: String },

    #[error(
        "the data in {} is of Postgres {data}, but the programs found here are of {programs}: \
         install the programs of Postgres {data}, or move the data away to begin anew",
        cluster.display()
    )]
    OtherVersion {
        cluster: PathBuf,
        data: u32,
        programs: String,
    },

    #[error(
        "Postgres refuses to run as root, and there is neither a user `postgres` nor `nobody` to \
         run it as: create one of them, or start the program as another user"
    )]
    NoUserToDropTo,

    #[error(
        "the user with the number {uid} has no entry in the passwd file, which Postgres needs: \
         add one, or start the program as another user"
    )]
    NoPasswdEntry { uid: u32 },

    #[error(
        "Postgres must not run as root, and root may not become the user `{name}` here ({reason}): \
         start the program as another user"
    )]
    CannotBecome { name: String, reason: io::Error },

    #[error("{} is not a folder", path.display())]
    NotAFolder { path: PathBuf },

    #[error("cannot write to {}: {reason}", path.display())]
    Unwritable { path: PathBuf, reason: io::Error },

    #[error(
        "the user `{name}`, as whom Postgres runs, cannot reach {}: open the folders above it",
        path.display()
    )]
    Unreachable { path: PathBuf, name: String },

    #[error(
        "{} belongs to the user with the number {owner}, not to {expected}: start the program as \
         that user, or move the folder away",
        path.display()
    )]
    ForeignOwner {
        path: PathBuf,
        owner: u32,
        expected: u32,
    },

    #[error("{} holds no data of Postgres: move the folder away", path.display())]
    NotACluster { path: PathBuf },

    #[error(
        "process {process} is a Postgres that this program did not start, and it uses {}: stop it",
        cluster.display()
    )]
    InForeignUse { process: i32, cluster: PathBuf },

    #[error("Postgres could not prepare {}: {output}", cluster.display())]
    NotInitialised { cluster: PathBuf, output: String },

    #[error("Postgres did not start; the end of {} says: {tail}", log.display())]
    NotStarted { log: PathBuf, tail: String },

    #[error(
        "another process holds the Postgres of {} and did not get ready or end in {seconds} \
         seconds: stop it, or try again",
        path.display()
    )]
    Busy { path: PathBuf, seconds: u64 },

    #[error("another sprechstunde already serves from {}", path.display())]
    AlreadyServed { path: PathBuf },
}

impl EmbeddedError {
    pub(super) fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |reason| Self::Unwritable {
            path: path.to_owned(),
            reason,
        }
    }
}
