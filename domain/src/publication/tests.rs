mod attention;

use chrono::TimeDelta;
use chrono_tz::Europe::Berlin;
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::*;
use crate::schedule::{LocalHours, Validity};

fn id<Id: std::str::FromStr>(last: usize) -> Id {
    let text = format!("0190d3c4-7b1e-7000-8000-{last:012}");
    text.parse().ok().expect("an id")
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect(text)
}

fn schedule(rule: &str, starts: &str, ends: &str) -> Schedule {
    let [starts, ends] = [starts, ends].map(|time| time.parse().expect("a time"));
    Schedule {
        id: id(1),
        organisation_id: id(2),
        counsellor_id: id(3),
        site_id: id(4),
        room_id: None,
        service_ids: BTreeSet::from([id(5)]),
        modalities: BTreeSet::from([Modality::InPerson]),
        hours: LocalHours::new(starts, ends).expect("hours"),
        recurrence: rule.parse().expect(rule),
        validity: Validity::new(date("2026-01-01"), None).expect("a validity"),
        exceptions: BTreeSet::new(),
        opens_on_holidays: false,
        kept: crate::kept::Kept::default(),
    }
}

fn wednesdays(starts: &str, ends: &str) -> Schedule {
    schedule("FREQ=WEEKLY;BYDAY=WE", starts, ends)
}

/// November 2026 has four Wednesdays: 4, 11, 18 (a holiday in Saxony) and 25.
fn november(schedule: &Schedule, existing: &[PublishedSession]) -> Vec<Change> {
    let (from, before) = (date("2026-11-01"), date("2026-12-01"));
    publish(
        schedule,
        Berlin,
        Some(FederalState::Saxony),
        existing,
        from,
        before,
    )
}

/// What the store does with the changes.
fn apply(sessions: &mut Vec<PublishedSession>, changes: Vec<Change>) {
    for change in changes {
        match change {
            Change::Insert {
                original_start,
                content,
            } => {
                let same = |session: &PublishedSession| session.original_start == original_start;
                assert!(
                    !sessions.iter().any(same),
                    "the identity {original_start} exists"
                );
                let id = id(100 + sessions.len());
                let session = PublishedSession {
                    id,
                    original_start,
                    content,
                    withdrawn: false,
                    edited_by_hand: false,
                };
                sessions.push(session);
            }
            Change::Update { id, content } => {
                let session = find(sessions, id);
                session.content = content;
                session.withdrawn = false;
            }
            Change::Withdraw { id } => find(sessions, id).withdrawn = true,
        }
    }
}

fn find(sessions: &mut [PublishedSession], id: SessionId) -> &mut PublishedSession {
    sessions
        .iter_mut()
        .find(|session| session.id == id)
        .expect("a session")
}

fn published(schedule: &Schedule) -> Vec<PublishedSession> {
    let mut sessions = Vec::new();
    let changes = november(schedule, &sessions);
    apply(&mut sessions, changes);
    sessions
}

/// The open sessions as `day hour` of their local start by the rule.
fn open(sessions: &[PublishedSession]) -> Vec<String> {
    let open = sessions.iter().filter(|session| !session.withdrawn);
    let mut open: Vec<_> = open
        .map(|session| session.original_start.format("%d %H").to_string())
        .collect();
    open.sort();
    open
}

#[test]
fn a_new_schedule_inserts_its_sessions() {
    let sessions = published(&wednesdays("09:00:00", "12:00:00"));
    assert_eq!(open(&sessions), ["04 09", "11 09", "25 09"]);
    let first = &sessions[0].content;
    assert_eq!(first.span.from().to_rfc3339(), "2026-11-04T08:00:00+00:00");
    assert_eq!(first.counsellor_id, id(3));
}

#[test]
fn a_later_end_and_another_room_update_in_place() {
    let mut schedule = wednesdays("09:00:00", "12:00:00");
    let mut sessions = published(&schedule);
    schedule.hours = wednesdays("09:00:00", "13:00:00").hours;
    schedule.room_id = Some(id(6));
    let changes = november(&schedule, &sessions);
    assert_eq!(changes.len(), 3);
    assert!(
        changes
            .iter()
            .all(|change| matches!(change, Change::Update { .. }))
    );
    apply(&mut sessions, changes);
    assert_eq!(sessions[0].content.room_id, Some(id(6)));
    assert_eq!(sessions[0].content.span.length(), TimeDelta::hours(4));
}

