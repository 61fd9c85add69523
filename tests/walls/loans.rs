//! What owners and borrowers of a room reach of each other when they ask Postgres directly.

use tests::Server;
use tests::fixtures::Talks;
use tests::lending::{Lending, met};
use tests::postgres::connect_as;
use tokio_postgres::Client;
use uuid::Uuid;

async fn acting_for(server: &Server, organisation: Uuid) -> Client {
    let staff = connect_as(&server.database_url, "sprechstunde_staff").await;
    let act = format!("SELECT set_config('app.organisations', '{{{organisation}}}', false)");
    staff.batch_execute(&act).await.expect("the setting");
    staff
}

async fn count(client: &Client, from: &str) -> i64 {
    let query = format!("SELECT count(*) FROM {from}");
    client.query_one(&query, &[]).await.expect("a count").get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn both_walls_stand_on_either_side_of_a_loan() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let (owner, borrower) = (lending.owner, lending.borrower);
    let slot = owner.slots(&server).await.remove(0);
    owner.book(&server, &slot).await.expect(201);
    let slot = borrower.slots(&server).await.remove(0);
    borrower.book(&server, &slot).await.expect(201);
    for (talks, body) in [
        (&owner, lending.own_meeting(&server, 3, 9, 60)),
        (&borrower, lending.meeting(&server, 3, 11, 60)),
    ] {
        met(&server, talks, &body).await.expect(201);
    }
    let (ours, theirs) = (owner.people.organisation, borrower.people.organisation);
    for (acting, other) in [(ours, theirs), (theirs, ours)] {
        let staff = acting_for(&server, acting).await;
        for table in [
            "appointments",
            "meetings",
            "meeting_dates",
            "sessions",
            "closures",
        ] {
            let of_other = format!("{table} WHERE organisation_id = '{other}'");
            assert_eq!(count(&staff, &of_other).await, 0, "{table}");
        }
    }
    // The owner sees of the borrower's use that there is one, and nothing that it claims besides.
    let staff = acting_for(&server, ours).await;
    let uses = format!("allocations WHERE claimed_by_organisation_id = '{theirs}'");
    assert_eq!(count(&staff, &format!("{uses} AND kind = 'loan'")).await, 1);
    assert_eq!(count(&staff, &uses).await, 1);
    assert_eq!(
        count(&staff, &format!("rooms WHERE organisation_id = '{theirs}'")).await,
        0
    );
    // The borrower sees the room and its own use of it; when it is busy, only as the public does.
    let staff = acting_for(&server, theirs).await;
    assert_eq!(
        count(&staff, &format!("rooms WHERE organisation_id = '{ours}'")).await,
        1
    );
    assert_eq!(
        count(
            &staff,
            &format!("allocations WHERE organisation_id = '{ours}'")
        )
        .await,
        1
    );
    let busy = format!(
        "busy_in_loan('{ours}', '{}', '2026-01-01', '2060-01-01', '2026-01-01')",
        lending.room
    );
    assert_eq!(count(&staff, &busy).await, 2);
    let role = staff
        .query_one("SELECT current_user::text", &[])
        .await
        .expect("a role");
    assert_eq!(
        role.get::<_, String>(0),
        "sprechstunde_staff",
        "the function gives its role back"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_claims_or_frees_what_is_not_lent_to_them() {
    let server = Server::start().await;
    let lending = Lending::arrange(&server).await;
    let stranger = Talks::arrange(&server, "stranger")
        .await
        .people
        .organisation;
    let (owner, borrower) = (
        lending.owner.people.organisation,
        lending.borrower.people.organisation,
    );
    let ours = met(
        &server,
        &lending.owner,
        &lending.own_meeting(&server, 3, 9, 60),
    )
    .await;
    ours.expect(201);
    let claim = |resource: Uuid, by: Uuid, kind: &str| {
        format!(
            "INSERT INTO allocations VALUES ('{owner}', '{resource}', '{}', '{by}', '{kind}', '2040-01-01T09:00Z', '2040-01-01T10:00Z')",
            Uuid::now_v7()
        )
    };
    for (acting, statement) in [
        (stranger, claim(lending.room, stranger, "loan")),
        (stranger, claim(lending.room, borrower, "loan")),
        (borrower, claim(lending.room, borrower, "meeting")),
        (borrower, claim(lending.owner.counsellor, borrower, "loan")),
        (borrower, claim(lending.room, owner, "loan")),
    ] {
        let staff = acting_for(&server, acting).await;
        let refused = staff.execute(&statement, &[]).await;
        assert!(refused.is_err(), "{statement}");
    }
    let staff = acting_for(&server, borrower).await;
    let freed = staff.execute("DELETE FROM allocations", &[]).await;
    assert_eq!(freed.expect("nothing"), 0);
    for change in [
        format!("UPDATE loans SET valid_until = '2050-01-01' WHERE organisation_id = '{owner}'"),
        format!("UPDATE rooms SET name = 'Unser Saal' WHERE organisation_id = '{owner}'"),
        format!("UPDATE sites SET city = 'Halle' WHERE organisation_id = '{owner}'"),
    ] {
        assert_eq!(
            staff.execute(&change, &[]).await.expect("nothing"),
            0,
            "{change}"
        );
    }
    let renamed =
        format!("UPDATE resources SET kind = 'counsellor' WHERE organisation_id = '{owner}'");
    assert!(
        staff.execute(&renamed, &[]).await.is_err(),
        "a lock changes nothing"
    );
}
