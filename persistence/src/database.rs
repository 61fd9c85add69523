//! The pools. Each logs in with the rights of one role and no more; none serves as the owner.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::ConnectionError;
use diesel_async::pooled_connection::deadpool::{Hook, HookError, Pool};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::FutureExt;
use tokio::runtime::Handle;
use tokio::task::JoinError;
use tokio::time::{Instant, timeout_at};

use crate::connecting::{Language, establish};
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::failover;
use crate::transaction::Transaction;

/// The rights that a connection has: a role of the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rights {
    /// Published directory, busy spans without cause; may book; opens only by a secret.
    Public,
    /// Rows of the organisations that the transaction acts for.
    Staff,
    /// Accounts, tokens and keys, and no appointments.
    Issuer,
    /// What expires, what is extended; no contact can be read.
    Worker,
}

impl Rights {
    pub(crate) const ALL: [Self; 4] = [Self::Public, Self::Staff, Self::Issuer, Self::Worker];

    pub(crate) const fn role(self) -> &'static str {
        match self {
            Self::Public => "sprechstunde_public",
            Self::Staff => "sprechstunde_staff",
            Self::Issuer => "sprechstunde_issuer",
            Self::Worker => "sprechstunde_worker",
        }
    }
}

/// How to reach Postgres.
#[derive(Debug, Clone)]
pub struct Settings {
    /// A connection string as libpq reads it, without TLS parameters.
    pub url: String,
    /// Connections for the public, and as many for staff.
    pub connections: usize,
    /// How long a request has for all that it does with one connection, from when it asks for it.
    pub patience: Duration,
}

/// How many connections there are, and how many requests wait for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    pub connections: i64,
    pub waiting: i64,
}

/// How long work has that no caller waits for.
const PATIENCE_OF_WORKERS: Duration = Duration::from_secs(30);

#[derive(Clone)]
pub struct Database {
    settings: Arc<Settings>,
    patience: Duration,
    /// All pools for public and staff that were ever made, to count what they do.
    shares: Arc<Mutex<Vec<Pool<AsyncPgConnection>>>>,
    public: Pool<AsyncPgConnection>,
    staff: Pool<AsyncPgConnection>,
    issuer: Pool<AsyncPgConnection>,
    worker: Pool<AsyncPgConnection>,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database")
            .field("public", &self.public.status())
            .finish_non_exhaustive()
    }
}

impl Database {
    /// Prepares the pools; connections are made when they are needed, and driven by the runtime that
    /// this is called on.
    pub fn new(settings: &Settings) -> Result<Self> {
        let pool = |rights, connections| pool(settings, rights, connections);
        let database = Self {
            settings: Arc::new(settings.clone()),
            patience: settings.patience,
            shares: Arc::default(),
            public: pool(Rights::Public, settings.connections)?,
            staff: pool(Rights::Staff, settings.connections)?,
            issuer: pool(Rights::Issuer, 2)?,
            worker: pool(Rights::Worker, 2)?,
        };
        database.count_in();
        Ok(database)
    }

    /// The same data base, for one of several threads that answer requests: with an equal share of
    /// the connections for public and staff, driven by the thread's own runtime. To wake another
    /// thread for each answer of Postgres took longer than many a statement.
    pub fn share(&self, among: usize) -> Result<Self> {
        let connections = (self.settings.connections / among.max(1)).max(1);
        let share = Self {
            public: pool(&self.settings, Rights::Public, connections)?,
            staff: pool(&self.settings, Rights::Staff, connections)?,
            ..self.clone()
        };
        share.count_in();
        Ok(share)
    }

    fn count_in(&self) {
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        shares.extend([self.public.clone(), self.staff.clone()]);
    }

    /// The same data base, for work that takes longer than a request may.
    #[must_use]
    pub fn patient(&self, patience: Duration) -> Self {
        Self {
            patience,
            ..self.clone()
        }
    }

    /// A connection, and with it the deadline for all that is done with it.
    pub(crate) async fn connection(&self, rights: Rights) -> Result<Connection> {
        let (pool, patience) = match rights {
            Rights::Public => (&self.public, self.patience),
            Rights::Staff => (&self.staff, self.patience),
            Rights::Issuer => (&self.issuer, self.patience),
            Rights::Worker => (&self.worker, PATIENCE_OF_WORKERS),
        };
        let deadline = Instant::now() + patience;
        match timeout_at(deadline, pool.get()).await {
            Ok(Ok(lent)) => Ok(Connection::new(lent, deadline)),
            Ok(Err(error)) => Err(Error::Unavailable(error.to_string())),
            Err(_) => Err(Error::Unavailable(
                "no connection before the deadline".to_owned(),
            )),
        }
    }

    pub(crate) async fn transaction(&self, rights: Rights) -> Result<Transaction> {
        Ok(Transaction::begin(self.connection(rights).await?))
    }

    /// How busy the pools are.
    #[must_use]
    pub fn load(&self) -> Load {
        let shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        let pools = || shares.iter().chain([&self.issuer, &self.worker]);
        let sum = |count: fn(&deadpool::Status) -> usize| {
            let sum: usize = pools().map(|pool| count(&pool.status())).sum();
            i64::try_from(sum).unwrap_or(i64::MAX)
        };
        Load {
            connections: sum(|status| status.size),
            waiting: sum(|status| status.waiting),
        }
    }

    /// Whether Postgres answers.
    pub async fn ping(&self) -> Result<()> {
        let connection = self.connection(Rights::Public).await?;
        let mut postgres = connection.postgres();
        let answer = async { Ok(postgres.batch_execute("SELECT 1").await?) };
        connection.within(answer).await
    }
}

fn pool(
    settings: &Settings,
    rights: Rights,
    connections: usize,
) -> Result<Pool<AsyncPgConnection>> {
    let mut config = ManagerConfig::<AsyncPgConnection>::default();
    // The default asks `SELECT 1` before every use, which costs a third of the throughput; a
    // connection that broke meanwhile is noticed without it.
    config.recycling_method = RecyclingMethod::Fast;
    let patience = match rights {
        Rights::Worker => PATIENCE_OF_WORKERS,
        _ => settings.patience,
    };
    let english = Arc::new(Language::default());
    // Where the pool was made, not where a request happens to run: a connection dies with the
    // runtime that drives it.
    let runtime = Handle::try_current().map_err(|error| Error::Unavailable(error.to_string()))?;
    config.custom_setup = Box::new(move |url| {
        let connecting = establish(url.to_owned(), rights, patience, Arc::clone(&english));
        let connecting = runtime.spawn(connecting);
        let ended = |error: JoinError| ConnectionError::BadConnection(error.to_string());
        async move { connecting.await.map_err(ended)? }.boxed()
    });
    let manager = AsyncDieselConnectionManager::new_with_config(&settings.url, config);
    // No limits of its own: whoever asks has a deadline.
    Pool::builder(manager)
        .max_size(connections)
        .pre_recycle(Hook::sync_fn(|_, metrics| {
            if failover::outdates(metrics.created) {
                return Err(HookError::message("it leads to a server that only reads"));
            }
            Ok(())
        }))
        .build()
        .map_err(|error| Error::Unavailable(error.to_string()))
}