#[test]
fn another_start_withdraws_the_old_sessions_and_inserts_new_ones() {
    let mut sessions = published(&wednesdays("09:00:00", "12:00:00"));
    let changes = november(&wednesdays("10:00:00", "12:00:00"), &sessions);
    assert!(matches!(
        changes[..3],
        [Change::Withdraw { .. }, Change::Withdraw { .. }, _]
    ));
    apply(&mut sessions, changes);
    assert_eq!(sessions.len(), 6);
    assert_eq!(open(&sessions), ["04 10", "11 10", "25 10"]);
}

#[test]
fn an_exception_withdraws_and_its_end_publishes_the_same_session_again() {
    let mut schedule = wednesdays("09:00:00", "12:00:00");
    let mut sessions = published(&schedule);
    schedule.exceptions.insert(date("2026-11-11"));
    let changes = november(&schedule, &sessions);
    assert_eq!(changes, [Change::Withdraw { id: sessions[1].id }]);
    apply(&mut sessions, changes);

    schedule.exceptions.clear();
    let changes = november(&schedule, &sessions);
    assert!(matches!(changes[..], [Change::Update { id, .. }] if id == sessions[1].id));
    apply(&mut sessions, changes);
    assert_eq!(open(&sessions), ["04 09", "11 09", "25 09"]);
}

#[test]
fn a_session_that_a_hand_edit_moved_before_its_schedule_was_changed_stays_as_it_is() {
    let mut sessions = published(&wednesdays("09:00:00", "12:00:00"));
    let span = sessions[1].content.span;
    let day = TimeDelta::days(1);
    sessions[1].content.span = Span::new(span.from() + day, span.before() + day).expect("a span");
    sessions[1].edited_by_hand = true;
    let moved = sessions[1].clone();

    let changes = november(&wednesdays("10:00:00", "12:00:00"), &sessions);
    apply(&mut sessions, changes);
    assert_eq!(sessions[1], moved);
    // It stands for the Wednesday on which it was published: no second session opens there.
    assert_eq!(open(&sessions), ["04 10", "11 09", "25 10"]);
}

#[test]
fn a_session_that_a_person_withdrew_stays_withdrawn() {
    let mut sessions = published(&wednesdays("09:00:00", "12:00:00"));
    sessions[1].withdrawn = true;
    sessions[1].edited_by_hand = true;
    assert_eq!(november(&wednesdays("09:00:00", "12:00:00"), &sessions), []);
    let changes = november(&wednesdays("10:00:00", "12:00:00"), &sessions);
    apply(&mut sessions, changes);
    assert_eq!(open(&sessions), ["04 10", "25 10"]);
}

