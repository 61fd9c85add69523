//! A client that costs as little as it can: one thread, plain HTTP/1.1 on connections that stay
//! open, each of which asks again as soon as it was answered.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use crate::Failure;

/// What one connection asks, over and over.
pub trait Script {
    /// Writes the next request; `false` when nothing is left to ask.
    fn request(&mut self, out: &mut Vec<u8>) -> bool;

    /// Takes a good answer; `true` when one more request belongs to the same call.
    fn answered(&mut self, _body: &[u8]) -> bool {
        false
    }
}

/// What came of it.
#[derive(Debug, Default, Clone)]
pub struct Outcome {
    pub took: Duration,
    /// Of every call that was answered well, in microseconds.
    pub latencies: Vec<u32>,
    /// How many were answered otherwise, and the first of these answers.
    pub failures: u64,
    pub first_failure: Option<String>,
}

impl Outcome {
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    pub fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.took.as_secs_f64()
    }

    /// The latency that this part of a hundred calls did not exceed, in milliseconds.
    #[must_use]
    pub fn percentile_ms(&mut self, percent: usize) -> f64 {
        self.latencies.sort_unstable();
        let place = self.latencies.len() * percent / 100;
        let latency = self.latencies.get(place).or(self.latencies.last());
        latency.map_or(0.0, |latency| f64::from(*latency) / 1000.0)
    }
}

/// Runs one connection for each script, all on a thread of their own, for that long.
pub fn drive<S: Script + 'static>(
    address: SocketAddr,
    scripts: impl FnOnce() -> Vec<S> + Send,
    lasting: Duration,
) -> Result<Outcome, Failure> {
    std::thread::scope(|scope| {
        let client = scope.spawn(move || -> Result<Outcome, Failure> {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            LocalSet::new().block_on(&runtime, all(address, scripts(), lasting))
        });
        client.join().map_err(|_| "the client panicked")?
    })
}

async fn all<S: Script + 'static>(
    address: SocketAddr,
    scripts: Vec<S>,
    lasting: Duration,
) -> Result<Outcome, Failure> {
    let outcome = Rc::new(RefCell::new(Outcome::default()));
    let mut connections = Vec::new();
    for script in scripts {
        let connection = Connection::open(address).await?;
        connections.push((connection, script));
    }
    let started = Instant::now();
    let until = started + lasting;
    let asking: Vec<_> = connections
        .into_iter()
        .map(|(connection, script)| {
            tokio::task::spawn_local(ask(connection, script, until, Rc::clone(&outcome)))
        })
        .collect();
    for asked in asking {
        asked.await??;
    }
    let mut outcome = outcome.take();
    outcome.took = started.elapsed();
    Ok(outcome)
}

async fn ask(
    mut connection: Connection,
    mut script: impl Script,
    until: Instant,
    outcome: Rc<RefCell<Outcome>>,
) -> Result<(), Failure> {
    let mut request = Vec::with_capacity(2048);
    while Instant::now() < until {
        let started = Instant::now();
        let mut more = true;
        while more {
            request.clear();
            if !script.request(&mut request) {
                return Ok(());
            }
            let status = connection.exchange(&request).await?;
            if (200..300).contains(&status) {
                more = script.answered(connection.body());
                continue;
            }
            let mut outcome = outcome.borrow_mut();
            outcome.failures += 1;
            let body = String::from_utf8_lossy(connection.body());
            outcome
                .first_failure
                .get_or_insert_with(|| format!("{status} {body}"));
            break;
        }
        if !more {
            let took = u32::try_from(started.elapsed().as_micros()).unwrap_or(u32::MAX);
            outcome.borrow_mut().latencies.push(took);
        }
    }
    Ok(())
}

/// One connection and what was read from it last.
struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
    body_from: usize,
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            read: Vec::with_capacity(64 * 1024),
            body_from: 0,
        })
    }

    fn body(&self) -> &[u8] {
        &self.read[self.body_from..]
    }

    /// Sends the request, reads the answer whole, and tells its status.
    async fn exchange(&mut self, request: &[u8]) -> Result<u16, Failure> {
        self.stream.write_all(request).await?;
        self.read.clear();
        let head = loop {
            self.more().await?;
            if let Some(end) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
        };
        self.body_from = head + 4;
        let text = std::str::from_utf8(&self.read[..head])?;
        let (status, length) = (status(text), length(text)?);
        while self.read.len() < self.body_from + length {
            self.more().await?;
        }
        status.ok_or_else(|| "an answer without a status".into())
    }

    async fn more(&mut self) -> Result<(), Failure> {
        match self.stream.read_buf(&mut self.read).await? {
            0 => Err("the connection was closed".into()),
            _ => Ok(()),
        }
    }
}

fn status(head: &str) -> Option<u16> {
    head.get(9..12)?.parse().ok()
}

/// Chunked answers are not read: what is measured sends none.
fn length(head: &str) -> Result<usize, Failure> {
    for line in head.split("\r\n") {
        if let Some((name, value)) = line.split_once(": ")
            && name.eq_ignore_ascii_case("content-length")
        {
            return Ok(value.parse()?);
        }
    }
    if matches!(status(head), Some(204 | 304)) {
        return Ok(0);
    }
    Err(format!("an answer without a length: {head}").into())
}
