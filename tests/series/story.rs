use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, invariants};

use super::{Weeks, each, items, text};

#[tokio::test(flavor = "multi_thread")]
async fn six_talks_are_booked_at_once_and_one_secret_opens_them_all() {
    let weeks = Weeks::arrange(6).await;
    let slots = weeks.slots().await;
    let mut wish = weeks.wish(&slots[3], 6, "all_or_nothing");
    wish["client"] = json!({"email": "ada@visitor.example"});
    let preview = weeks.preview(&wish).await;
    assert!(
        items(&preview["dates"])
            .iter()
            .all(|date| date["bookable"] == true)
    );
    assert_eq!(weeks.stored().await, 0);

    let booked = weeks.book(&wish).await.expect(201);
    let appointments = items(&booked["appointments"]);
    assert_eq!(appointments.len(), 6);
    assert_eq!(
        each(&booked["appointments"], "starts_at"),
        each(&preview["dates"], "starts_at")
    );
    let local = |start: &str| start[11..16].to_owned();
    let hours: Vec<_> = each(&booked["appointments"], "starts_at")
        .into_iter()
        .map(local)
        .collect();
    assert!(hours.iter().all(|hour| *hour == hours[0]), "{hours:?}");
    let secret = text(&booked["secret"]);
    for appointment in appointments {
        let path = format!("/v1/appointments/{}", text(&appointment["id"]));
        let opened = weeks.get(&path, secret).await.expect(200);
        assert_eq!(&opened, appointment);
        assert_eq!(opened["series_id"], booked["id"]);
        assert_eq!(opened["client"]["email"], "ada@visitor.example");
    }
    let path = format!("/v1/series/{}", text(&booked["id"]));
    let mut told = weeks.get(&path, secret).await.expect(200);
    let body = json!({"code": booked["code"], "secret": secret});
    let found = weeks
        .server
        .post("/v1/series/find", &body)
        .await
        .expect(200);
    assert_eq!(found, told);
    told["secret"] = booked["secret"].clone();
    assert_eq!(told, booked);
    let wrong = weeks.get(&path, "0123456789ABCDEFGHJKMNPQRS").await;
    wrong.expect_problem(404, "not-found");
    invariants::check(&weeks.server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_way_is_listed_with_what_is_free_instead() {
    let weeks = Weeks::arrange(3).await;
    let slots = weeks.slots().await;
    // The second week is booked at that hour; the fourth has no session.
    let second = weeks.preview(&weeks.wish(&slots[3], 2, "what_fits")).await;
    let second = json!({"id": second["dates"][1]["slot_id"]});
    weeks.talks.book(&weeks.server, &second).await.expect(201);

    let wish = weeks.wish(&slots[3], 4, "all_or_nothing");
    let preview = weeks.preview(&wish).await;
    let bookable: Vec<_> = items(&preview["dates"])
        .iter()
        .map(|date| date["bookable"] == true)
        .collect();
    assert_eq!(bookable, [true, false, true, false]);
    assert_eq!(
        each(&preview["dates"], "code"),
        ["", "slot-taken", "", "slot-gone"]
    );
    let instead = items(&preview["dates"][1]["alternatives"]);
    assert_eq!(instead.len(), 5, "{preview}");
    let day = |value: &Value| text(&value["starts_at"])[..10].to_owned();
    assert!(
        instead
            .iter()
            .all(|slot| day(slot) == day(&preview["dates"][1]))
    );
    assert_eq!(items(&preview["dates"][3]["alternatives"]).len(), 0);

    let refused = weeks
        .book(&wish)
        .await
        .expect_problem(409, "dates-unbookable");
    assert_eq!(
        each(&refused["errors"], "code"),
        ["slot-taken", "slot-gone"]
    );
    assert_eq!(weeks.stored().await, 1);
    let booked = weeks
        .book(&weeks.wish(&slots[3], 4, "what_fits"))
        .await
        .expect(201);
    assert_eq!(items(&booked["appointments"]).len(), 2);
    assert_eq!(
        each(&booked["left_out"], "code"),
        ["slot-taken", "slot-gone"]
    );
    let nothing = weeks.book(&weeks.wish(&slots[3], 4, "what_fits")).await;
    nothing.expect_problem(409, "dates-unbookable");
    invariants::check(&weeks.server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_book_and_see_what_they_may() {
    let weeks = Weeks::arrange(2).await;
    let slots = weeks.slots().await;
    let (server, people) = (&weeks.server, weeks.talks.people);
    let book = |account, slot: &Value| {
        let wish = weeks.wish(slot, 2, "all_or_nothing");
        Answer::of(weeks.booking(&wish).bearer_auth(server.token(account)))
    };
    let booked = book(people.coordinator, &slots[1]).await.expect(201);
    let refused = book(people.administrator, &slots[2]).await;
    refused.expect_problem(403, "forbidden");
    let path = format!("/v1/series/{}", text(&booked["id"]));
    for (account, status) in [
        (people.coordinator, 200),
        (people.counsellor, 200),
        (people.administrator, 404),
        (people.network_coordinator, 404),
    ] {
        let request = server.request(Method::GET, &path);
        let seen = Answer::of(request.bearer_auth(server.token(account))).await;
        assert_eq!(seen.status, status, "{}", seen.text);
    }
}

/// An appointment of a series is stored as one that was booked alone, but for the series.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_booked_together_is_stored_as_what_is_booked_alone() {
    let weeks = Weeks::arrange(2).await;
    let slots = weeks.slots().await;
    let given = json!({"email": "ada@visitor.example"});
    let mut alone = json!({"slot_id": slots[0]["id"], "language": "ar", "client": given});
    let booked = Answer::of(weeks.server.once("/v1/appointments", &alone)).await;
    booked.expect(201);
    alone = weeks.wish(&slots[1], 2, "all_or_nothing");
    alone["language"] = json!("ar");
    alone["client"] = given;
    weeks.book(&alone).await.expect(201);
    for table in [
        "appointments",
        "contacts",
        "allocations",
        "audit_entries",
        "outbox_events",
    ] {
        let filled = format!(
            "SELECT count(DISTINCT (SELECT string_agg(c.key, ',' ORDER BY c.key)
                                    FROM jsonb_each(to_jsonb(t) - 'series_id') c
                                    WHERE c.value <> 'null'))
             FROM {table} t"
        );
        assert_eq!(weeks.server.sql_value(&filled).await, "1", "{table}");
    }
}
