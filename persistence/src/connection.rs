//! A connection that a pool lends until a deadline.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel_async::methods::LoadQuery;
use diesel_async::pooled_connection::deadpool::Object;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use tokio::time::{Instant, timeout_at};

use crate::error::{Error, Result};
use crate::statement::Statement;

/// How long a ROLLBACK that nobody waits for may take.
const PATIENCE_WITH_ROLLBACK: Duration = Duration::from_secs(1);

/// Returns to its pool when it is dropped, unless something went wrong on it: then it is closed,
/// and Postgres rolls back what was open.
pub struct Connection {
    /// There until it is dropped.
    lent: Option<Object<AsyncPgConnection>>,
    deadline: Instant,
    spoiled: AtomicBool,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("deadline", &self.deadline)
            .field("spoiled", &self.spoiled)
            .finish_non_exhaustive()
    }
}

impl Connection {
    pub(crate) fn new(lent: Object<AsyncPgConnection>, deadline: Instant) -> Self {
        Self {
            lent: Some(lent),
            deadline,
            spoiled: AtomicBool::new(false),
        }
    }

    pub(crate) fn postgres(&self) -> &AsyncPgConnection {
        self.lent.as_deref().expect("there until it is dropped")
    }

    fn is_spoiled(&self) -> bool {
        AtomicBool::load(&self.spoiled, Ordering::Relaxed)
    }

    fn spoil(&self, spoiled: bool) {
        self.spoiled.store(spoiled, Ordering::Relaxed);
    }

    /// Waits for answers, but not beyond the deadline.
    pub(crate) async fn within<T>(&self, answers: impl Future<Output = Result<T>>) -> Result<T> {
        let outcome = timeout_at(self.deadline, answers).await;
        let outcome =
            outcome.unwrap_or_else(|_| Err(Error::Lost("no answer before the deadline".into())));
        if outcome.as_ref().is_err_and(Error::is_outage) {
            self.spoil(true);
        }
        outcome
    }

    /// Whether there is time left to send anything.
    pub(crate) fn in_time(&self) -> Result<()> {
        if Instant::now() < self.deadline && !self.is_spoiled() {
            return Ok(());
        }
        self.spoil(true);
        Err(Error::Unavailable("the deadline has passed".to_owned()))
    }

    /// One query outside of any transaction.
    pub(crate) async fn load<'c, R, Q>(&'c mut self, query: Q) -> Result<Vec<R>>
    where
        Q: LoadQuery<'static, &'c AsyncPgConnection, R> + Send + 'static,
        R: Send + 'static,
    {
        let this: &'c Self = self;
        let mut postgres = this.postgres();
        // Whoever hangs up in the middle leaves an answer behind, which nobody else shall wait for.
        this.spoiled.store(true, Ordering::Relaxed);
        let rows = this
            .within(async move { Ok(query.load::<R>(&mut postgres).await?) })
            .await;
        let unwell = rows.as_ref().is_err_and(Error::is_outage);
        this.spoiled.store(unwell, Ordering::Relaxed);
        rows
    }

    /// For where nobody can wait for a ROLLBACK.
    pub(crate) fn close(self) {
        self.spoil(true);
    }

    /// Rolls back, behind whatever is still under way.
    pub(crate) async fn undo(self) {
        if self.is_spoiled() {
            return;
        }
        // Closed also if this is interrupted.
        self.spoil(true);
        let mut postgres = self.postgres();
        let undo = Statement::new("ROLLBACK").execute(&mut postgres);
        let undone = tokio::time::timeout(PATIENCE_WITH_ROLLBACK, undo).await;
        self.spoil(!matches!(undone, Ok(Ok(_))));
    }
}

/// Takes it out of the pool for good where it is spoiled: its place is free for a new one.
impl Drop for Connection {
    fn drop(&mut self) {
        if self.is_spoiled() {
            drop(self.lent.take().map(Object::take));
        }
    }
}
