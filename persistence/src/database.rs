//! The pools. Each logs in with the rights of one role and no more; none serves as the owner.

use std::time::Duration;

use deadpool::Runtime;
use diesel::ConnectionError;
use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
};
use futures_util::FutureExt;
use tokio_postgres::NoTls;

use crate::error::{Error, Result};
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
    /// How long a request waits for a connection before it is told to come again.
    pub patience: Duration,
}

/// How many connections there are, and how many requests wait for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    pub connections: i64,
    pub waiting: i64,
}

#[derive(Clone)]
pub struct Database {
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
    /// Prepares the pools; connections are made when they are needed.
    pub fn new(settings: &Settings) -> Result<Self> {
        let pool = |rights, connections| pool(settings, rights, connections);
        Ok(Self {
            public: pool(Rights::Public, settings.connections)?,
            staff: pool(Rights::Staff, settings.connections)?,
            issuer: pool(Rights::Issuer, 2)?,
            worker: pool(Rights::Worker, 2)?,
        })
    }

    pub(crate) async fn connection(&self, rights: Rights) -> Result<Object<AsyncPgConnection>> {
        let pool = match rights {
            Rights::Public => &self.public,
            Rights::Staff => &self.staff,
            Rights::Issuer => &self.issuer,
            Rights::Worker => &self.worker,
        };
        pool.get()
            .await
            .map_err(|error| Error::Unavailable(error.to_string()))
    }

    pub(crate) async fn transaction(&self, rights: Rights) -> Result<Transaction> {
        Ok(Transaction::begin(self.connection(rights).await?))
    }

    /// How busy the pools are.
    #[must_use]
    pub fn load(&self) -> Load {
        let pools = [&self.public, &self.staff, &self.issuer, &self.worker];
        let sum = |count: fn(&deadpool::Status) -> usize| {
            let sum: usize = pools.iter().map(|pool| count(&pool.status())).sum();
            i64::try_from(sum).unwrap_or(i64::MAX)
        };
        Load {
            connections: sum(|status| status.size),
            waiting: sum(|status| status.waiting),
        }
    }

    /// Whether Postgres answers.
    pub async fn ping(&self) -> Result<()> {
        use diesel_async::SimpleAsyncConnection;
        let mut connection = self.connection(Rights::Public).await?;
        Ok(connection.batch_execute("SELECT 1").await?)
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
    config.custom_setup = Box::new(move |url| establish(url.to_owned(), rights).boxed());
    let manager = AsyncDieselConnectionManager::new_with_config(&settings.url, config);
    Pool::builder(manager)
        .max_size(connections)
        .wait_timeout(Some(settings.patience))
        .create_timeout(Some(settings.patience))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|error| Error::Unavailable(error.to_string()))
}

async fn establish(url: String, rights: Rights) -> Result<AsyncPgConnection, ConnectionError> {
    let unreachable = |error: tokio_postgres::Error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        ConnectionError::BadConnection(format!(
            "{error}{}",
            cause.map_or(String::new(), |cause| format!(": {cause}"))
        ))
    };
    let mut config: tokio_postgres::Config = url.parse().map_err(unreachable)?;
    let role = format!("-c role={}", rights.role());
    let options = config
        .get_options()
        .map_or(role.clone(), |given| format!("{given} {role}"));
    config.options(options).application_name("sprechstunde");
    let (client, connection) = config.connect(NoTls).await.map_err(unreachable)?;
    AsyncPgConnection::try_from_client_and_connection(client, connection).await
}
