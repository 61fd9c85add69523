//! The wire between the program and Postgres, which can be cut, held up, reset and halved.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;

use super::ports;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    ToPostgres,
    ToProgram,
}

impl Direction {
    const fn index(self) -> usize {
        match self {
            Self::ToPostgres => 0,
            Self::ToProgram => 1,
        }
    }
}

/// What befalls every connection that is open.
#[derive(Debug, Clone, Copy)]
enum Blow {
    Cut,
    Reset,
}

#[derive(Debug, Default)]
struct State {
    /// By direction: nothing is forwarded.
    held: [AtomicBool; 2],
    /// By direction: how many more chunks are forwarded by half, and their connections cut.
    halves: [AtomicUsize; 2],
    refuses: AtomicBool,
}

/// Listens for the program, and calls Postgres for each of its connections.
#[derive(Debug)]
pub struct Wire {
    pub port: u16,
    state: Arc<State>,
    blows: broadcast::Sender<Blow>,
}

impl Wire {
    pub async fn start(postgres: u16) -> Self {
        let port = ports::free_port();
        let listener = TcpListener::bind(("127.0.0.1", port))
            .await
            .expect("a port");
        let state = Arc::new(State::default());
        let (blows, _) = broadcast::channel(16);
        let wire = Self {
            port,
            state: Arc::clone(&state),
            blows: blows.clone(),
        };
        tokio::spawn(async move {
            while let Ok((program, _)) = listener.accept().await {
                if !state.refuses.load(Ordering::Relaxed) {
                    let connection = carry(program, postgres, Arc::clone(&state), blows.clone());
                    tokio::spawn(connection);
                }
            }
        });
        wire
    }

    /// The connection string of the superuser by way of the wire.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        super::postgres::url(self.port, database)
    }

    /// Hangs up on every connection.
    pub fn cut(&self) {
        let _ = self.blows.send(Blow::Cut);
    }

    /// Resets every connection, as a firewall does that forgot them.
    pub fn reset(&self) {
        let _ = self.blows.send(Blow::Reset);
    }

    /// Forwards a part of what is sent next, so many times, and hangs up.
    pub fn halve(&self, direction: Direction, times: usize) {
        self.state.halves[direction.index()].store(times, Ordering::Relaxed);
    }

    /// Forwards nothing any more, and hangs up on nobody.
    pub fn stall(&self, directions: &[Direction]) {
        for direction in directions {
            self.state.held[direction.index()].store(true, Ordering::Relaxed);
        }
    }

    /// Hangs up on whoever calls.
    pub fn refuse(&self) {
        self.state.refuses.store(true, Ordering::Relaxed);
    }

    /// Everything flows again.
    pub fn mend(&self) {
        for index in 0..2 {
            self.state.held[index].store(false, Ordering::Relaxed);
            self.state.halves[index].store(0, Ordering::Relaxed);
        }
        self.state.refuses.store(false, Ordering::Relaxed);
    }
}

async fn carry(
    program: TcpStream,
    postgres: u16,
    state: Arc<State>,
    blows: broadcast::Sender<Blow>,
) {
    let mut blow = blows.subscribe();
    let Ok(postgres) = TcpStream::connect(("127.0.0.1", postgres)).await else {
        return;
    };
    let _ = (program.set_nodelay(true), postgres.set_nodelay(true));
    let (from_program, to_program) = program.into_split();
    let (from_postgres, to_postgres) = postgres.into_split();
    let mut out = Pump::new(from_program, to_postgres, Direction::ToPostgres);
    let mut back = Pump::new(from_postgres, to_program, Direction::ToProgram);
    let struck = tokio::select! {
        () = out.run(&state) => Blow::Cut,
        () = back.run(&state) => Blow::Cut,
        struck = blow.recv() => struck.unwrap_or(Blow::Cut),
    };
    if matches!(struck, Blow::Reset) {
        for stream in [out.from.as_ref(), back.from.as_ref()] {
            let _ = stream.set_zero_linger();
        }
    }
}

/// One direction of one connection.
struct Pump {
    from: OwnedReadHalf,
    to: OwnedWriteHalf,
    index: usize,
}

impl Pump {
    fn new(from: OwnedReadHalf, to: OwnedWriteHalf, direction: Direction) -> Self {
        Self {
            from,
            to,
            index: direction.index(),
        }
    }

    /// Until somebody hangs up, or a message was halved.
    async fn run(&mut self, state: &State) {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = self.from.read(&mut buffer).await {
            while state.held[self.index].load(Ordering::Relaxed) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let take_one = |left: usize| left.checked_sub(1);
            let halved = state.halves[self.index]
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take_one)
                .is_ok();
            let forwarded = if halved { length / 2 } else { length };
            if self.to.write_all(&buffer[..forwarded]).await.is_err() || halved {
                return;
            }
        }
    }
}
