//! Numbers of open hours. One statement reads a queue, or all of them.

mod save;

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;
use diesel::QueryableByName;
use diesel::sql_types::{
    Array, BigInt, Bool, Integer, Nullable, Record, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::holidays::{FederalState, holidays};
use domain::ids::{CounsellorId, OrganisationId, ServiceId, SessionId, SiteId, TicketId};
use domain::minutes::Minutes;
use domain::open_hours::{Queue, Ticket};
use domain::span::Span;
use uuid::Uuid;

use crate::acting::Reader;
use crate::error::{Error, Result};
use crate::statement::Statement;
use crate::stored::parsed;
use crate::transaction::Transaction;
pub use save::{insert, update};

/// The open hours of one session, and the numbers drawn in it.
#[derive(Debug, Clone)]
pub struct OpenHours {
    pub organisation_id: OrganisationId,
    pub session_id: SessionId,
    pub service_id: ServiceId,
    pub counsellor_id: CounsellorId,
    pub site_id: SiteId,
    pub time_zone: Tz,
    /// Whether visitors draw numbers by themselves.
    pub draws_online: bool,
    pub queue: Queue,
}

/// Which open hours a list has.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub organisation_id: Option<OrganisationId>,
    pub site_id: Option<SiteId>,
    pub service_id: Option<ServiceId>,
}

type Instant = DateTime<Utc>;
type TicketRow = (
    Uuid,
    i32,
    i32,
    bool,
    String,
    Instant,
    Option<Instant>,
    Option<Instant>,
    Option<Instant>,
);

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    session_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    service_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    counsellor_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    site_id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    starts_at: Instant,
    #[diesel(sql_type = Timestamptz)]
    ends_at: Instant,
    #[diesel(sql_type = Text)]
    time_zone: String,
    #[diesel(sql_type = Text)]
    federal_state: String,
    #[diesel(sql_type = Bool)]
    opens_on_holidays: bool,
    #[diesel(sql_type = Bool)]
    is_shut: bool,
    #[diesel(sql_type = Bool)]
    draws_online: bool,
    #[diesel(sql_type = Integer)]
    length_minutes: i32,
    #[diesel(sql_type = Array<Record<(SqlUuid, Integer, Integer, Bool, Text, Timestamptz, Nullable<Timestamptz>, Nullable<Timestamptz>, Nullable<Timestamptz>)>>)]
    tickets: Vec<TicketRow>,
}

/// `$1` now. A session of several such services has one queue.
macro_rules! open_hours {
    ($where:expr) => {
        concat!(
            "SELECT DISTINCT ON (o.starts_at, o.session_id)
    o.organisation_id, o.session_id, o.service_id, o.counsellor_id, o.site_id, o.starts_at, o.ends_at, o.opens_on_holidays,
    p.time_zone, p.federal_state, v.draws_online, v.length_minutes,
    EXISTS (SELECT FROM absences a
            WHERE a.organisation_id = o.organisation_id AND a.counsellor_id = o.counsellor_id AND a.archived_at IS NULL
              AND a.starts_at <= $1 AND a.ends_at > $1)
    OR EXISTS (SELECT FROM closures k
               WHERE k.organisation_id = o.organisation_id AND k.archived_at IS NULL AND k.starts_at <= $1 AND k.ends_at > $1
                 AND (k.site_id IS NULL OR k.site_id = o.site_id) AND (k.room_id IS NULL OR k.room_id = o.room_id)) AS is_shut,
    ARRAY(SELECT ROW(t.id, t.number, t.turn, t.missed, t.status, t.drawn_at, t.called_at, t.started_at, t.ended_at)
          FROM tickets t WHERE t.organisation_id = o.organisation_id AND t.session_id = o.session_id
          ORDER BY t.number) AS tickets
FROM services v
JOIN session_services o ON o.organisation_id = v.organisation_id AND o.service_id = v.id AND o.status = 'published'
JOIN sites p ON p.organisation_id = o.organisation_id AND p.id = o.site_id AND p.archived_at IS NULL
WHERE v.format = 'open_hours' AND v.archived_at IS NULL AND ",
            $where,
            " ORDER BY o.starts_at, o.session_id, o.service_id"
        )
    };
}

/// Today's, as far as they are not over: no session is longer than 25 hours.
const SOON: &str = concat!(
    open_hours!(
        "v.published AND v.organisation_listed AND o.ends_at > $1
    AND o.starts_at > $1::timestamptz - interval '25 hours' AND o.starts_at < $1::timestamptz + interval '24 hours'
    AND ($2::uuid IS NULL OR o.organisation_id = $2) AND ($3::uuid IS NULL OR o.site_id = $3)
    AND ($4::uuid IS NULL OR o.service_id = $4)
    AND ($5::timestamptz IS NULL OR (o.starts_at, o.session_id) > ($5, $6))"
    ),
    " LIMIT $7"
);

