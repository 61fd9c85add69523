//! What nobody should send. It is refused with a problem that says where, changes nothing, and
//! leaves no trace of its content in the log.

mod bodies;
mod headers;
mod methods;
mod parameters;
mod transport;

use std::sync::{Mutex, OnceLock};

use log::kv::{self, Key, VisitSource};
use reqwest::RequestBuilder;
use serde_json::Value;
use tests::Answer;
use tests::furnished::{VISITOR_EMAIL, VISITOR_NAME, VISITOR_NOTE};
use tests::postgres::rows;

use crate::permissions::world::{CALLERS, Operation, World};

/// Stands in everything bad that is sent; no line of the log may have it.
const MARKER: &str = "Zq8vMarker";

/// What the program has logged since the first of these tests, as an operator sees it.
static LOGGED: OnceLock<&'static Log> = OnceLock::new();

#[derive(Default)]
pub(super) struct Log(Mutex<Vec<String>>);

/// A message and its fields.
struct Line(String);

impl<'kvs> VisitSource<'kvs> for Line {
    fn visit_pair(&mut self, name: Key<'kvs>, value: kv::Value<'kvs>) -> Result<(), kv::Error> {
        self.0 += &format!(" {name}={value}");
        Ok(())
    }
}

impl log::Log for Log {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= log::Level::Info
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            let mut line = Line(record.args().to_string());
            record.key_values().visit(&mut line).expect("fields");
            self.0.lock().expect("the lines").push(line.0);
        }
    }

    fn flush(&self) {}
}

pub(super) fn logged() -> &'static Log {
    LOGGED.get_or_init(|| {
        let log: &'static Log = Box::leak(Box::default());
        log::set_logger(log).expect("the only logger");
        log::set_max_level(log::LevelFilter::Info);
        log
    })
}

/// The caller who may do most with it.
pub(super) fn most_able(operation: &Operation<'_>) -> usize {
    let caller = match operation.id {
        "createOrganisation" => "network",
        "listAppointments"
        | "createSickDay"
        | "listAttention"
        | "dealWithAttention"
        | "listWaitlistEntries" => "coordinator",
        "bookAppointment" | "bookSeries" | "createHold" | "joinWaitlist" => "stranger",
        "cancelAppointment"
        | "rescheduleAppointment"
        | "acceptOffer"
        | "declineOffer"
        | "declineProposal"
        | "cancelSeries"
        | "rescheduleSeries" => "secret",
        _ => "administrator",
    };
    let caller = CALLERS.iter().position(|known| *known == caller);
    caller.expect("a caller")
}

/// What was logged of handlers that panicked.
pub(super) fn logged_panics() -> Vec<String> {
    let mut lines = logged().0.lock().expect("the lines").clone();
    lines.retain(|line| line.contains("panicked"));
    lines
}

/// A world in which nothing may change.
struct Guarded {
    world: World,
    before: Vec<String>,
}

impl Guarded {
    async fn arrange() -> Self {
        logged();
        let world = World::arrange().await;
        let before = contents(&world).await;
        Self { world, before }
    }

    /// Sends a bad request; answers the refusal, a problem of that status.
    async fn refused(&self, request: RequestBuilder, status: u16, what: &str) -> Value {
        let answer = Answer::of(request).await;
        assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.text);
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{what}"
        );
        let problem = answer.json();
        assert_eq!(problem["status"], status, "{what}");
        assert!(
            !answer.text.contains(MARKER),
            "{what} is sent back: {}",
            answer.text
        );
        problem
    }

    fn bare(&self, operation: &Operation<'_>) -> RequestBuilder {
        self.world.bare(operation, most_able(operation), "*")
    }

    async fn nothing_has_happened(&self) {
        self.nothing_has_happened_but(400).await;
    }

    /// Nothing has changed, and all that the log tells is that requests had that status.
    async fn nothing_has_happened_but(&self, status: u16) {
        assert_eq!(contents(&self.world).await, self.before);
        let furnished = &self.world.furnished;
        let lines = logged().0.lock().expect("the lines").clone();
        assert!(
            lines
                .iter()
                .any(|line| line.contains(&format!("status={status}"))),
            "nothing was logged"
        );
        let secrets = [
            MARKER,
            VISITOR_NAME,
            VISITOR_EMAIL,
            VISITOR_NOTE,
            &furnished.code,
            &furnished.secret,
        ];
        for line in lines {
            let told = secrets.iter().find(|secret| line.contains(**secret));
            assert!(told.is_none(), "the log tells {told:?}: {line}");
            assert!(!line.contains("panicked"), "{line}");
        }
    }
}

/// The state of every table: how many rows, and a hash of them.
async fn contents(world: &World) -> Vec<String> {
    let url = &world.server.database_url;
    let tables = rows(
        url,
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
    )
    .await;
    let hashes = tables.iter().map(|table| {
        format!("SELECT '{table} ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '')
                 FROM {table} t")
    });
    rows(
        url,
        &(hashes.collect::<Vec<_>>().join(" UNION ALL ") + " ORDER BY 1"),
    )
    .await
}

/// The first part of the request that the problem complains of.
fn first(problem: &Value) -> &Value {
    &problem["errors"][0]
}
