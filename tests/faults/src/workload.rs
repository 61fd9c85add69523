//! Visitors and staff who do what real ones do, by the dice of a seed.

use std::path::PathBuf;

use crate::history::HistoryFolder;

/// Who plays, where, and by which dice.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The programs, as `http://127.0.0.1:8080`; a client goes on to the next one where it gets no answer.
    pub bases: Vec<String>,
    /// The data base with the owner's rights: what it holds before the first call, and snapshots.
    pub database_url: String,
    pub seed: u64,
    /// Where the histories are written; made if it lacks.
    pub folder: PathBuf,
    /// How many visitors; one of the staff of each organisation comes on top.
    pub clients: u32,
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the history cannot be written: {0}")]
    Unwritable(#[from] std::io::Error),
    #[error("the data base does not answer: {0}")]
    Database(#[from] tokio_postgres::Error),
    #[error("the program does not answer as it should: {0}")]
    Program(String),
}

/// A workload under way.
#[derive(Debug)]
pub struct Workload {
    folder: HistoryFolder,
}

impl Workload {
    /// Begins: the programs must answer at this moment, later they need not.
    pub async fn start(plan: Plan) -> Result<Self, StartError> {
        Ok(Self {
            folder: HistoryFolder(plan.folder),
        })
    }

    /// Lets every client end the call that it is in.
    pub async fn stop(self) -> HistoryFolder {
        self.folder
    }
}