const OF_SESSION: &str = open_hours!("o.session_id = $2");

const OF_TICKET: &str =
    open_hours!("o.session_id = (SELECT t.session_id FROM tickets t WHERE t.id = $2)");

const OF_HOLDER: &str = open_hours!(
    "o.session_id = (SELECT t.session_id FROM tickets t
                     JOIN ticket_secrets s ON s.organisation_id = t.organisation_id AND s.ticket_id = t.id
                     WHERE t.id = $2)"
);

/// At most `limit` open hours that are on, or begin within a day, in the order of their starts.
pub async fn list(
    reader: &mut Reader,
    filter: &Filter,
    after: Option<(DateTime<Utc>, SessionId)>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<OpenHours>> {
    let statement = Statement::new(SOON)
        .bind::<Timestamptz, _>(now)
        .bind::<Nullable<SqlUuid>, _>(filter.organisation_id.map(OrganisationId::uuid))
        .bind::<Nullable<SqlUuid>, _>(filter.site_id.map(SiteId::uuid))
        .bind::<Nullable<SqlUuid>, _>(filter.service_id.map(ServiceId::uuid))
        .bind::<Nullable<Timestamptz>, _>(after.map(|(starts_at, _)| starts_at))
        .bind::<Nullable<SqlUuid>, _>(after.map(|(_, id)| id.uuid()))
        .bind::<BigInt, _>(limit);
    let rows: Vec<Row> = reader.ask(statement).await?;
    rows.into_iter().map(|row| row.open_hours(now)).collect()
}

/// Those of a session, whenever it is.
pub async fn of_session(
    transaction: &mut Transaction,
    session: SessionId,
    now: DateTime<Utc>,
) -> Result<Option<OpenHours>> {
    one(transaction, OF_SESSION, session.uuid(), now).await
}

/// Those in which the number was drawn, for staff.
pub async fn of_ticket(
    transaction: &mut Transaction,
    ticket: TicketId,
    now: DateTime<Utc>,
) -> Result<Option<OpenHours>> {
    one(transaction, OF_TICKET, ticket.uuid(), now).await
}

/// As [`of_ticket`], for whoever has shown its secret.
pub async fn of_holder(
    transaction: &mut Transaction,
    ticket: TicketId,
    now: DateTime<Utc>,
) -> Result<Option<OpenHours>> {
    one(transaction, OF_HOLDER, ticket.uuid(), now).await
}

async fn one(
    transaction: &mut Transaction,
    text: &'static str,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<OpenHours>> {
    let statement = Statement::new(text)
        .bind::<Timestamptz, _>(now)
        .bind::<SqlUuid, _>(id);
    let row: Option<Row> = transaction.ask_one(statement).await?;
    row.map(|row| row.open_hours(now)).transpose()
}

impl Row {
    fn open_hours(self, now: DateTime<Utc>) -> Result<OpenHours> {
        let time_zone: Tz = parsed("site", &self.time_zone)?;
        let state: FederalState = parsed("site", &self.federal_state)?;
        let today = now.with_timezone(&time_zone).date_naive();
        let free_days = holidays(state, today.year());
        let free_days: BTreeSet<_> = free_days.into_iter().map(|holiday| holiday.date).collect();
        let is_holiday = !self.opens_on_holidays && free_days.contains(&today);
        let corrupt = |error: &dyn std::fmt::Display| Error::corrupt("open hours", error);
        let open = Span::new(self.starts_at, self.ends_at).map_err(|error| corrupt(&error))?;
        let length = u32::try_from(self.length_minutes).map_err(|error| corrupt(&error))?;
        let tickets: Result<_> = self.tickets.into_iter().map(ticket).collect();
        Ok(OpenHours {
            organisation_id: self.organisation_id.into(),
            session_id: self.session_id.into(),
            service_id: self.service_id.into(),
            counsellor_id: self.counsellor_id.into(),
            site_id: self.site_id.into(),
            time_zone,
            draws_online: self.draws_online,
            queue: Queue {
                open,
                is_shut: self.is_shut || is_holiday,
                talk: Minutes::new(length).map_err(|error| corrupt(&error))?,
                tickets: tickets?,
            },
        })
    }
}

fn ticket(row: TicketRow) -> Result<Ticket> {
    let (id, number, turn, missed, status, drawn_at, called_at, started_at, ended_at) = row;
    let count =
        |number: i32| u32::try_from(number).map_err(|error| Error::corrupt("ticket", error));
    Ok(Ticket {
        id: id.into(),
        number: count(number)?,
        turn: count(turn)?,
        missed,
        drawn_at,
        called_at,
        started_at,
        ended_at,
        status: parsed("ticket", &status)?,
    })
}
