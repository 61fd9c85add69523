//! A slow wire to Postgres that keeps a record of what travels on it.

pub mod messages;
mod talk;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;
use tokio_postgres::config::Host;

use messages::Messages;
use talk::Talk;

/// Stands between a program and the Postgres of the tests.
#[derive(Debug)]
pub struct Proxy {
    /// The connection string of the same data base, by way of the proxy.
    pub url: String,
    wire: Wire,
}

#[derive(Debug, Clone, Default)]
struct Wire {
    latency_ms: Arc<AtomicU64>,
    record: Arc<Mutex<Record>>,
    interruption: Arc<Interruption>,
}

/// Whether bytes are held up on their way, from now on or from the next COMMIT.
#[derive(Debug, Default)]
struct Interruption {
    stalled: AtomicBool,
    at_commit: AtomicBool,
    resumed: Notify,
}

impl Interruption {
    fn commit(&self) {
        if self.at_commit.swap(false, Ordering::SeqCst) {
            self.stalled.store(true, Ordering::SeqCst);
        }
    }

    async fn pass(&self) {
        loop {
            let resumed = self.resumed.notified();
            if !self.stalled.load(Ordering::SeqCst) {
                return;
            }
            // A pause too, for whoever asked just before it was resumed.
            let _ = tokio::time::timeout(Duration::from_millis(10), resumed).await;
        }
    }
}

/// What travelled.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// The statements of each trip: all that was sent before the program waited for the answers.
    trips: Vec<Vec<String>>,
    /// Trips whose answers have not come yet, on all connections.
    under_way: usize,
}

impl Record {
    /// How often the program waited for Postgres. A ROLLBACK on its own does not count: it follows
    /// a transaction that only read, and nobody waits for it.
    #[must_use]
    pub fn trips(&self) -> usize {
        let awaited = |trip: &&Vec<String>| trip.as_slice() != ["ROLLBACK"];
        self.trips.iter().filter(awaited).count()
    }

    /// What was executed, but for what opens, guards and closes a transaction.
    #[must_use]
    pub fn statements(&self) -> Vec<&str> {
        let guards = ["BEGIN", "COMMIT", "ROLLBACK", "SELECT set_config("];
        let is_guard = |sql: &&str| {
            guards
                .iter()
                .any(|guard| sql.trim_start().starts_with(guard))
        };
        let all = self.trips.iter().flatten().map(String::as_str);
        all.filter(|sql| !is_guard(sql)).collect()
    }
}

impl Proxy {
    /// For a connection string of the embedded Postgres, which listens on a socket file.
    pub async fn start(database_url: &str) -> Self {
        let config: tokio_postgres::Config = database_url.parse().expect("a connection string");
        let Some(Host::Unix(folder)) = config.get_hosts().first() else {
            panic!("the tests' Postgres listens on a socket file: {database_url}");
        };
        let socket = folder.join(".s.PGSQL.5432");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!(
            "host=127.0.0.1 port={} user={} dbname={}",
            listener.local_addr().expect("an address").port(),
            config.get_user().expect("a user"),
            config.get_dbname().expect("a data base"),
        );
        let wire = Wire::default();
        let every = wire.clone();
        tokio::spawn(async move {
            while let Ok((program, _)) = listener.accept().await {
                program.set_nodelay(true).expect("a socket option");
                let postgres = UnixStream::connect(&socket).await.expect("Postgres");
                every.clone().connect(program, postgres);
            }
        });
        Self { url, wire }
    }

    /// How long everything travels from now on, each way.
    pub fn set_latency(&self, one_way: Duration) {
        let millis = u64::try_from(one_way.as_millis()).expect("a latency");
        self.wire.latency_ms.store(millis, Ordering::Relaxed);
    }

    /// From now on nothing arrives, neither here nor there; nobody hangs up.
    pub fn stall(&self) {
        self.wire.interruption.stalled.store(true, Ordering::SeqCst);
    }

    /// The next COMMIT arrives, and its answer does not; nothing does after that.
    pub fn stall_at_commit(&self) {
        self.wire
            .interruption
            .at_commit
            .store(true, Ordering::SeqCst);
    }

    /// What was held up arrives after all.
    pub fn resume(&self) {
        let interruption = &self.wire.interruption;
        interruption.at_commit.store(false, Ordering::SeqCst);
        interruption.stalled.store(false, Ordering::SeqCst);
        interruption.resumed.notify_waiters();
    }

    /// Waits until nothing is under way, and forgets what travelled.
    pub async fn forget(&self) {
        let mut quiet = 0;
        while quiet < 3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
            let under_way = self.wire.record().under_way > 0;
            quiet = if under_way { 0 } else { quiet + 1 };
        }
        self.wire.record().trips.clear();
    }

    #[must_use]
    pub fn record(&self) -> Record {
        self.wire.record().clone()
    }
}

impl Wire {
    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().expect("the record")
    }

    fn connect(self, program: TcpStream, postgres: UnixStream) {
        let (from_program, to_program) = program.into_split();
        let (from_postgres, to_postgres) = postgres.into_split();
        let talk = Arc::new(Mutex::new(Talk::new(Arc::clone(&self.record))));
        let listening = Arc::clone(&talk);
        let (mut out, mut back) = (Messages::from_program(), Messages::from_postgres());
        let interruption = Arc::clone(&self.interruption);
        // What is sent is noted on its departure, what is answered on its arrival: as the program
        // sees it.
        tokio::spawn(travel(
            from_program,
            to_postgres,
            self.clone(),
            Way::There,
            move |bytes| {
                out.each(bytes, |kind, body| {
                    if talk.lock().expect("a talk").sent(kind, body) == Some("COMMIT".to_owned()) {
                        interruption.commit();
                    }
                });
            },
            |_| (),
        ));
        tokio::spawn(travel(
            from_postgres,
            to_program,
            self,
            Way::Back,
            |_| (),
            move |bytes| {
                back.each(bytes, |kind, _| {
                    listening.lock().expect("a talk").answered(kind);
                });
            },
        ));
    }
}

/// Carries bytes, each chunk with the same delay, so that a second one does not wait for the first.
async fn travel(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin + Send + 'static,
    wire: Wire,
    way: Way,
    mut departs: impl FnMut(&[u8]),
    mut arrives: impl FnMut(&[u8]) + Send + 'static,
) {
    let (on_the_way, mut arriving) = mpsc::unbounded_channel::<(Instant, Vec<u8>, bool)>();
    let interruption = Arc::clone(&wire.interruption);
    tokio::spawn(async move {
        while let Some((at, bytes, passes)) = arriving.recv().await {
            tokio::time::sleep_until(at).await;
            if !passes {
                interruption.pass().await;
            }
            arrives(&bytes);
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
        // The other side hung up; whether this one still listens does not matter.
        let _ = to.shutdown().await;
    });
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let latency = Duration::from_millis(wire.latency_ms.load(Ordering::Relaxed));
        let stalled = || wire.interruption.stalled.load(Ordering::SeqCst);
        // What carries the COMMIT at which the wire stalls still arrives.
        let passes = matches!(way, Way::There) && !stalled();
        departs(&buffer[..length]);
        let bytes = buffer[..length].to_vec();
        let sent = on_the_way.send((Instant::now() + latency, bytes, passes));
        if sent.is_err() {
            return;
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Way {
    There,
    Back,
}
