//! A room of one organisation on loan to another.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::circles::{patch, staff};
use crate::fixtures::Talks;
use crate::{Answer, Server};

/// An owner and a borrower, who both give talks, and the room between them.
#[derive(Debug, Clone, Copy)]
pub struct Lending {
    pub owner: Talks,
    pub borrower: Talks,
    /// The owner's room.
    pub room: Uuid,
    pub loan: Uuid,
    /// The room as the borrower has entered it.
    pub entered: Uuid,
}

impl Lending {
    /// Lent at all times, without a quota.
    pub async fn arrange(server: &Server) -> Self {
        Self::with(server, json!({})).await
    }

    /// With other terms.
    pub async fn with(server: &Server, terms: Value) -> Self {
        let owner = Talks::arrange(server, "owner").await;
        let borrower = Talks::arrange(server, "borrower").await;
        Self::between(server, owner, borrower, terms).await
    }

    pub async fn between(server: &Server, owner: Talks, borrower: Talks, terms: Value) -> Self {
        let room = own_room(server, &owner).await;
        Self::of(server, owner, room, borrower, terms).await
    }

    /// Lends a room that is there already.
    pub async fn of(
        server: &Server,
        owner: Talks,
        room: Uuid,
        borrower: Talks,
        terms: Value,
    ) -> Self {
        let body = loan_body(&owner, room, &borrower, terms);
        let made = lend(server, &owner, &body).await.expect(201);
        let loan = id(&made);
        let entered = enter(server, &borrower, loan).await.expect(201);
        Self {
            owner,
            borrower,
            room,
            loan,
            entered: id(&entered),
        }
    }

    /// A meeting of the borrower in the room, so many days from today.
    pub fn meeting(&self, server: &Server, days: i64, hour: u32, minutes: i64) -> Value {
        meeting(server, &self.borrower, &[self.entered], days, hour, minutes)
    }

    /// A meeting of the owner in the same room.
    pub fn own_meeting(&self, server: &Server, days: i64, hour: u32, minutes: i64) -> Value {
        meeting(server, &self.owner, &[self.room], days, hour, minutes)
    }

    pub async fn read(&self, server: &Server, account: Uuid) -> Answer {
        get(server, &format!("/v1/loans/{}", self.loan), account).await
    }

    /// The owner's change of the loan.
    pub async fn change(&self, server: &Server, query: &str, body: &Value) -> Answer {
        let coordinator = self.owner.people.coordinator;
        let read = self.read(server, coordinator).await.expect(200);
        let path = format!("/v1/loans/{}{query}", self.loan);
        patch(server, &path, coordinator, &read["etag"], body).await
    }

    /// The owner's end of the loan.
    pub async fn end(&self, server: &Server, query: &str) -> Answer {
        let coordinator = self.owner.people.coordinator;
        let read = self.read(server, coordinator).await.expect(200);
        let path = format!("/v1/loans/{}{query}", self.loan);
        let request = server.request(Method::DELETE, &path);
        let request = request.header("If-Match", read["etag"].as_str().expect("an entity tag"));
        Answer::of(request.bearer_auth(server.token(coordinator))).await
    }

    /// When the room is used, as somebody sees it from now on.
    pub async fn uses(&self, server: &Server, account: Uuid) -> Vec<(String, String)> {
        let path = format!("/v1/loans/{}/uses", self.loan);
        let uses = get(server, &path, account).await.expect(200);
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let uses = uses["items"].as_array().expect("items").iter();
        uses.map(|it| (text(&it["kind"]), text(&it["starts_at"])))
            .collect()
    }
}

#[must_use]
pub fn id(made: &Value) -> Uuid {
    made["id"].as_str().expect("an id").parse().expect("an id")
}

pub async fn own_room(server: &Server, talks: &Talks) -> Uuid {
    let body = json!({"organisation_id": talks.people.organisation, "site_id": talks.site,
        "name": "Saal", "seats": 20, "features": ["wheelchair"]});
    let coordinator = talks.people.coordinator;
    id(
        &staff(server, Method::POST, "/v1/rooms", coordinator, &body)
            .await
            .expect(201),
    )
}

#[must_use]
pub fn loan_body(owner: &Talks, room: Uuid, borrower: &Talks, terms: Value) -> Value {
    let always = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
        .map(|day| json!({"weekday": day, "starts": "00:00", "ends": "23:59"}));
    let mut body = json!({"organisation_id": owner.people.organisation, "room_id": room,
        "borrower_id": borrower.people.organisation, "hours": always, "valid_from": "2026-01-01"});
    let Value::Object(terms) = terms else {
        panic!("terms are an object")
    };
    body.as_object_mut().expect("an object").extend(terms);
    body
}

pub async fn lend(server: &Server, owner: &Talks, body: &Value) -> Answer {
    let coordinator = owner.people.coordinator;
    staff(server, Method::POST, "/v1/loans", coordinator, body).await
}

/// Enters the room of a loan as one of the borrower's site.
pub async fn enter(server: &Server, borrower: &Talks, loan: Uuid) -> Answer {
    let body = json!({"organisation_id": borrower.people.organisation, "site_id": borrower.site,
        "name": "Geliehener Saal", "features": ["wheelchair"], "loan_id": loan});
    let coordinator = borrower.people.coordinator;
    staff(server, Method::POST, "/v1/rooms", coordinator, &body).await
}

pub async fn get(server: &Server, path: &str, account: Uuid) -> Answer {
    let request = server.request(Method::GET, path);
    Answer::of(request.bearer_auth(server.token(account))).await
}

/// So many days from today at that hour, UTC.
#[must_use]
pub fn at(server: &Server, days: i64, hour: u32) -> DateTime<Utc> {
    let day = (server.app.clock.now() + TimeDelta::days(days)).date_naive();
    day.and_hms_opt(hour, 0, 0).expect("a time").and_utc()
}

#[must_use]
pub fn meeting(
    server: &Server,
    talks: &Talks,
    rooms: &[Uuid],
    days: i64,
    hour: u32,
    minutes: i64,
) -> Value {
    let starts_at = at(server, days, hour);
    json!({"organisation_id": talks.people.organisation, "title": "Geheime Runde", "room_ids": rooms,
        "starts_at": starts_at, "ends_at": starts_at + TimeDelta::minutes(minutes)})
}

/// A request of the organisation's coordinator to make a meeting.
pub fn meet(server: &Server, talks: &Talks, body: &Value) -> RequestBuilder {
    let request = server.once("/v1/meetings", body);
    request.bearer_auth(server.token(talks.people.coordinator))
}

pub async fn met(server: &Server, talks: &Talks, body: &Value) -> Answer {
    Answer::of(meet(server, talks, body)).await
}
