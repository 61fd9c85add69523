//! A wire to Postgres that notes every statement with the values that are bound to it, so that
//! Postgres can be measured with what the program really sends.

mod talk;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tests::proxy::messages::Messages;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UnixStream};

use crate::Failure;
use talk::Talk;

/// How long an answer travels where trips count: so long that whatever does not wait for it was
/// sent before.
pub const DISTANCE: Duration = Duration::from_millis(30);

/// One statement, as it was executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Executed {
    pub sql: String,
    pub values: Vec<Value>,
}

/// The object id of a type, and a value of it in binary; `None` is NULL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    pub oid: u32,
    pub bytes: Option<Vec<u8>>,
}

/// All that was sent before somebody waited for the answers, and with the rights of which role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trip {
    pub role: String,
    /// What Postgres was told when the connection began: `-c name=value …`, the role among it.
    pub options: String,
    pub statements: Vec<Executed>,
}

/// What travelled.
#[derive(Debug, Default)]
struct Record {
    trips: Vec<Trip>,
    under_way: usize,
}

#[derive(Debug)]
pub struct Recorder {
    /// The connection string of the same data base, by way of the recorder.
    pub url: String,
    record: Arc<Mutex<Record>>,
}

impl Recorder {
    /// For a Postgres that listens on the socket file in that folder.
    pub async fn start(socket: &str, database: &str, distance: Duration) -> Result<Self, Failure> {
        let socket = format!("{socket}/.s.PGSQL.5432");
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let record = Arc::<Mutex<Record>>::default();
        let recorder = Self {
            url: format!("host=127.0.0.1 port={port} user=sprechstunde dbname={database}"),
            record: Arc::clone(&record),
        };
        tokio::spawn(async move {
            while let Ok((program, _)) = listener.accept().await {
                let Ok(postgres) = UnixStream::connect(&socket).await else {
                    return;
                };
                let (from_program, to_program) = program.into_split();
                let (from_postgres, to_postgres) = postgres.into_split();
                let talk = Arc::new(Mutex::new(Talk::new(Arc::clone(&record))));
                let listening = Arc::clone(&talk);
                let mut sent = Messages::from_program();
                let mut answered = Messages::from_postgres();
                tokio::spawn(carry(
                    from_program,
                    to_postgres,
                    Duration::ZERO,
                    move |bytes| {
                        sent.each(bytes, |kind, body| locked(&talk).sent(kind, body));
                    },
                ));
                tokio::spawn(carry(from_postgres, to_program, distance, move |bytes| {
                    answered.each(bytes, |kind, _| locked(&listening).answered(kind));
                }));
            }
        });
        Ok(recorder)
    }

    /// Waits until nothing is under way, and answers what travelled since it was asked last.
    pub async fn take(&self) -> Vec<Trip> {
        let mut quiet = 0;
        while quiet < 5 {
            tokio::time::sleep(Duration::from_millis(5)).await;
            quiet = if locked(&self.record).under_way > 0 {
                0
            } else {
                quiet + 1
            };
        }
        let trips = std::mem::take(&mut locked(&self.record).trips);
        trips
            .into_iter()
            .filter(|trip| !trip.statements.is_empty())
            .collect()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    latency: Duration,
    mut note: impl FnMut(&[u8]),
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        note(&buffer[..length]);
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
    // The other side hung up; whether this one still listens does not matter.
    let _ = to.shutdown().await;
}
