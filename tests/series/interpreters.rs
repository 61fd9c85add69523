//! Series of talks with an interpreter: all of them are held by one, or are not booked.

use tests::crowd::{at_once, tally};

use super::*;

impl Weeks {
    /// One who interprets, for all who want that.
    async fn with_an_interpreter(weeks: i64) -> (Self, Uuid) {
        let weeks = Self::arrange(weeks).await;
        let (talks, interpreter) = (&weeks.talks, Uuid::now_v7());
        let organisation = talks.people.organisation;
        weeks
            .server
            .sql(&format!(
                "INSERT INTO resources VALUES ('{organisation}', '{interpreter}', 'counsellor');
                 INSERT INTO counsellors (organisation_id, id, display_name, languages, interprets)
                 VALUES ('{organisation}', '{interpreter}', 'Olena', '{{de}}', '{{uk}}');
                 UPDATE services SET books_interpreters = true WHERE id = '{}'",
                talks.service
            ))
            .await;
        (weeks, interpreter)
    }
}

fn interpreted(mut wish: Value) -> Value {
    wish["language"] = json!("uk");
    wish["interpreter_needed"] = json!(true);
    wish
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interpreter_comes_to_every_date_and_moves_along() {
    let (weeks, interpreter) = Weeks::with_an_interpreter(3).await;
    let slots = weeks.slots().await;
    let wish = interpreted(weeks.wish(&slots[0], 3, "all_or_nothing"));
    let series = weeks.book(&wish).await.expect(201);
    let who = interpreter.to_string();
    let of_each = |series: &Value| each(&series["appointments"], "interpreter_id").join(" ");
    assert_eq!(of_each(&series), [who.as_str(); 3].join(" "));
    let claims = format!("SELECT count(*) FROM allocations WHERE resource_id = '{interpreter}'");
    assert_eq!(weeks.server.sql_value(&claims).await, "3");

    let first = &series["appointments"][0]["id"];
    let later = json!({"from": first, "slot_id": slots[2]["id"]});
    let moved = Answer::of(weeks.change(&series, "reschedule", &later))
        .await
        .expect(200);
    assert_eq!(of_each(&moved), [who.as_str(); 3].join(" "));
    assert_eq!(weeks.server.sql_value(&claims).await, "3");
    let path = format!("/v1/series/{}", text(&series["id"]));
    let read = weeks.get(&path, text(&series["secret"])).await.expect(200);
    assert_eq!(of_each(&read), of_each(&moved));

    // Nobody else interprets, and of whoever needs nobody nothing is refused.
    let wish = weeks.wish(&slots[1], 3, "all_or_nothing");
    weeks.book(&wish).await.expect(201);
    let mut wish = interpreted(weeks.wish(&slots[0], 3, "all_or_nothing"));
    wish["language"] = json!("ar");
    weeks.book(&wish).await.expect(409);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_series_with_the_only_interpreter_one_is_booked() {
    let (weeks, interpreter) = Weeks::with_an_interpreter(3).await;
    let colleague = Uuid::now_v7();
    let organisation = weeks.talks.people.organisation;
    weeks
        .server
        .sql(&format!(
            "INSERT INTO resources VALUES ('{organisation}', '{colleague}', 'counsellor');
             INSERT INTO counsellors (organisation_id, id, display_name, languages, published)
             VALUES ('{organisation}', '{colleague}', 'Nour', '{{de}}', true)"
        ))
        .await;
    for week in 0..3 {
        let (session, services) = (Uuid::now_v7(), [weeks.talks.service]);
        weeks
            .talks
            .add_session(&weeks.server, session, colleague, &services, 2 + 7 * week)
            .await;
    }
    let all = weeks.talks.slots(&weeks.server).await;
    let starts = &all[0]["starts_at"];
    let at_first: Vec<_> = all
        .iter()
        .filter(|slot| &slot["starts_at"] == starts)
        .collect();
    assert_eq!(at_first.len(), 2, "one of each counsellor");
    let wishes: Vec<_> = (0..10)
        .map(|caller| interpreted(weeks.wish(at_first[caller % 2], 3, "all_or_nothing")))
        .collect();
    let answers = at_once(wishes.iter().map(|wish| weeks.booking(wish))).await;
    let tally = tally(answers.iter().map(|call| &call.answer));
    assert_eq!(tally.get("201"), Some(&1), "{tally:?}");
    assert_eq!(weeks.stored().await, 3);
    let claims = format!("SELECT count(*) FROM allocations WHERE resource_id = '{interpreter}'");
    assert_eq!(weeks.server.sql_value(&claims).await, "3");
}
