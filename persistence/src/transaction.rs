//! One transaction on a pooled connection, in as few round trips as its decisions allow.
//!
//! Statements whose answers nobody waits for are queued, BEGIN first of all, and travel with the
//! next one that is asked or with COMMIT; writes that need no order become one. So a transaction costs one trip for each time that the
//! program needs an answer: a booking asks once and commits once.
//!
//! All of it has one deadline, which began when the connection was asked for. Whoever passes it
//! before COMMIT is sent has changed nothing; after that nobody knows.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use diesel::QueryableByName;
use diesel::pg::Pg;
use diesel::query_builder::{QueryFragment, QueryId};
use diesel_async::methods::LoadQuery;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::FutureExt;
use futures_util::future::join;

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::statement::Statement;

type Answer<'c> = Pin<Box<dyn Future<Output = Result<usize>> + Send + 'c>>;
type Sending = Box<dyn for<'c> FnOnce(&'c AsyncPgConnection) -> Answer<'c> + Send>;

/// What travels with the next question.
enum Queued {
    /// One statement behind the other.
    InOrder(Sending),
    /// One statement with all of them.
    Writes(Vec<Statement<'static>>),
    /// Settings for the rest of the transaction.
    Settings(Vec<(&'static str, String)>),
}

impl Queued {
    fn send(self, postgres: &AsyncPgConnection) -> Answer<'_> {
        match self {
            Self::InOrder(sending) => sending(postgres),
            Self::Writes(writes) => sending(Statement::at_once(writes))(postgres),
            Self::Settings(settings) => sending(Statement::settings(settings))(postgres),
        }
    }
}

/// Rolled back when dropped before [`Transaction::commit`], also in the middle of a statement.
pub struct Transaction {
    connection: Option<Connection>,
    queued: Vec<Queued>,
    /// Whether the next write is a statement of its own.
    apart: bool,
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
    pub(crate) fn begin(connection: Connection) -> Self {
        let mut transaction = Self {
            connection: Some(connection),
            queued: Vec::new(),
            apart: false,
        };
        transaction.queue(Statement::new("BEGIN"));
        transaction
    }

    /// Lets a statement travel with the next one that is asked. Its failure is reported there.
    pub(crate) fn queue<Q>(&mut self, query: Q)
    where
        Q: QueryFragment<Pg> + QueryId + Send + 'static,
    {
        self.queued.push(Queued::InOrder(sending(query)));
    }

    /// As [`Transaction::queue`], for a write that needs nothing of the writes before it: one
    /// behind the other, they become one statement.
    pub(crate) fn write(&mut self, write: Statement<'static>) {
        let apart = std::mem::take(&mut self.apart);
        match self.queued.last_mut() {
            Some(Queued::Writes(writes)) if !apart => writes.push(write),
            _ => self.queued.push(Queued::Writes(vec![write])),
        }
    }

    /// What is written from here on may need what was written before.
    pub(crate) fn in_order(&mut self) {
        self.apart = true;
    }

    /// Tells the walls something, for the rest of the transaction.
    pub(crate) fn set(&mut self, name: &'static str, value: String) {
        if let Some(Queued::Settings(settings)) = self.queued.last_mut() {
            settings.push((name, value));
        } else {
            self.queued.push(Queued::Settings(vec![(name, value)]));
        }
    }

    /// Sends what is queued and `query` together, and answers the rows of `query`.
    pub(crate) async fn ask<'c, R, Q>(&'c mut self, query: Q) -> Result<Vec<R>>
    where
        Q: LoadQuery<'static, &'c AsyncPgConnection, R> + Send + 'static,
        R: Send + 'static,
    {
        let queued = std::mem::take(&mut self.queued);
        let connection = self.connection()?;
        let mut postgres = connection.postgres();
        let asked = async move { Ok(query.load::<R>(&mut postgres).await?) };
        // Polled in this order, so sent in this order.
        let both = join(send(queued, postgres), asked);
        let rows = both.map(|(before, rows)| before.and(rows));
        connection.within(rows).await
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
        let postgres = connection.postgres();
        let both = join(send(queued, postgres), ask(postgres));
        let answers = both.map(|(before, answers)| before.map(|_| answers));
        connection.within(answers).await
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
        connection.within(send(queued, connection.postgres())).await
    }

    /// Sends what is queued and COMMIT together. `Ok` means durable.
    pub async fn commit(mut self) -> Result<()> {
        let queued = std::mem::take(&mut self.queued);
        let connection = self.connection()?;
        connection.in_time()?;
        let mut postgres = connection.postgres();
        // COMMIT goes through the same cache of statements as the writes: on a fresh connection
        // they wait there for their turn, and COMMIT must not overtake them.
        let commit = async { Ok(Statement::new("COMMIT").execute(&mut postgres).await?) };
        // After a refused write, COMMIT has rolled back.
        let both = join(send(queued, connection.postgres()), commit);
        let outcome = both.map(|(writes, commit)| writes.and(commit));
        match connection.within(outcome).await {
            // From here on it may have happened.
            Err(Error::Lost(why)) => Err(Error::OutcomeUnknown(why)),
            Err(error) => Err(error),
            Ok(_) => {
                // Nothing is open any more: back to the pool.
                drop(self.connection.take());
                Ok(())
            }
        }
    }

    /// Ends a transaction that decided to change nothing.
    pub async fn rollback(mut self) {
        if let Some(connection) = self.connection.take() {
            connection.undo().await;
        }
    }

    fn connection(&self) -> Result<&Connection> {
        let ended = || Error::Unavailable("the transaction has ended".to_owned());
        self.connection.as_ref().ok_or_else(ended)
    }
}

/// A transaction that is left early (a refusal, a client that went away) is rolled back in the
/// background, behind whatever is still under way, and its connection returns to the pool; unless
/// something went wrong on it or its deadline has passed, then it is closed.
impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(connection.undo())),
            Err(_) => connection.close(),
        }
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

fn send<'c>(
    queued: Vec<Queued>,
    postgres: &'c AsyncPgConnection,
) -> impl Future<Output = Result<usize>> + Send + use<'c> {
    let sent = queued.into_iter().map(|it| it.send(postgres)).collect();
    in_order(sent)
}

fn sending<Q>(query: Q) -> Sending
where
    Q: QueryFragment<Pg> + QueryId + Send + 'static,
{
    Box::new(move |mut connection| {
        Box::pin(async move { Ok(query.execute(&mut connection).await?) })
    })
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
