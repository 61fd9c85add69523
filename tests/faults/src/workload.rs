//! Visitors and staff who do what real ones do, by the dice of a seed.
//!
//! The programs need the demo network, or organisations whose coordinators sign in like those of
//! the demo, and must believe `X-Forwarded-For` of this machine (`SPRECHSTUNDE_TRUSTED_PROXIES`).

mod baseline;
mod dice;
mod ground;
mod intent;
mod scout;
mod sender;
pub mod snapshots;
mod staff;
mod visitor;
mod world;

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::JoinSet;

use self::dice::Dice;
use self::ground::Ground;
use self::sender::Sender;
use self::staff::Staff;
use self::visitor::Visitor;
use self::world::{Organisation, World};
use crate::history::{HistoryFolder, Pen, Stopwatch};

/// Who plays, where, and by which dice.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The programs, as `http://127.0.0.1:8080`; a client goes on to the next one where it gets no answer.
    pub bases: Vec<String>,
    /// The data base with the owner's rights: what it holds before the first call, and snapshots.
    pub database_url: String,
    pub seed: u64,
    /// Where the histories are written, and no others are; made if it lacks.
    pub folder: PathBuf,
    /// How many visitors; one of the staff of each organisation comes on top.
    pub clients: u32,
    /// Nothing but what the last release knows: nobody uses what is new before every program is.
    pub talks_only: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the history cannot be written: {0}")]
    Unwritable(#[from] io::Error),
    #[error("the data base does not answer: {0}")]
    Database(#[from] tokio_postgres::Error),
    #[error("the program does not answer as it should: {0}")]
    Program(String),
}

/// A workload under way.
#[derive(Debug)]
pub struct Workload {
    folder: HistoryFolder,
    stopwatch: Stopwatch,
    over: Arc<AtomicBool>,
    players: JoinSet<io::Result<()>>,
}

impl Workload {
    /// Begins: the programs must answer at this moment, later they need not.
    pub async fn start(plan: Plan) -> Result<Self, StartError> {
        let stopwatch = Stopwatch::start();
        let first = plan.bases.first().map_or("", String::as_str);
        let world = World::discover(first, stopwatch.now().wall, plan.talks_only).await?;
        let folder = HistoryFolder(plan.folder.clone());
        std::fs::create_dir_all(&folder.0)?;
        let before = baseline::baseline(&plan.database_url, plan.seed, stopwatch.now()).await?;
        let text = serde_json::to_string(&before).map_err(io::Error::from)?;
        File::create_new(folder.baseline())?.write_all(text.as_bytes())?;
        let organisations = world.organisations.clone();
        let mut stage = Stage {
            folder,
            stopwatch,
            bases: plan.bases.into(),
            seed: plan.seed,
            ground: Arc::new(Ground::new(world)),
            over: Arc::default(),
            players: JoinSet::new(),
        };
        for number in 0..plan.clients {
            stage.enter_visitor(number)?;
        }
        for (number, organisation) in (plan.clients..).zip(organisations) {
            stage.enter_staff(number, organisation)?;
        }
        let pen = Pen::append_to(&stage.folder.snapshots())?;
        let over = Arc::clone(&stage.over);
        let watcher = snapshots::watch(plan.database_url, pen, stopwatch, over);
        stage.players.spawn(watcher);
        Ok(Self {
            folder: stage.folder,
            stopwatch,
            over: stage.over,
            players: stage.players,
        })
    }

    /// The clock of its histories, for whoever writes down what else happened meanwhile.
    #[must_use]
    pub const fn stopwatch(&self) -> Stopwatch {
        self.stopwatch
    }

    /// Lets every client end what it is about, with a few attempts more.
    pub async fn stop(mut self) -> Result<HistoryFolder, StartError> {
        self.over.store(true, Ordering::Relaxed);
        while let Some(ended) = self.players.join_next().await {
            ended.map_err(io::Error::other)??;
        }
        Ok(self.folder)
    }
}

struct Stage {
    folder: HistoryFolder,
    stopwatch: Stopwatch,
    bases: Arc<[String]>,
    seed: u64,
    ground: Arc<Ground>,
    over: Arc<AtomicBool>,
    players: JoinSet<io::Result<()>>,
}

impl Stage {
    fn sender(&self, number: u32) -> io::Result<Sender> {
        let pen = Pen::append_to(&self.folder.client(number))?;
        let (bases, over) = (Arc::clone(&self.bases), Arc::clone(&self.over));
        Sender::new(number, pen, self.stopwatch, bases, over)
    }

    fn enter_visitor(&mut self, number: u32) -> io::Result<()> {
        let visitor = Visitor {
            sender: self.sender(number)?,
            dice: Dice::new(self.seed, number),
            ground: Arc::clone(&self.ground),
            mine: Vec::new(),
            held: Vec::new(),
            series: Vec::new(),
            entries: Vec::new(),
            tickets: Vec::new(),
        };
        self.players.spawn(visitor.play());
        Ok(())
    }

    fn enter_staff(&mut self, number: u32, organisation: Organisation) -> io::Result<()> {
        let staff = Staff {
            sender: self.sender(number)?,
            dice: Dice::new(self.seed, number),
            ground: Arc::clone(&self.ground),
            stopwatch: self.stopwatch,
            organisation,
            token: None,
            day: Vec::new(),
            requests: Vec::new(),
            called: Vec::new(),
        };
        self.players.spawn(staff.play());
        Ok(())
    }
}
