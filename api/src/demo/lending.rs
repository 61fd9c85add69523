//! Rooms lent in the demo network: the neighbours' team meets every second Wednesday, in rooms of
//! three other bodies that take turns.

use chrono::{DateTime, Datelike, Days, NaiveTime, Utc};
use chrono_tz::Europe::Berlin;
use domain::ids::{LoanId, RoomId};
use domain::loan::{Loan, Period, Quota, Terms, Unit, WeeklyHours};
use domain::meeting::choose;
use domain::schedule::{Validity, instant_of};
use domain::series::Mode;
use domain::site::{OnLoan, Room};
use domain::span::Span;
use persistence::stored::Stored;
use persistence::{loans, rooms};

use super::bookings::today;
use super::ids::{Kind, id};
use super::model::{line, read, ruled};
use super::tables::Body;
use super::{BODIES, DemoError};
use crate::app::App;
use crate::meetings::{Read, decided, found, save};

/// Who lends which room, and how the team calls it.
const LENT: [(usize, u16, &str); 3] = [
    (0, 3, "Gruppenraum der Poliklinik"),
    (2, 4, "Gruppenraum der Kontaktstelle"),
    (3, 2, "Sitzungszimmer im Klinikum"),
];

/// The team, and its site in the quarter.
const TEAM: (usize, u16) = (1, 1);

/// The numbers of its rooms on loan begin behind its own.
const ON_LOAN: u16 = 11;

/// What was loaded before, or by somebody faster.
const EXISTS: [&str; 3] = ["loans_pkey", "resources_pkey", "kept_places_pkey"];

pub(super) async fn load(app: &App, now: DateTime<Utc>) -> Result<(), DemoError> {
    for place in 0..LENT.len() {
        unless_there(lend(app, place, now).await)?;
    }
    unless_there(meet(app, now).await)
}

pub(super) fn unless_there(done: Result<(), DemoError>) -> Result<(), DemoError> {
    match done {
        Err(DemoError::Failed(error)) if EXISTS.iter().any(|key| error.is_refused_by(key)) => {
            Ok(())
        }
        done => done,
    }
}

fn loan_id(owner: &Body) -> LoanId {
    LoanId::new(id(owner.number, Kind::Loan, 1))
}

/// On Wednesday afternoons, twice a month.
async fn lend(app: &App, place: usize, now: DateTime<Utc>) -> Result<(), DemoError> {
    let (owner, room, _) = LENT[place];
    let owner = &BODIES[owner];
    let loan = Loan {
        id: loan_id(owner),
        organisation_id: owner.id(),
        room_id: owner.room_id(room),
        borrower_id: BODIES[TEAM.0].id(),
        terms: Terms {
            time_zone: Berlin,
            validity: ruled(Validity::new(today(now), None))?,
            hours: ruled(WeeklyHours::new(vec![read("WE 15:00 18:00")?]))?,
            quota: Some(ruled(Quota::new(2, Unit::Uses, Period::Month))?),
        },
    };
    let mut transaction = app.database.program(owner.id()).await?;
    loans::insert(&mut transaction, &Stored::new(loan));
    Ok(transaction.commit().await?)
}

/// Enters the rooms, and meets in them as far as they are free.
async fn meet(app: &App, now: DateTime<Utc>) -> Result<(), DemoError> {
    let team = &BODIES[TEAM.0];
    let mut transaction = app.database.program(team.id()).await?;
    let mut entered = Vec::new();
    for (number, (owner, room, name)) in (ON_LOAN..).zip(LENT) {
        let owner = &BODIES[owner];
        let room = Room {
            id: team.room_id(number),
            organisation_id: team.id(),
            site_id: team.site_id(TEAM.1),
            name: line(name)?,
            seats: None,
            features: [].into(),
            on_loan: Some(OnLoan {
                loan_id: loan_id(owner),
                owner_id: owner.id(),
                room_id: owner.room_id(room),
            }),
        };
        entered.push(room.id);
        rooms::insert(&mut transaction, &Stored::new(room));
    }
    // Whoever has entered them before is found here.
    if let Some(first) = entered.first() {
        rooms::find_for_update(&mut transaction, *first).await?;
    }
    let wish = team_afternoons(entered, now)?;
    let (meeting, wanted) = decided(&mut transaction, team.id(), &wish, now).await?;
    if let Ok((fit, _)) = choose(wish.mode, wanted) {
        save(&mut transaction, &found(meeting, &fit), &wish, now);
    }
    Ok(transaction.commit().await?)
}

/// From the next Wednesday but today on.
fn team_afternoons(rooms: Vec<RoomId>, now: DateTime<Utc>) -> Result<Read, DemoError> {
    let today = today(now);
    let days = (9 - today.weekday().num_days_from_monday() - 1) % 7 + 1;
    let first = today
        .checked_add_days(Days::new(days.into()))
        .unwrap_or(today);
    let at = |hour: u32, minute: u32| {
        let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
        instant_of(first.and_time(time), Berlin).unwrap_or(now)
    };
    Ok(Read {
        title: line("Team der QuartierPfleger")?,
        rooms,
        first: ruled(Span::new(at(16, 0), at(17, 30)))?,
        rule: Some(read("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;COUNT=12")?),
        mode: Mode::WhatFits,
    })
}
