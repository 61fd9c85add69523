//! One effect per key: committed answers are kept with the change that they answer.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Binary, Bool, SmallInt, Timestamptz};
use futures_util::future::join;

use crate::error::Result;
use crate::statement::Statement;
use crate::transaction::{Transaction, rows};

/// How long an answer is kept.
pub const KEPT: TimeDelta = TimeDelta::hours(24);

/// One request under one key, as hashes.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    /// Of caller, operation and key.
    pub key_hash: [u8; 32],
    /// Of what was asked.
    pub request_hash: [u8; 32],
}

/// What is known of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Nothing: go on, this transaction has the key until it ends.
    Fresh,
    /// Another transaction has it.
    InProgress,
    /// It was answered, and asked something else.
    OtherRequest,
    /// It was answered with this.
    Answered { status: u16, sealed: Vec<u8> },
}

#[derive(QueryableByName)]
pub(crate) struct Lock {
    #[diesel(sql_type = Bool)]
    locked: bool,
}

#[derive(QueryableByName)]
pub(crate) struct Row {
    #[diesel(sql_type = Binary)]
    request_hash: Vec<u8>,
    #[diesel(sql_type = SmallInt)]
    status: i16,
    #[diesel(sql_type = Binary)]
    sealed_answer: Vec<u8>,
}

impl Attempt {
    /// Asks whether the key was used, and takes it. Two statements, in this order: the second one
    /// must see what the former holder of the lock has committed.
    pub(crate) fn questions(&self, now: DateTime<Utc>) -> (Statement<'static>, Statement<'static>) {
        let [a, b, c, d, e, f, g, h, ..] = self.key_hash;
        let lock = i64::from_be_bytes([a, b, c, d, e, f, g, h]);
        (
            Statement::new("SELECT pg_try_advisory_xact_lock($1) AS locked")
                .bind::<BigInt, _>(lock),
            Statement::new(
                "SELECT request_hash, status, sealed_answer FROM idempotency_keys
                 WHERE key_hash = $1 AND expires_at > $2",
            )
            .bind::<Binary, _>(self.key_hash.to_vec())
            .bind::<Timestamptz, _>(now),
        )
    }

    pub(crate) fn known(&self, locks: &[Lock], rows: Vec<Row>) -> Known {
        if !locks.iter().all(|lock| lock.locked) {
            return Known::InProgress;
        }
        match rows.into_iter().next() {
            None => Known::Fresh,
            Some(row) if row.request_hash != self.request_hash => Known::OtherRequest,
            Some(row) => Known::Answered {
                status: u16::try_from(row.status).unwrap_or_default(),
                sealed: row.sealed_answer,
            },
        }
    }
}

impl Transaction {
    /// Takes the key for this transaction, or answers why not.
    pub async fn attempt(&mut self, attempt: &Attempt, now: DateTime<Utc>) -> Result<Known> {
        self.show_key(attempt.key_hash);
        let (lock, row) = attempt.questions(now);
        let (locks, answers) = self
            .together(|connection| {
                join(rows::<Lock>(connection, lock), rows::<Row>(connection, row))
            })
            .await?;
        Ok(attempt.known(&locks?, answers?))
    }

    /// Keeps the answer, to be committed with the change.
    pub fn remember(
        &mut self,
        attempt: &Attempt,
        status: u16,
        sealed: Vec<u8>,
        now: DateTime<Utc>,
    ) {
        let insert = Statement::new(
            "INSERT INTO idempotency_keys (key_hash, request_hash, status, sealed_answer, expires_at)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (key_hash) DO UPDATE
                 SET request_hash = excluded.request_hash, status = excluded.status,
                     sealed_answer = excluded.sealed_answer, expires_at = excluded.expires_at",
        );
        self.write(
            insert
                .bind::<Binary, _>(attempt.key_hash.to_vec())
                .bind::<Binary, _>(attempt.request_hash.to_vec())
                .bind::<SmallInt, _>(i16::try_from(status).unwrap_or(i16::MAX))
                .bind::<Binary, _>(sealed)
                .bind::<Timestamptz, _>(now + KEPT),
        );
    }
}
