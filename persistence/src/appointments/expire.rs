//! Requests that nobody has answered in time.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Timestamptz, Uuid as SqlUuid};
use domain::appointment::Status;
use uuid::Uuid;

use crate::audit::Entry;
use crate::database::{Database, Rights};
use crate::error::Result;
use crate::statement::Statement;

/// All that the worker may learn of an appointment.
#[derive(QueryableByName)]
struct Request {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    answer_by: DateTime<Utc>,
    #[diesel(sql_type = BigInt)]
    version: i64,
}

const OVERDUE: &str = "
    SELECT organisation_id, id, answer_by, version FROM appointments
    WHERE status = 'requested' AND answer_by <= $1
    ORDER BY answer_by LIMIT 100 FOR NO KEY UPDATE SKIP LOCKED";

/// Cancels at most a hundred requests whose time is over, and frees what they claimed; answers how
/// many. Those that somebody answers or cancels at this moment are passed over, so any number of
/// programs can do it at once. Call it again until it is 0.
pub async fn expire_requests(database: &Database, now: DateTime<Utc>) -> Result<usize> {
    let mut transaction = database.transaction(Rights::Worker).await?;
    let overdue = Statement::new(OVERDUE).bind::<Timestamptz, _>(now);
    let overdue: Vec<Request> = transaction.ask(overdue).await?;
    let mut expired = 0;
    for request in overdue {
        let answer_by = request.answer_by;
        if let Some(status) = (Status::Requested { answer_by }).expire(now) {
            let key = (request.organisation_id.into(), request.id.into());
            // Behind the request before it.
            transaction.in_order();
            transaction.save_cancelled(key, &status, request.version, None, now);
            let subject = ("appointment", request.id);
            transaction.audit(Entry::by_program(key.0, "expire", subject, now));
            expired += 1;
        }
    }
    transaction.commit().await?;
    Ok(expired)
}
