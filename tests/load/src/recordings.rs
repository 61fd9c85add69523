//! Each call, heard on the wire: its trips, and the scripts for pgbench that follow from them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use api::clock::Clock;

use crate::Failure;
use crate::asking::{Asking, Tokens};
use crate::calls::Call;
use crate::cluster::{Cluster, DATABASE};
use crate::http::{self, Outcome, drive};
use crate::pgbench::{self, Names, Script, Shape};
use crate::program::{Program, Signer};
use crate::recorder::{DISTANCE, Recorder, Trip};
use crate::subjects::{Random, Stock, Subject, World};

/// What a call costs in trips and statements.
#[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize)]
pub struct Travel {
    /// How often the program waits for Postgres.
    pub trips: usize,
    /// But for what opens, guards and closes a transaction.
    pub statements: usize,
}

#[derive(Debug, Default)]
pub struct Recordings {
    pub travels: BTreeMap<Call, Travel>,
    pub scripts: BTreeMap<Call, Vec<Script>>,
}

/// How often a call is heard at most, until it travels the same way twice: on a busy machine the
/// program may be held up in the middle of what it sends together.
const PATIENCE: usize = 8;

/// Heard of one call.
#[derive(Clone)]
struct Heard {
    subject: Subject,
    trips: Vec<Trip>,
    booked: Option<(String, String)>,
}

/// Hears every call once from a program that nobody else uses.
pub async fn record(
    program: &Path,
    cluster: &Cluster,
    world: &Arc<World>,
    signer: &Signer,
    clock: &Clock,
) -> Result<Recordings, Failure> {
    log::info!("recording what the program sends");
    let database = DATABASE;
    let recorder = Recorder::start(&cluster.socket()?, database, DISTANCE).await?;
    let program = Program::start_to_record(program, &recorder.url).await?;
    let listener = Listener {
        recorder: &recorder,
        address: program.address,
        world: Arc::clone(world),
        tokens: Arc::new(signer.coordinators(&world.network, clock.now())?),
        clock: clock.clone(),
    };
    listener.listen().await
}

/// Listens to a program that runs by way of the recorder.
#[derive(Debug)]
pub struct Listener<'a> {
    pub recorder: &'a Recorder,
    pub address: SocketAddr,
    pub world: Arc<World>,
    pub tokens: Tokens,
    pub clock: Clock,
}

impl Listener<'_> {
    pub async fn listen(&self) -> Result<Recordings, Failure> {
        let mut recordings = Recordings::default();
        for call in Call::ALL {
            if matches!(call, Call::Ceiling | Call::Cancel) {
                continue;
            }
            let variants: &[Option<bool>] = if call.takes() == Some(Stock::Slots) {
                &[Some(false), Some(true)]
            } else {
                &[None]
            };
            for contact in variants {
                self.hear_call(call, *contact, &mut recordings).await?;
            }
        }
        Ok(recordings)
    }

    async fn hear_call(
        &self,
        call: Call,
        contact: Option<bool>,
        recordings: &mut Recordings,
    ) -> Result<(), Failure> {
        let of_call = |error| format!("{}: {error}", call.name());
        let mut random = Random::new(7);
        // Statements are prepared, and connections opened, before anything counts.
        for _ in 0..2 {
            let heard = self.hear(call, contact, &mut random).await;
            let heard = heard.map_err(of_call)?;
            if heard.booked.is_some() {
                self.cancel(&heard).await.map_err(of_call)?;
            }
        }
        let mut names = Names::new(self.clock.now());
        let mut other = self
            .hear(call, contact, &mut random)
            .await
            .map_err(of_call)?;
        let mut heard = other.clone();
        for _ in 0..PATIENCE {
            names = Names::new(self.clock.now());
            heard = self
                .hear(call, contact, &mut random)
                .await
                .map_err(of_call)?;
            if pgbench::same_journeys(&heard.trips, &other.trips) {
                break;
            }
            other = heard.clone();
        }
        let shape = Shape::of(&self.world, heard.subject);
        let script =
            Script::new(&heard.trips, &other.trips, &shape, &mut names).map_err(of_call)?;
        recordings.scripts.entry(call).or_default().push(script);
        let travel_of_call = travel(&heard.trips);
        log::info!("{}: {travel_of_call:?}", call.name());
        recordings.travels.entry(call).or_insert(travel_of_call);
        if call == Call::Book && contact == Some(false) {
            let other = self.cancel(&other).await.map_err(of_call)?;
            let cancelled = self.cancel(&heard).await.map_err(of_call)?;
            names.constants.clear();
            let script = Script::new(&cancelled, &other, &shape, &mut names).map_err(of_call)?;
            recordings.scripts.insert(Call::Cancel, vec![script]);
            recordings.travels.insert(Call::Cancel, travel(&cancelled));
        }
        Ok(())
    }

    async fn hear(
        &self,
        call: Call,
        contact: Option<bool>,
        random: &mut Random,
    ) -> Result<Heard, Failure> {
        let subject = call
            .subject(&self.world, random)
            .ok_or("no free slot is left")?;
        let mut asking = Asking::new(call, Arc::clone(&self.world), Arc::clone(&self.tokens), 1);
        (asking.only, asking.contact) = (Some(subject), contact);
        let trips = self.once(asking).await?;
        let booked = self
            .world
            .booked
            .lock()
            .map_err(|_| "a caller panicked")?
            .pop();
        Ok(Heard {
            subject,
            trips,
            booked,
        })
    }

    async fn cancel(&self, heard: &Heard) -> Result<Vec<Trip>, Failure> {
        let mut asking = Asking::new(
            Call::Cancel,
            Arc::clone(&self.world),
            Arc::clone(&self.tokens),
            1,
        );
        asking.booked.clone_from(&heard.booked);
        self.once(asking).await
    }

    /// One call on one connection, and what it sent on behalf of its caller.
    async fn once(&self, asking: Asking) -> Result<Vec<Trip>, Failure> {
        self.recorder.take().await;
        let address = self.address;
        let driven = tokio::task::spawn_blocking(move || {
            drive(
                address,
                move || vec![Once(asking, false)],
                Duration::from_secs(5),
            )
        });
        let outcome: Outcome = driven.await??;
        if let Some(failure) = outcome.first_failure {
            return Err(failure.into());
        }
        let mut trips = self.recorder.take().await;
        trips.retain(|trip| !trip.role.ends_with("_worker"));
        Ok(trips)
    }
}

/// Ends after one call.
struct Once(Asking, bool);

impl http::Script for Once {
    fn request(&mut self, out: &mut Vec<u8>) -> bool {
        !self.1 && http::Script::request(&mut self.0, out)
    }

    fn answered(&mut self, body: &[u8]) -> bool {
        let more = http::Script::answered(&mut self.0, body);
        self.1 = !more;
        more
    }
}

/// A ROLLBACK of its own does not count: it follows a transaction that only read, and nobody waits.
fn travel(trips: &[Trip]) -> Travel {
    let guards = ["BEGIN", "COMMIT", "ROLLBACK", "SELECT set_config("];
    let is_guard = |sql: &str| {
        guards
            .iter()
            .any(|guard| sql.trim_start().starts_with(guard))
    };
    let awaited =
        |trip: &&Trip| !matches!(trip.statements.as_slice(), [only] if only.sql == "ROLLBACK");
    let statements = trips.iter().flat_map(|trip| &trip.statements);
    Travel {
        trips: trips.iter().filter(awaited).count(),
        statements: statements
            .filter(|statement| !is_guard(&statement.sql))
            .count(),
    }
}
