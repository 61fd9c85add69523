use serde_json::json;
use tests::crowd::{at_once, tally};
use tests::lending::{Lending, meet, meeting};
use tests::{Server, invariants};

use super::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn visitors_of_both_bodies_and_a_team_never_share_the_room() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let theirs = Stage::arrange(&server, lending.borrower, lending.entered).await;
    let ours = Stage::arrange(&server, lending.owner, lending.room).await;
    let (there, here) = (theirs.slots(&server).await, ours.slots(&server).await);
    let mut requests = Vec::new();
    for place in 0..8 {
        requests.push(server.booking(&there[place]));
        requests.push(server.booking(&here[place]));
        let hour = 9 + u32::try_from(place).expect("an hour");
        let body = meeting(&server, &lending.borrower, &[lending.entered], 4, hour, 60);
        requests.push(meet(&server, &lending.borrower, &body));
    }
    let calls = at_once(requests).await;
    let outcomes = tally(calls.iter().map(|call| &call.answer));
    let expected = [("201", 8), ("409 slot-taken", 16)];
    assert_eq!(outcomes, expected.map(|(o, n)| (o.to_owned(), n)).into());
    invariants::check_at_the_end(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_visitors_for_the_last_of_a_quota_exactly_those_fit_for_whom_there_is_room() {
    let server = Server::start().await;
    let terms = json!({"quota": {"limit": 180, "unit": "minutes", "per": "week"}});
    let lending = Lending::with(&server, terms).await;
    let stage = Stage::arrange(&server, lending.borrower, lending.entered).await;
    let slots = stage.slots(&server).await;
    assert_eq!(slots.len(), 8);
    let calls = at_once(slots.iter().map(|slot| server.booking(slot))).await;
    let outcomes = tally(calls.iter().map(|call| &call.answer));
    // An hour each, with the buffer.
    let expected = [("201", 3), ("409 slot-taken", 5)];
    assert_eq!(outcomes, expected.map(|(o, n)| (o.to_owned(), n)).into());
    invariants::check_at_the_end(&server).await;
}
