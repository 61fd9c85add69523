//! One transaction on a pooled connection, in as few round trips as its decisions allow.
//!
//! Statements whose answers nobody waits for are queued, BEGIN first of all, and travel with the
//! next one that is asked or with COMMIT. So a transaction costs one trip for each time that the
//! program needs an answer: a booking asks once and commits once.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use diesel::QueryableByName;
use diesel::pg::Pg;
use diesel::query_builder::{QueryFragment, QueryId};
use diesel_async::methods::LoadQuery;
use diesel_async::pooled_connection::deadpool::Object;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::error::{Error, Result};
use crate::statement::Statement;

type Answer<'c> = Pin<Box<dyn Future<Output = Result<usize>> + Send + 'c>>;
type Queued = Box<dyn for<'c> FnOnce(&'c AsyncPgConnection) -> Answer<'c> + Send>;

/// Rolled back when dropped before [`Transaction::commit`], also in the middle of a statement.
pub struct Transaction {
    connection: Option<Object<AsyncPgConnection>>,
    queued: Vec<Queued>,
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transaction")
            .field("queued", &self.queued.len())
            .finish_non_exhaustive()
    }
}

impl Transaction {
    /// Begins a transaction; nothing is sent yet.
    pub(crate) fn begin(connection: Object<AsyncPgConnection>) -> Self {
        let mut transaction = Self {
            connection: Some(connection),
            queued: Vec::new(),
        };
        transaction.queue(Statement::new("BEGIN"));
        transaction
    }

    /// Lets a statement travel with the next one that is asked. Its failure is reported there.
    pub(crate) fn queue<Q>(&mut self, query: Q)
    where
        Q: QueryFragment<Pg> + QueryId + Send + 'static,
    {
        self.queued.push(Box::new(move |connection| {
            Box::pin(async move {
                let mut connection = connection;
                Ok(query.execute(&mut connection).await?)
            })
        }));
    }

    /// Sends what is queued and `query` together, and answers the rows of `query`.
    pub(crate) async fn ask<'c, R, Q>(&'c mut self, query: Q) -> Result<Vec<R>>
    where
        Q: LoadQuery<'static, &'c AsyncPgConnection, R> + Send + 'static,
        R: Send + 'static,
    {
        self.together(|mut connection| async move { Ok(query.load::<R>(&mut connection).await?) })
            .await?
    }

    /// Sends what is queued together with whatever `ask` sends on the connection at its first poll.
    pub(crate) async fn together<'c, T, F>(
        &'c mut self,
        ask: impl FnOnce(&'c AsyncPgConnection) -> F,
    ) -> Result<T>
    where
        F: Future<Output = T> + 'c,
    {
        let queued = std::mem::take(&mut self.queued);
        let connection = self.connection()?;
        let before = in_order(
            queued
                .into_iter()
                .map(|queued| queued(connection))
                .collect(),
        );
        // Polled in this order, so sent in this order.
        let (before, answers) = futures_util::future::join(before, ask(connection)).await;
        before?;
        Ok(answers)
    }

    /// As [`Transaction::ask`], for a query of which at most one row is wanted.
    pub(crate) async fn ask_one<'c, R, Q>(&'c mut self, query: Q) -> Result<Option<R>>
    where
        Q: LoadQuery<'static, &'c AsyncPgConnection, R> + Send + 'static,
        R: Send + 'static,
    {
        Ok(self.ask(query).await?.into_iter().next())
    }

    /// Sends what is queued and waits for it; answers how many rows the last statement touched.
    pub(crate) async fn flush(&mut self) -> Result<usize> {
        let queued = std::mem::take(&mut self.queued);
        let connection = self.connection()?;
        in_order(
            queued
                .into_iter()
                .map(|queued| queued(connection))
                .collect(),
        )
        .await
    }

    /// Sends what is queued and COMMIT together. `Ok` means durable.
    pub async fn commit(mut self) -> Result<()> {
        let queued = std::mem::take(&mut self.queued);
        let mut connection = self.connection()?;
        let writes = in_order(
            queued
                .into_iter()
                .map(|queued| queued(connection))
                .collect(),
        );
        // COMMIT goes through the same cache of statements as the writes: on a fresh connection
        // they wait there for their turn, and COMMIT must not overtake them.
        let commit = async { Statement::new("COMMIT").execute(&mut connection).await };
        let (writes, commit) = futures_util::future::join(writes, commit).await;
        match (writes, commit.map_err(Error::from)) {
            (Err(Error::Unavailable(why)), _) | (Ok(_), Err(Error::Unavailable(why))) => {
                Err(Error::OutcomeUnknown(why))
            }
            // After a refused write, COMMIT has rolled back.
            (Err(error), _) | (Ok(_), Err(error)) => Err(error),
            (Ok(_), Ok(_)) => {
                // Nothing is open any more: back to the pool.
                drop(self.connection.take());
                Ok(())
            }
        }
    }

    /// Ends a transaction that decided to change nothing.
    pub async fn rollback(mut self) {
        if let Some(connection) = self.connection.take() {
            undo(connection).await;
        }
    }

    fn connection(&self) -> Result<&AsyncPgConnection> {
        let ended = || Error::Unavailable("the transaction has ended".to_owned());
        self.connection.as_deref().ok_or_else(ended)
    }
}

/// A transaction that is left early (a refusal, a client that went away) is rolled back in the
/// background, behind whatever is still under way, and its connection returns to the pool.
impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(undo(connection))),
            Err(_) => drop(Object::take(connection)),
        }
    }
}

/// Rolls back; a connection on which that fails is closed instead.
async fn undo(mut connection: Object<AsyncPgConnection>) {
    let undone = Statement::new("ROLLBACK").execute(&mut connection).await;
    if undone.is_err() {
        drop(Object::take(connection));
    }
}

/// One query of several that travel together (see [`Transaction::together`]).
pub(crate) async fn rows<R>(
    mut connection: &AsyncPgConnection,
    query: Statement<'static>,
) -> Result<Vec<R>>
where
    R: QueryableByName<Pg> + Send + 'static,
{
    Ok(query.load::<R>(&mut connection).await?)
}

/// Polls all, always in order, until each has its answer; the first failure wins. Not `join_all`:
/// that one polls in any order when there are many.
async fn in_order(mut pending: Vec<Answer<'_>>) -> Result<usize> {
    let mut answers: Vec<Option<Result<usize>>> = pending.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, answer) in pending.iter_mut().zip(&mut answers) {
            if answer.is_none()
                && let Poll::Ready(ready) = future.as_mut().poll(context)
            {
                *answer = Some(ready);
            }
        }
        if answers.iter().all(Option::is_some) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    let mut last = 0;
    for answer in answers.into_iter().flatten() {
        last = answer?;
    }
    Ok(last)
}
