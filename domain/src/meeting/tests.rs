use chrono_tz::Europe::Berlin;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

use super::*;
use crate::loan::{Period, Quota, Terms, Unit, WeeklyHours};
use crate::minutes::WholeMinute;
use crate::schedule::Validity;
use crate::series::SeriesRule;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect(text)
}

fn room(number: u8) -> RoomId {
    format!("0190d3c4-7b1e-7000-8000-0000000000{number:02}")
        .parse()
        .expect("an id")
}

fn own(number: u8) -> MeetingRoom {
    MeetingRoom {
        id: room(number),
        is_there: true,
        claims: Vec::new(),
        closed: Vec::new(),
        lent: None,
    }
}

fn on_loan(number: u8, quota: Option<Quota>) -> MeetingRoom {
    let hours = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
        .map(|day| format!("{day} 08:00 22:00").parse().expect("hours"));
    let validity = Validity::new("2026-01-01".parse().expect("a date"), None);
    let terms = Terms {
        time_zone: Berlin,
        validity: validity.expect("a validity"),
        hours: WeeklyHours::new(hours.to_vec()).expect("hours"),
        quota,
    };
    let lent = Lent {
        terms: Some(terms),
        window: span("2026-01-01T00:00:00Z", 60 * 24 * 900),
        used: Vec::new(),
        claims: Vec::new(),
        closed: Vec::new(),
    };
    MeetingRoom {
        lent: Some(lent),
        ..own(number)
    }
}

fn span(from: &str, minutes: i64) -> Span {
    let from = at(from);
    Span::new(from, from + TimeDelta::minutes(minutes)).expect("a span")
}

fn every_second_wednesday(count: usize) -> Vec<DateTime<Utc>> {
    let rule: SeriesRule = format!("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;COUNT={count}")
        .parse()
        .expect("a rule");
    let first = WholeMinute::new(at("2026-03-11T17:00:00Z")).expect("a minute");
    let starts = rule.starts(first, Berlin).expect("dates");
    starts.iter().map(|start| start.instant()).collect()
}

#[test]
fn a_team_that_meets_every_second_wednesday_takes_turns_at_three_rooms() {
    let rooms = [room(1), room(2), room(3)];
    let turns = turns(&rooms, every_second_wednesday(5), TimeDelta::hours(2));
    let told = turns.iter().map(|(room, span)| {
        let local = span.from().with_timezone(&Berlin).format("%F %R");
        format!("{local} {}", &room.to_string()[35..])
    });
    // At 18:00 on the clocks of Leipzig before and after they change.
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            "2026-03-11 18:00 1",
            "2026-03-25 18:00 2",
            "2026-04-08 18:00 3",
            "2026-04-22 18:00 1",
            "2026-05-06 18:00 2",
        ]
    );
}

