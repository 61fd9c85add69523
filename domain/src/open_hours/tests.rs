use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, Strategy, proptest};
use uuid::Uuid;

use super::*;

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::minutes(1_000_000 + minute)
}

fn queue(tickets: Vec<Ticket>) -> Queue {
    Queue {
        open: Span::new(at(0), at(180)).expect("a span"),
        is_shut: false,
        talk: Minutes::new(15).expect("minutes"),
        tickets,
    }
}

fn ticket(number: u32, status: TicketStatus) -> Ticket {
    Ticket {
        id: Uuid::from_u128(number.into()).into(),
        number,
        turn: number,
        missed: false,
        drawn_at: at(0),
        called_at: None,
        started_at: None,
        ended_at: None,
        status,
    }
}

/// Draws so many numbers, one after the other.
fn drawn(count: u32, now: i64) -> Queue {
    let mut queue = queue(Vec::new());
    for number in 1..=count {
        let id = Uuid::from_u128(number.into()).into();
        let ticket = queue.draw(id, at(now)).expect("a number");
        assert_eq!(ticket.number, number);
        queue.tickets.push(ticket);
    }
    queue
}

fn replace(queue: &mut Queue, ticket: Ticket) {
    let place = queue.tickets.iter().position(|it| it.id == ticket.id);
    queue.tickets[place.expect("a place")] = ticket;
}

#[test]
fn whoever_is_not_there_goes_back_once_and_then_out() {
    let mut queue = drawn(3, 0);
    let first = queue.call_next(at(1)).expect("a number");
    assert_eq!((first.number, first.status), (1, TicketStatus::Called));
    replace(&mut queue, first.clone());
    let back = queue.not_there(&first, at(2)).expect("the back");
    assert_eq!((back.turn, back.status), (4, TicketStatus::Waiting));
    replace(&mut queue, back);
    for expected in [2, 3] {
        let next = queue.call_next(at(3)).expect("a number");
        assert_eq!(next.number, expected);
        let talking = next.start(at(3)).expect("a talk");
        replace(&mut queue, talking.finish(at(9)).expect("an end"));
    }
    let again = queue.call_next(at(10)).expect("a number");
    assert_eq!(again.number, 1);
    let out = queue.not_there(&again, at(11)).expect("an end");
    assert_eq!(
        (out.status, out.ended_at),
        (TicketStatus::NotThere, Some(at(11)))
    );
    replace(&mut queue, out);
    assert_eq!(queue.call_next(at(12)), None);
}

#[test]
fn the_steps_come_one_after_the_other() {
    let waiting = ticket(1, TicketStatus::Waiting);
    assert_eq!(waiting.start(at(1)), Err(WrongTurn(TicketStatus::Waiting)));
    assert_eq!(waiting.finish(at(1)), Err(WrongTurn(TicketStatus::Waiting)));
    assert!(waiting.leave(at(1)).is_ok());
    let talking = ticket(1, TicketStatus::InTalk);
    assert_eq!(talking.leave(at(1)), Err(WrongTurn(TicketStatus::InTalk)));
    for over in [
        TicketStatus::Done,
        TicketStatus::Left,
        TicketStatus::NotThere,
    ] {
        let over = ticket(1, over);
        let all = [over.start(at(1)), over.finish(at(1)), over.leave(at(1))];
        assert!(all.iter().all(Result::is_err));
        assert!(queue(vec![over.clone()]).not_there(&over, at(1)).is_err());
    }
}

#[test]
fn numbers_end_when_no_more_would_have_their_turn() {
    assert_eq!(
        queue(Vec::new()).takes(at(-1)),
        Err(DrawError::TooEarly(at(0)))
    );
    assert_eq!(queue(Vec::new()).takes(at(180)), Err(DrawError::Over));
    let shut = Queue {
        is_shut: true,
        ..queue(Vec::new())
    };
    assert_eq!(shut.takes(at(0)), Err(DrawError::Shut));
    // Three hours are twelve talks of a quarter of an hour.
    let full = drawn(12, 0);
    assert_eq!(full.takes(at(0)), Err(DrawError::Full));
    assert_eq!(full.estimate(11, at(0)).count(), 165);
}