#[test]
fn sessions_outside_the_dates_are_not_touched() {
    let schedule = wednesdays("09:00:00", "12:00:00");
    let sessions = published(&schedule);
    let monday = self::schedule("FREQ=WEEKLY;BYDAY=MO", "09:00:00", "12:00:00");
    let (from, before) = (date("2026-11-11"), date("2026-11-25"));
    let changes = publish(&monday, Berlin, None, &sessions, from, before);
    let withdrawn = Change::Withdraw { id: sessions[1].id };
    let starts: Vec<_> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Insert { original_start, .. } => Some(original_start.date().to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(changes.len(), 3);
    assert_eq!(changes[0], withdrawn);
    assert_eq!(starts, ["2026-11-16", "2026-11-23"]);
}

#[test]
fn no_dates_are_no_change() {
    let schedule = wednesdays("09:00:00", "12:00:00");
    let sessions = published(&schedule);
    let (later, earlier) = (date("2026-12-01"), date("2026-11-01"));
    assert_eq!(
        publish(&schedule, Berlin, None, &sessions, later, earlier),
        []
    );
}

fn schedules() -> impl Strategy<Value = Schedule> {
    let rule = prop_oneof![
        Just("FREQ=WEEKLY;BYDAY=MO,WE,FR,SU"),
        Just("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,SA"),
        Just("FREQ=MONTHLY;BYDAY=-1SU"),
    ];
    let start = prop_oneof![Just("02:30:00"), Just("09:00:00"), Just("22:00:00")];
    let end = prop_oneof![Just("03:15:00"), Just("12:00:00"), Just("23:00:00")];
    (rule, start, end, any::<bool>(), 0..40_u64).prop_map(|(rule, start, end, opens, day)| {
        let mut schedule = schedule(rule, start, end);
        schedule.opens_on_holidays = opens;
        schedule.exceptions = BTreeSet::from([date("2026-03-10") + chrono::Days::new(day)]);
        schedule
    })
}

proptest! {
    #[test]
    fn publishing_twice_changes_nothing_more_and_deletes_nothing(
        old in schedules(),
        new in schedules(),
        edits in proptest::collection::vec(any::<[bool; 2]>(), 0..20),
        from in 0..30_u64,
        length in 0..60_u64,
    ) {
        let mut sessions = Vec::new();
        let state = Some(FederalState::Saxony);
        let all = (date("2026-03-01"), date("2026-05-15"));
        let first = publish(&old, Berlin, state, &sessions, all.0, all.1);
        apply(&mut sessions, first);
        for (session, [by_hand, withdrawn]) in sessions.iter_mut().zip(edits) {
            session.edited_by_hand = by_hand;
            session.withdrawn = withdrawn;
        }
        let earlier = sessions.clone();
        let from = all.0 + chrono::Days::new(from);
        let before = from + chrono::Days::new(length);

        let changes = publish(&new, Berlin, state, &sessions, from, before);
        apply(&mut sessions, changes);

        prop_assert_eq!(publish(&new, Berlin, state, &sessions, from, before), []);
        for (earlier, later) in earlier.iter().zip(&sessions) {
            prop_assert_eq!(earlier.id, later.id);
            let outside = !(from..before).contains(&earlier.original_start.date());
            if outside || earlier.edited_by_hand {
                prop_assert_eq!(earlier, later);
            }
        }
        let inside = |session: &&PublishedSession| {
            (from..before).contains(&session.original_start.date())
        };
        let wanted = new.occurrences(Berlin, state, from, before);
        for session in sessions.iter().filter(inside) {
            let opening = wanted
                .iter()
                .find(|opening| opening.original_start == session.original_start);
            let span = opening.map(|opening| opening.span);
            let open = (!session.withdrawn).then_some(session.content.span);
            prop_assert!(session.edited_by_hand || open == span, "{session:?}");
        }
        for opening in wanted {
            let stands_for_it = |session: &PublishedSession| {
                session.original_start == opening.original_start
                    || session.edited_by_hand
                        && session.original_start.date() == opening.original_start.date()
            };
            prop_assert!(sessions.iter().any(stands_for_it), "{opening:?}");
        }
    }
}

#[test]
fn an_appointment_is_stranded_when_its_session_offers_it_no_more() {
    let schedule = wednesdays("09:00:00", "12:00:00");
    let mut sessions = Vec::new();
    apply(&mut sessions, november(&schedule, &[]));
    let session = &sessions[0];
    let content = &session.content;
    let attended = Attended {
        id: id(90),
        session_id: session.id,
        service_id: id(5),
        counsellor_id: content.counsellor_id,
        site_id: content.site_id,
        room_id: None,
        takes_any_room: false,
        modality: Modality::InPerson,
        span: Span::new(
            content.span.from(),
            content.span.from() + TimeDelta::hours(1),
        )
        .expect("a span"),
    };
    let open = [attended.clone()];
    let longer = november(&wednesdays("09:00:00", "13:00:00"), &sessions);
    assert_eq!(stranded(&longer, &open), []);
    let moved = november(&wednesdays("14:00:00", "16:00:00"), &sessions);
    assert_eq!(stranded(&moved, &open), [attended.id]);
    let mut by_another = schedule;
    by_another.counsellor_id = id(33);
    assert_eq!(
        stranded(&november(&by_another, &sessions), &open),
        [attended.id]
    );
    let ended = withdraw(&sessions, date("2026-11-01"));
    assert_eq!(
        (ended.len(), stranded(&ended, &open)),
        (3, vec![attended.id])
    );
    assert_eq!(withdraw(&sessions, date("2026-11-20")).len(), 1);
}