#[test]
fn each_date_says_what_is_in_its_way() {
    let now = at("2026-03-12T00:00:00Z");
    let mut taken = own(1);
    taken.claims.push(span("2026-04-08T17:59:00Z", 10));
    let mut closed = own(2);
    closed.closed.push(span("2026-04-22T00:00:00Z", 1440));
    let gone = MeetingRoom {
        is_there: false,
        ..own(3)
    };
    let mut ended = on_loan(4, None);
    ended.lent.as_mut().expect("a loan").terms = None;
    let mut busy = on_loan(5, None);
    let theirs = &mut busy.lent.as_mut().expect("a loan").claims;
    theirs.push(span("2026-04-08T16:00:00Z", 1));
    let stranded = [&taken, &closed, &gone, &ended, &busy]
        .map(|room| room.strands(span("2026-04-22T19:00:00Z", 120)));
    assert_eq!(
        stranded,
        [
            None,
            Some(NoMeeting::Closed),
            Some(NoMeeting::NoRoom),
            Some(NoMeeting::NotLent(NotLent::Ended)),
            Some(NoMeeting::NotLent(NotLent::Hours)),
        ]
    );
    let when = |number, from| (room(number), span(from, 120));
    let wanted = decide(
        vec![
            when(1, "2026-03-11T17:00:00Z"),
            when(1, "2026-04-08T16:00:00Z"),
            when(2, "2026-04-22T16:00:00Z"),
            when(3, "2026-04-22T16:00:00Z"),
            when(4, "2026-04-22T16:00:00Z"),
            when(5, "2026-04-08T16:00:00Z"),
            when(5, "2026-04-08T19:00:00Z"),
            when(5, "2026-04-08T16:01:00Z"),
            when(9, "2026-04-08T16:00:00Z"),
        ],
        vec![taken, closed, gone, ended, busy],
        now,
    );
    let outcomes: Vec<_> = wanted.iter().map(|wanted| wanted.outcome).collect();
    assert_eq!(
        outcomes,
        [
            Err(NoMeeting::Past),
            Err(NoMeeting::Taken),
            Err(NoMeeting::Closed),
            Err(NoMeeting::NoRoom),
            Err(NoMeeting::NotLent(NotLent::Ended)),
            Err(NoMeeting::Taken),
            Err(NoMeeting::NotLent(NotLent::Hours)),
            Ok(()),
            Err(NoMeeting::NoRoom),
        ]
    );
    let stranded = |room: &MeetingRoom| room.strands(span("2026-04-22T16:00:00Z", 120));
    assert_eq!(stranded(&own(1)), None);
    assert_eq!(stranded(&on_loan(1, None)), None);
    let refused = choose(Mode::AllOrNothing, wanted.clone()).expect_err("refused");
    assert_eq!(refused.0.len(), 8);
    let (fit, left_out) = choose(Mode::WhatFits, wanted).expect("a choice");
    assert_eq!((fit.len(), left_out.len()), (1, 8));
    assert!(choose(Mode::WhatFits, left_out).is_err());
}

proptest! {
    /// Whatever dates are wanted: what is given overlaps nothing, and never exceeds the quota.
    #[test]
    fn what_is_given_fits_together(
        starts in proptest::collection::vec(0..14 * 24 * 60_i64, 1..30),
        length in 1..300_i64,
        limit in 1..600_i64,
        minutes in any::<bool>(),
    ) {
        let unit = if minutes { Unit::Minutes } else { Unit::Uses };
        let quota = Quota::new(limit, unit, Period::Week).expect("a quota");
        let monday = at("2026-11-22T23:00:00Z");
        let starts = starts.iter().map(|minute| monday + TimeDelta::minutes(*minute));
        let turns = turns(&[room(1), room(2)], starts, TimeDelta::minutes(length));
        let wanted = decide(turns, vec![on_loan(1, Some(quota)), own(2)], monday);
        let given: Vec<_> = wanted.iter().filter(|wanted| wanted.outcome.is_ok()).collect();
        for (place, one) in given.iter().enumerate() {
            let others = given.iter().skip(place + 1).filter(|other| other.room_id == one.room_id);
            for other in others {
                prop_assert!(!one.span.overlaps(other.span));
            }
        }
        for week in 0..2 {
            let from = monday + TimeDelta::weeks(week);
            let of_week = Span::new(from, from + TimeDelta::weeks(1)).expect("a week");
            let used = given.iter().filter(|it| it.room_id == room(1) && of_week.contains(it.span.from()));
            let used: i64 = used.map(|it| if minutes { it.span.length().num_minutes() } else { 1 }).sum();
            prop_assert!(used <= limit);
        }
    }

    #[test]
    fn every_room_has_its_turn(dates in 0..60_usize, rooms in 1..10_u8) {
        let rooms: Vec<_> = (1..=rooms).map(room).collect();
        let starts = (0..dates).map(|day| at("2026-11-23T09:00:00Z") + TimeDelta::days(i64::try_from(day).expect("a day")));
        let turns = turns(&rooms, starts, TimeDelta::hours(1));
        prop_assert_eq!(turns.len(), dates);
        for (number, (room, _)) in turns.iter().enumerate() {
            prop_assert_eq!(*room, rooms[number % rooms.len()]);
        }
    }
}
