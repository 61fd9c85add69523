//! The hard nights of a year: the two on which the clocks change, and New Year's Eve. An hour that the
//! clocks show twice is two hours, one that they leave out is none, and half past eleven belongs to
//! the evening.

mod beside;
mod talks;

use chrono::{DateTime, Datelike, Days, NaiveDate, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::Berlin;
use reqwest::Method;
use serde_json::{Value, json};
use tests::circles::staff;
use tests::fixtures::Talks;
use tests::{Answer, Server};

/// A session of several hours over midnight or over the change of the clocks.
struct Night {
    from: DateTime<Utc>,
    before: DateTime<Utc>,
    /// When its slots of an hour begin, as the clocks show it.
    starts: Vec<String>,
}

impl Night {
    /// The clocks go forward at two: half past two never comes.
    fn of_spring(now: DateTime<Utc>) -> Self {
        let times = ["00:30+01", "01:30+01", "03:30+02", "04:30+02", "05:30+02"];
        Self::on(change_after(now, 2), &times)
    }

    /// The clocks go back at three: half past two comes twice.
    fn of_autumn(now: DateTime<Utc>) -> Self {
        let times = [
            "00:30+02", "01:30+02", "02:30+02", "02:30+01", "03:30+01", "04:30+01",
        ];
        Self::on(change_after(now, 1), &times)
    }

    fn of_new_year(now: DateTime<Utc>) -> Self {
        let year = (now + TimeDelta::days(7)).year();
        let eve = NaiveDate::from_ymd_opt(year, 12, 31).expect("a day");
        let evening = Self::on(eve, &["21:30+01", "22:30+01", "23:30+01"]);
        let night = Self::on(eve + Days::new(1), &["00:30+01", "01:30+01"]);
        Self {
            from: evening.from,
            before: night.before,
            starts: [evening.starts, night.starts].concat(),
        }
    }

    fn on(day: NaiveDate, times: &[&str]) -> Self {
        let starts: Vec<_> = times
            .iter()
            .map(|time| format!("{day}T{}:00{}:00", &time[..5], &time[5..]))
            .collect();
        let from = instant(starts.first().expect("a start"));
        let last = instant(starts.last().expect("a start"));
        Self {
            from,
            before: last + TimeDelta::hours(1),
            starts,
        }
    }

    /// Until it is five days away.
    fn wait_for(&self, server: &Server) {
        let now = server.app.clock.now();
        server
            .app
            .clock
            .advance(self.from - TimeDelta::days(5) - now);
    }

    /// The talks of an organisation of its own in that night.
    async fn talks(&self, server: &Server) -> Talks {
        self.wait_for(server);
        let slug = format!("night-{}", self.from.date_naive());
        let talks = Talks::arrange(server, &slug).await;
        withdraw(server, &talks).await;
        publish(server, &talks, self.from, self.before).await;
        talks
    }
}

/// The next day, a week from now or later, on which the clocks begin to be so many hours ahead.
fn change_after(now: DateTime<Utc>, ahead: i64) -> NaiveDate {
    let hours_ahead = |day: NaiveDate| {
        let noon = day.and_hms_opt(12, 0, 0).expect("noon");
        let offset = Berlin.offset_from_utc_datetime(&noon).fix();
        i64::from(offset.local_minus_utc()) / 3600
    };
    let mut days = now.date_naive().iter_days().skip(7);
    let is_it =
        |day: &NaiveDate| hours_ahead(*day) == ahead && hours_ahead(*day - Days::new(1)) != ahead;
    days.find(is_it).expect("the clocks change")
}

/// As they come.
fn nights(server: &Server) -> [Night; 3] {
    let now = server.app.clock.now();
    let mut nights = [
        Night::of_new_year(now),
        Night::of_spring(now),
        Night::of_autumn(now),
    ];
    nights.sort_by_key(|night| night.from);
    nights
}

/// The session that the talks are arranged with.
async fn withdraw(server: &Server, talks: &Talks) {
    let organisation = talks.people.organisation;
    let withdraw = format!(
        "UPDATE sessions SET status = 'withdrawn' WHERE organisation_id = '{organisation}';
         DELETE FROM session_services WHERE organisation_id = '{organisation}'"
    );
    server.sql(&withdraw).await;
}

async fn publish(server: &Server, talks: &Talks, from: DateTime<Utc>, before: DateTime<Utc>) {
    let body = json!({
        "organisation_id": talks.people.organisation, "counsellor_id": talks.counsellor, "site_id": talks.site,
        "service_ids": [talks.service], "modalities": ["in_person", "phone"], "opens_on_holidays": true,
        "starts_at": from, "ends_at": before});
    let published = staff(
        server,
        Method::POST,
        "/v1/sessions",
        talks.people.coordinator,
        &body,
    );
    published.await.expect(201);
}

fn instant(text: &str) -> DateTime<Utc> {
    let instant = DateTime::parse_from_rfc3339(text);
    instant.expect("an instant").to_utc()
}

fn starts(things: &[Value]) -> Vec<&str> {
    things.iter().map(|it| text(&it["starts_at"])).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// The appointment as its visitor sees it.
async fn seen(server: &Server, booked: &Value) -> Value {
    let path = format!("/v1/appointments/{}", text(&booked["id"]));
    let request = server.request(Method::GET, &path);
    let request = request.header("Appointment-Secret", text(&booked["secret"]));
    Answer::of(request).await.expect(200)
}
