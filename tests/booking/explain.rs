//! Why there is a slot at a time, or none: by the rules of the search, and not more than it tells.

use reqwest::Method;
use serde_json::{Value, json};
use tests::fixtures::Talks;
use tests::{Answer, Server};
use uuid::Uuid;

/// With the wishes behind it.
async fn explained(server: &Server, service: Uuid, at: &str, wishes: &str) -> Value {
    let path = format!("/v1/slots/explain?service_id={service}&at={at}{wishes}");
    server.get(&path).await.expect(200)
}

async fn as_staff(server: &Server, account: Uuid, path: &str) -> Value {
    let request = server.request(Method::GET, path);
    Answer::of(request.bearer_auth(server.token(account)))
        .await
        .expect(200)
}

/// Every half hour of the day of the session, and an hour around it.
async fn half_hours(server: &Server, talks: &Talks) -> Vec<String> {
    let session = talks.session;
    let starts = format!(
        "SELECT string_agg(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), ' ')
         FROM sessions, generate_series(starts_at - interval '1 hour', ends_at + interval '1 hour', interval '30 minutes') AS at
         WHERE id = '{session}'"
    );
    let starts = server.sql_value(&starts).await;
    starts.split(' ').map(str::to_owned).collect()
}

/// Everything that can take a slot away, at once.
async fn disturb(server: &Server, talks: &Talks) {
    let (organisation, session) = (talks.people.organisation, talks.session);
    let (absence, closure) = (Uuid::now_v7(), Uuid::now_v7());
    server
        .sql(&format!(
            "INSERT INTO absences (organisation_id, id, counsellor_id, starts_at, ends_at)
             SELECT organisation_id, '{absence}', counsellor_id, starts_at + interval '90 minutes', starts_at + interval '2 hours'
             FROM sessions WHERE id = '{session}';
             INSERT INTO closures (organisation_id, id, site_id, starts_at, ends_at)
             SELECT organisation_id, '{closure}', site_id, starts_at + interval '5 hours', starts_at + interval '6 hours'
             FROM sessions WHERE id = '{session}';
             UPDATE counsellors SET max_per_day = 4 WHERE organisation_id = '{organisation}'"
        ))
        .await;
    let slots = talks.slots(server).await;
    talks.book(server, &slots[3]).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_is_free_if_and_only_if_the_search_offers_it() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    disturb(&server, &talks).await;
    for cap in [4, 1] {
        server
            .sql(&format!("UPDATE counsellors SET max_per_day = {cap}"))
            .await;
        for wish in [
            "",
            "&language=ar",
            "&language=uk",
            "&modality=phone",
            "&modality=video",
        ] {
            let path = format!("/v1/slots?service_id={}&limit=200{wish}", talks.service);
            let page = server.get(&path).await.expect(200);
            let slots = page["items"].as_array().expect("items");
            let offered: Vec<_> = slots
                .iter()
                .filter_map(|slot| slot["id"].as_str())
                .collect();
            let mut free = Vec::new();
            for at in half_hours(&server, &talks).await {
                let told = explained(&server, talks.service, &at, wish).await;
                assert_eq!(
                    told["code"] == "free",
                    told["slot_id"].is_string(),
                    "{told}"
                );
                free.extend(told["slot_id"].as_str().map(str::to_owned));
                assert!(told["sessions"].is_null());
            }
            assert_eq!(free, offered, "{wish} with a cap of {cap}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_learns_what_is_in_the_way_and_what_comes_next() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    disturb(&server, &talks).await;
    let at = half_hours(&server, &talks).await;
    let cases = [
        (0, "", "no-session"),
        (2, "", "free"),
        (2, "&language=uk", "language-not-offered"),
        (2, "&modality=video", "modality-not-offered"),
        (2, "&interpreter_language=fa", "no-interpreter"),
        (3, "", "off-grid"),
        // Somebody is away, and somebody has booked.
        (4, "", "taken"),
        (10, "", "taken"),
        (12, "", "closed"),
        (18, "", "no-session"),
    ];
    for (place, wish, code) in cases {
        let told = explained(&server, talks.service, &at[place], wish).await;
        assert_eq!(told["code"], code, "{}{wish}", at[place]);
    }
    let away = explained(&server, talks.service, &at[4], "").await;
    let free = talks.slots(&server).await;
    assert_eq!(away["next_available_at"], free[1]["starts_at"]);
    let elsewhere = format!("&site_id={}", Uuid::now_v7());
    let told = explained(&server, talks.service, &at[2], &elsewhere).await;
    assert_eq!(told["code"], "no-session");
    assert!(told["next_available_at"].is_null());
    let past = explained(&server, talks.service, "2020-01-01T09:00:00Z", "").await;
    assert_eq!(past["code"], "past");
    let far = explained(&server, talks.service, "2090-01-01T09:00:00Z", "").await;
    assert_eq!(far["code"], "too-far");
    let unknown = format!("/v1/slots/explain?service_id={}&at={}", Uuid::nil(), at[2]);
    server.get(&unknown).await.expect_problem(404, "not-found");
    let between = at[2].replace(":00Z", ":30Z");
    let between = format!(
        "/v1/slots/explain?service_id={}&at={between}",
        talks.service
    );
    server
        .get(&between)
        .await
        .expect_problem(422, "rule-violated");
}

#[tokio::test(flavor = "multi_thread")]
async fn away_and_booked_look_the_same_and_staff_see_the_rules() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let at = half_hours(&server, &talks).await;
    let slots = talks.slots(&server).await;
    let path = format!(
        "/v1/slots/explain?service_id={}&at={}",
        talks.service, at[2]
    );
    let public = || async { server.get(&path).await.expect(200) };
    talks.book(&server, &slots[0]).await.expect(201);
    let booked = public().await;
    server
        .sql(&format!(
            "DELETE FROM allocations;
             INSERT INTO absences (organisation_id, id, counsellor_id, starts_at, ends_at)
             SELECT organisation_id, gen_random_uuid(), counsellor_id, starts_at, starts_at + interval '10 minutes'
             FROM sessions WHERE id = '{}'",
            talks.session
        ))
        .await;
    assert_eq!(public().await, booked);
    let people = talks.people;
    for account in [people.counsellor, people.coordinator, people.administrator] {
        let told = as_staff(&server, account, &path).await;
        assert_eq!(told["code"], "taken");
        let sessions = told["sessions"].as_array().expect("sessions");
        assert_eq!(sessions.len(), 1);
        assert_eq!(sessions[0]["counsellor_id"], json!(talks.counsellor));
        let rules = sessions[0]["rules"].as_array().expect("rules");
        let broken: Vec<_> = rules
            .iter()
            .filter(|rule| rule["passed"] == false)
            .collect();
        assert_eq!(broken.len(), 1, "{broken:?}");
        assert_eq!(broken[0]["rule"], "counsellor_there");
        assert_eq!(broken[0]["from"], slots[0]["starts_at"]);
    }
    let stranger = Talks::arrange(&server, "elsewhere").await.people;
    for account in [stranger.administrator, people.network_coordinator] {
        assert_eq!(as_staff(&server, account, &path).await, booked);
    }
    server.sql("UPDATE services SET published = false").await;
    server.get(&path).await.expect_problem(404, "not-found");
    let told = as_staff(&server, people.coordinator, &path).await;
    assert_eq!(told["code"], "not-published");
    assert!(told["next_available_at"].is_null());
}

/// In the night of Christmas, which is a holiday on both sides of midnight, and around New Year.
#[tokio::test(flavor = "multi_thread")]
async fn holidays_begin_and_end_at_midnight_on_the_clocks_of_the_site() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    server
        .sql("UPDATE services SET horizon_days = 366, length_minutes = 20, start_every_minutes = 30, buffer_after_minutes = 0")
        .await;
    let now = server.app.clock.now();
    let year = now.format("%Y").to_string();
    let year = if now.format("%m-%d").to_string().as_str() < "12-20" {
        year
    } else {
        (year.parse::<i32>().expect("a year") + 1).to_string()
    };
    let organisation = talks.people.organisation;
    for (date, hours) in [("12-24", 8), ("12-26", 8), ("12-31", 8)] {
        let session = Uuid::now_v7();
        server
            .sql(&format!(
                "INSERT INTO sessions (organisation_id, id, counsellor_id, site_id, starts_at, ends_at, modalities, opens_on_holidays, status)
                 VALUES ('{organisation}', '{session}', '{}', '{}', '{year}-{date}T20:00+01', '{year}-{date}T20:00+01'::timestamptz + interval '{hours} hours',
                     '{{in_person}}', false, 'published');
                 INSERT INTO session_services SELECT organisation_id, id, '{}', starts_at FROM sessions WHERE id = '{session}'",
                talks.counsellor, talks.site, talks.service
            ))
            .await;
    }
    let next_year = year.parse::<i32>().expect("a year") + 1;
    for (at, code) in [
        (format!("{year}-12-24T23:30:00%2B01:00"), "free"),
        (format!("{year}-12-25T00:00:00%2B01:00"), "public-holiday"),
        (format!("{year}-12-26T23:30:00%2B01:00"), "public-holiday"),
        (format!("{year}-12-27T00:00:00%2B01:00"), "free"),
        (format!("{year}-12-31T23:30:00%2B01:00"), "free"),
        (
            format!("{next_year}-01-01T00:00:00%2B01:00"),
            "public-holiday",
        ),
    ] {
        let told = explained(&server, talks.service, &at, "").await;
        assert_eq!(told["code"], code, "{at}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sentence_is_in_the_language_of_who_asks() {
    let server = Server::start().await;
    let talks = Talks::arrange(&server, "poliklinik").await;
    let at = half_hours(&server, &talks).await;
    let path = format!(
        "/v1/slots/explain?service_id={}&at={}",
        talks.service, at[0]
    );
    for (language, sentence) in [
        ("de-DE, en;q=0.5", "Zu dieser Zeit ist keine Sprechstunde."),
        ("de-simple", "Zu dieser Zeit ist niemand für Sie da."),
        ("uk", "There is no session at this time."),
        ("", "There is no session at this time."),
    ] {
        let request = server.request(Method::GET, &path);
        let told = Answer::of(request.header("Accept-Language", language)).await;
        assert_eq!(told.expect(200)["sentence"], sentence, "{language}");
    }
}
