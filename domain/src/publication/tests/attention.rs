//! What a schedule's end and each change of a session mean for what is booked.

use super::*;

#[test]
fn an_ended_schedule_leaves_what_is_withdrawn_or_edited_by_hand() {
    let mut sessions = published(&wednesdays("09:00:00", "12:00:00"));
    sessions[0].withdrawn = true;
    sessions[1].edited_by_hand = true;
    let left = sessions[2].id;
    assert_eq!(
        withdraw(&sessions, date("2026-11-01")),
        [Change::Withdraw { id: left }]
    );
    let its_day = sessions[2].original_start.date();
    assert_eq!(withdraw(&sessions, its_day).len(), 1);
    assert!(withdraw(&sessions, its_day.succ_opt().expect("a day")).is_empty());
}

#[test]
fn an_appointment_is_stranded_by_any_part_that_differs() {
    let session = published(&wednesdays("09:00:00", "12:00:00")).remove(0);
    let content = &session.content;
    let attended = Attended {
        id: id(90),
        session_id: session.id,
        service_id: id(5),
        counsellor_id: content.counsellor_id,
        site_id: content.site_id,
        room_id: content.room_id,
        takes_any_room: false,
        modality: Modality::InPerson,
        span: content.span,
    };
    let strands = |edit: fn(&mut SessionContent)| {
        let mut content = content.clone();
        edit(&mut content);
        let change = Change::Update {
            id: session.id,
            content,
        };
        stranded(&[change], std::slice::from_ref(&attended)) == [attended.id]
    };
    assert!(!strands(|_| ()));
    assert!(!strands(|content| content.opens_on_holidays = true));
    assert!(strands(|content| content.counsellor_id = id(33)));
    assert!(strands(|content| content.site_id = id(34)));
    assert!(strands(|content| content.room_id = Some(id(35))));
    assert!(strands(
        |content| content.service_ids = BTreeSet::from([id(36)])
    ));
    assert!(strands(|content| {
        content.modalities = BTreeSet::from([Modality::Phone]);
    }));
    assert!(strands(|content| {
        let later = content.span.from() + TimeDelta::minutes(1);
        content.span = Span::new(later, content.span.before()).expect("a span");
    }));
}

#[test]
fn a_room_that_was_chosen_rests_on_no_session() {
    let session = published(&wednesdays("09:00:00", "12:00:00")).remove(0);
    let content = &session.content;
    assert_eq!(content.room_id, None);
    let strands = |takes_any_room, room_id| {
        let attended = Attended {
            id: id(90),
            session_id: session.id,
            service_id: id(5),
            counsellor_id: content.counsellor_id,
            site_id: content.site_id,
            room_id: Some(id(36)),
            takes_any_room,
            modality: Modality::InPerson,
            span: content.span,
        };
        let content = SessionContent {
            room_id,
            ..content.clone()
        };
        let change = Change::Update {
            id: session.id,
            content,
        };
        !stranded(&[change], &[attended]).is_empty()
    };
    assert!(!strands(true, None));
    assert!(strands(false, None), "the session has lost its room");
    assert!(strands(true, Some(id(35))), "the session has another room");
}
