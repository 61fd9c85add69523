//! A wire to Postgres that notes every statement with the values that are bound to it, so that
//! Postgres can be measured with what the program really sends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UnixStream};

use crate::Failure;

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
                let mut sent = Messages::new(true);
                let mut answered = Messages::new(false);
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

/// One connection's conversation.
struct Talk {
    record: Arc<Mutex<Record>>,
    role: String,
    options: String,
    /// Text and types of the parameters, by the name under which it was prepared.
    prepared: HashMap<Vec<u8>, (String, Vec<u32>)>,
    bound: Option<Executed>,
    /// How many answers are due; the first of them opened the trip.
    due: usize,
    trip: Option<Trip>,
}

impl Talk {
    fn new(record: Arc<Mutex<Record>>) -> Self {
        Self {
            record,
            role: String::new(),
            options: String::new(),
            prepared: HashMap::new(),
            bound: None,
            due: 0,
            trip: None,
        }
    }

    fn sent(&mut self, kind: u8, body: &[u8]) {
        let mut reader = Reader(body);
        let mut executed = None;
        match kind {
            GREETING => {
                let text = String::from_utf8_lossy(body);
                let options = text.split_once("options\0").map(|(_, rest)| rest);
                let options = options.and_then(|rest| rest.split('\0').next());
                options.unwrap_or_default().clone_into(&mut self.options);
                let role = self.options.split_once("-c role=").map(|(_, rest)| rest);
                self.role = role
                    .and_then(|rest| rest.split(' ').next())
                    .unwrap_or_default()
                    .to_owned();
                return;
            }
            b'P' => {
                let name = reader.word().to_vec();
                let sql = String::from_utf8_lossy(reader.word()).into_owned();
                let types = (0..reader.short()).map(|_| reader.long()).collect();
                self.prepared.insert(name, (sql, types));
            }
            b'B' => self.bound = self.read_bind(&mut reader),
            b'E' => executed.clone_from(&self.bound),
            b'Q' => {
                executed = Some(Executed {
                    sql: String::from_utf8_lossy(reader.word()).into_owned(),
                    values: Vec::new(),
                });
            }
            b'X' => return,
            _ => (),
        }
        if self.trip.is_none() {
            locked(&self.record).under_way += 1;
        }
        let trip = self.trip.get_or_insert_with(|| Trip {
            role: self.role.clone(),
            options: self.options.clone(),
            statements: Vec::new(),
        });
        trip.statements.extend(executed);
        self.due += usize::from(matches!(kind, b'Q' | b'S'));
    }

    /// Values in the order of their numbers. All are sent in binary.
    fn read_bind(&self, reader: &mut Reader<'_>) -> Option<Executed> {
        let (_portal, name) = (reader.word(), reader.word());
        let (sql, types) = self.prepared.get(name)?;
        for _ in 0..reader.short() {
            reader.short();
        }
        let values = (0..usize::from(reader.short()))
            .map(|place| {
                let length = reader.long();
                Value {
                    oid: types.get(place).copied().unwrap_or_default(),
                    bytes: (length != u32::MAX).then(|| reader.bytes(length as usize).to_vec()),
                }
            })
            .collect();
        Some(Executed {
            sql: sql.clone(),
            values,
        })
    }

    fn answered(&mut self, kind: u8) {
        // ReadyForQuery; the very first one, after the greeting, was not asked for.
        if kind != b'Z' || self.due == 0 {
            return;
        }
        self.due -= 1;
        if self.due == 0
            && let Some(trip) = self.trip.take()
        {
            let mut record = locked(&self.record);
            record.under_way -= 1;
            record.trips.push(trip);
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (read, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        read
    }

    fn word(&mut self) -> &'a [u8] {
        let end = self
            .0
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(self.0.len());
        let word = self.bytes(end);
        self.bytes(1);
        word
    }

    fn short(&mut self) -> u16 {
        self.bytes(2).try_into().map_or(0, u16::from_be_bytes)
    }

    fn long(&mut self) -> u32 {
        self.bytes(4).try_into().map_or(0, u32::from_be_bytes)
    }
}

/// Stands for the letter that the first message of a program lacks.
const GREETING: u8 = 0;

/// Cuts a stream of bytes into messages: a letter, a length in four bytes, a body.
struct Messages {
    pending: Vec<u8>,
    greeting: bool,
}

impl Messages {
    const fn new(greeting: bool) -> Self {
        Self {
            pending: Vec::new(),
            greeting,
        }
    }

    fn each(&mut self, bytes: &[u8], mut message: impl FnMut(u8, &[u8])) {
        self.pending.extend_from_slice(bytes);
        loop {
            let letter = usize::from(!self.greeting);
            let Some(length) = self.pending.get(letter..letter + 4) else {
                return;
            };
            let length = length.try_into().map_or(0, u32::from_be_bytes);
            let end = letter + length as usize;
            if self.pending.len() < end {
                return;
            }
            let whole: Vec<u8> = self.pending.drain(..end).collect();
            let kind = if self.greeting { GREETING } else { whole[0] };
            self.greeting = false;
            message(kind, &whole[letter + 4..]);
        }
    }
}