#[test]
fn talks_that_have_ended_tell_how_long_they_take() {
    let done = |number, minutes| Ticket {
        started_at: Some(at(0)),
        ended_at: Some(at(minutes)),
        ..ticket(number, TicketStatus::Done)
    };
    let queue = queue(vec![done(1, 5), done(2, 30), done(3, 6)]);
    assert_eq!(queue.estimate(0, at(30)).count(), 0);
    assert_eq!(queue.estimate(2, at(30)).count(), 12);
    let talking = Ticket {
        started_at: Some(at(28)),
        ..ticket(4, TicketStatus::InTalk)
    };
    let busy = Queue {
        tickets: [queue.tickets.clone(), vec![talking]].concat(),
        ..queue
    };
    assert_eq!(busy.estimate(0, at(30)).count(), 4);
    assert_eq!(busy.estimate(0, at(300)).count(), 0);
}

fn any_talks() -> impl Strategy<Value = Vec<i64>> {
    vec(0..40_i64, 0..4)
}

/// Minute by minute: whoever is free takes the next one.
fn by_brute_force(busy: &[i64], ahead: usize, talk: i64) -> i64 {
    let mut free_at: Vec<i64> = busy.iter().map(|since| (talk - since).max(0)).collect();
    if free_at.is_empty() {
        free_at.push(0);
    }
    let (mut before, mut minute) = (ahead, 0);
    loop {
        for server in &mut free_at {
            if *server > minute {
                continue;
            }
            if before == 0 {
                return minute;
            }
            before -= 1;
            *server = minute + talk;
        }
        minute += 1;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_estimate_is_that_of_brute_force(busy in any_talks(), ahead in 0..30_usize, length in 1..40_u32) {
        let talking = busy.iter().enumerate().map(|(place, since)| Ticket {
            started_at: Some(at(100 - since)),
            ..ticket(u32::try_from(place).expect("few") + 1, TicketStatus::InTalk)
        });
        let queue = Queue { talk: Minutes::new(length).expect("minutes"), ..queue(talking.collect()) };
        let estimate = |ahead| i64::from(queue.estimate(ahead, at(100)).count());
        assert_eq!(estimate(ahead), by_brute_force(&busy, ahead, length.into()));
        assert!(estimate(ahead) <= estimate(ahead + 1));
    }

    /// Whatever happens: numbers have no gaps, no two wait for one turn, and each is called once or twice.
    #[test]
    fn numbers_have_no_gaps_whatever_happens(steps in vec(0..6_u8, 0..60)) {
        let mut queue = queue(Vec::new());
        for (minute, step) in steps.into_iter().enumerate() {
            let now = at(i64::try_from(minute).expect("few"));
            let of = |status| queue.tickets.iter().find(|it| it.status == status).cloned();
            let changed = match step {
                0 | 1 => {
                    let id = Uuid::from_u128(u128::try_from(minute).expect("few") + 1).into();
                    queue.tickets.extend(queue.draw(id, now).ok());
                    None
                }
                2 => queue.call_next(now),
                3 => of(TicketStatus::Called).map(|it| it.start(now).expect("a talk")),
                4 => of(TicketStatus::InTalk).map(|it| it.finish(now).expect("an end")),
                _ => of(TicketStatus::Called).map(|it| queue.not_there(&it, now).expect("a place")),
            };
            if let Some(changed) = changed {
                replace(&mut queue, changed);
            }
            let mut turns: Vec<_> = queue.tickets.iter().map(|it| it.turn).collect();
            turns.sort_unstable();
            turns.dedup();
            assert_eq!(turns.len(), queue.tickets.len());
            let numbers: Vec<_> = queue.tickets.iter().map(|it| it.number).collect();
            let expected = 1..=u32::try_from(queue.tickets.len()).expect("few");
            assert!(numbers.iter().copied().eq(expected));
        }
    }
}
