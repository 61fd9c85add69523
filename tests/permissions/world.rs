//! What the walk needs: one organisation with everything in it, and everybody who might call.

use chrono::{Datelike, TimeDelta};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::Server;
use tests::furnished::Furnished;
use uuid::Uuid;

use super::entrances;

/// The columns of the table, in their order.
pub const CALLERS: [&str; 8] = [
    "stranger",
    "counsellor",
    "coordinator",
    "administrator",
    "network",
    "foreign",
    "expired",
    "secret",
];

/// One operation of the specification.
#[derive(Debug)]
pub struct Operation<'s> {
    pub id: &'s str,
    pub method: Method,
    pub path: &'s str,
    /// The example of its body, if it has one.
    pub example: Option<Value>,
}

/// Every operation of the specification, in the order of their paths.
pub fn operations(document: &Value) -> Vec<Operation<'_>> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, described) in item.as_object().expect("operations") {
            let Some(id) = described["operationId"].as_str() else {
                continue;
            };
            let method = method.to_uppercase();
            let contents = described["requestBody"]["content"].as_object();
            let content = contents.and_then(|contents| contents.values().next());
            let schema = content.and_then(|content| content["schema"]["$ref"].as_str());
            let name = schema.and_then(|schema| schema.rsplit('/').next());
            let example = name.map(|name| &document["components"]["schemas"][name]["example"]);
            operations.push(Operation {
                id,
                method: Method::from_bytes(method.as_bytes()).expect("a method"),
                path,
                example: example.filter(|example| !example.is_null()).cloned(),
            });
        }
    }
    operations
}

/// Everything that operations can be aimed at.
pub struct World {
    pub server: Server,
    pub furnished: Furnished,
    /// The id and the token of the hold that is released next.
    hold: (String, String),
    /// Somebody with every role of another organisation, which has nothing.
    foreign: Uuid,
    /// A program without an account, which the last caller sets up.
    empty: Option<Server>,
}

impl World {
    pub async fn arrange() -> Self {
        let server = Server::start().await;
        let furnished = Furnished::arrange(&server, "poliklinik").await;
        let mut world = Self {
            server,
            furnished,
            hold: (Uuid::now_v7().to_string(), "x".to_owned()),
            foreign: Uuid::now_v7(),
            empty: None,
        };
        world.add_foreigner().await;
        world
    }

    async fn add_foreigner(&mut self) {
        let (account, organisation) = (self.foreign, Uuid::now_v7());
        let mut sql = format!(
            "INSERT INTO organisations (id, slug, name) VALUES ('{organisation}', 'elsewhere', '{{\"de\": \"Anderswo\"}}');
             INSERT INTO accounts (id, email, display_name, password_hash, created_at)
             VALUES ('{account}', 'all@elsewhere.example', 'All', '-', '2026-01-01');"
        );
        for role in ["counsellor", "coordinator", "administrator"] {
            sql += &format!(
                "INSERT INTO memberships VALUES ('{organisation}', '{account}', '{role}');"
            );
        }
        self.server.sql(&sql).await;
    }

    /// Everything anew, in an organisation of its own: what one operation changed is no other's business.
    pub async fn refurnish(&mut self, slug: &str) {
        self.furnished = Furnished::arrange(&self.server, slug).await;
    }

    pub fn organisation(&self) -> Uuid {
        self.furnished.talks.people.organisation
    }

    /// The request of that caller, aimed at real things, such that whoever may do it leaves enough
    /// for the next. Nobody has read the version that it names: 412 says that everything before
    /// it was passed.
    pub async fn request(&mut self, operation: &Operation<'_>, caller: usize) -> RequestBuilder {
        match operation.id {
            "releaseHold" if CALLERS[caller] != "expired" => {
                self.hold = self.furnished.hold(&self.server, caller).await;
            }
            "withdrawInvitation" => self.furnished.invite(&self.server).await,
            "listAttention" | "dealWithAttention" => self.need_attention().await,
            "setUp" => return self.set_up(operation, caller).await,
            _ => {}
        }
        let request = self.bare(operation, caller, "\"999\"");
        let people = &self.furnished.talks.people;
        let entrance = entrances::body(&self.server, people, operation.id).await;
        match entrance.or_else(|| self.body(operation, caller)) {
            Some(body) => request.json(&body),
            None => request,
        }
    }

    /// Another absence over the appointment.
    pub async fn need_attention(&self) {
        let (absence, appointment) = (Uuid::now_v7(), &self.furnished.appointment);
        self.server
            .sql(&format!(
                "INSERT INTO absences (organisation_id, id, counsellor_id, starts_at, ends_at)
                 SELECT organisation_id, '{absence}', counsellor_id, starts_at, ends_at
                 FROM appointments WHERE id = '{appointment}'"
            ))
            .await;
    }

    async fn set_up(&mut self, operation: &Operation<'_>, caller: usize) -> RequestBuilder {
        let full = std::mem::replace(&mut self.server, Server::start().await);
        let body = entrances::setup(&self.server).await;
        let request = self.bare(operation, caller, "\"999\"").json(&body);
        self.empty = Some(std::mem::replace(&mut self.server, full));
        request
    }

    /// As [`World::request`], for that version and without a body.
    pub fn bare(&self, operation: &Operation<'_>, caller: usize, version: &str) -> RequestBuilder {
        let people = self.furnished.talks.people;
        let path = self.path(operation);
        let mut request = self
            .server
            .request(operation.method.clone(), &path)
            .header("Idempotency-Key", Uuid::new_v4().to_string())
            .header("X-Forwarded-For", format!("203.0.113.{caller}"));
        if [Method::PATCH, Method::DELETE].contains(&operation.method) {
            request = request.header("If-Match", version);
        }
        if operation.id == "releaseHold" {
            request = request.header("Hold-Token", &self.hold.1);
        }
        let token = |account| self.server.token(account);
        match CALLERS[caller] {
            "counsellor" => request.bearer_auth(token(people.counsellor)),
            "coordinator" => request.bearer_auth(token(people.coordinator)),
            "administrator" => request.bearer_auth(token(people.administrator)),
            "network" => request.bearer_auth(token(people.network_coordinator)),
            "foreign" => request.bearer_auth(token(self.foreign)),
            "expired" => {
                let then = self.server.app.clock.now() - TimeDelta::minutes(11);
                let token = self.server.app.issuer.sign(people.coordinator.into(), then);
                request.bearer_auth(token.expect("a token"))
            }
            "secret" => request.header("Appointment-Secret", &self.furnished.secret),
            _ => request,
        }
    }

    pub fn path(&self, operation: &Operation<'_>) -> String {
        let furnished = &self.furnished;
        let talks = &furnished.talks;
        let organisation = talks.people.organisation;
        let id = match operation.path.split('/').nth(2).unwrap_or_default() {
            "organisations" => organisation.to_string(),
            "sites" => talks.site.to_string(),
            "services" => talks.service.to_string(),
            "counsellors" => talks.counsellor.to_string(),
            "sessions" if operation.id == "recordDropIns" => furnished.free_date.to_string(),
            "sessions" => talks.session.to_string(),
            "rooms" => furnished.room.to_string(),
            "equipment" => furnished.equipment.to_string(),
            "loans" => furnished.loan.to_string(),
            "meetings" => furnished.meeting.to_string(),
            "schedules" => furnished.schedule.to_string(),
            "absences" => furnished.absence.to_string(),
            "closures" => furnished.closure.to_string(),
            "open-hours" => furnished.open_session.to_string(),
            "tickets" => furnished.ticket.to_string(),
            "modality-switches" => furnished.modality_switch.to_string(),
            "courses" => furnished.course.to_string(),
            "kept-places" => furnished.kept_places.to_string(),
            "accounts" => talks.people.counsellor.to_string(),
            "series" => furnished.series.to_string(),
            "waitlist-entries" => furnished.waitlist_entry.to_string(),
            "appointments" => furnished.appointment.clone(),
            "holds" => self.hold.0.clone(),
            "invitations" => furnished.invitation.to_string(),
            _ => String::new(),
        };
        let path = operation.path.replace("{id}", &id);
        let path = path.replace("{code}", "not-found");
        let path = path.replace("{appointment_id}", &furnished.appointment);
        let path = path.replace("{proposal_id}", &furnished.proposal.to_string());
        let query = match operation.id {
            "listSlots" => format!("?service_id={}", talks.service),
            "explainSlot" => {
                let service = talks.service;
                format!("?service_id={service}&at=2030-01-02T09:00:00Z")
            }
            "listAccounts" | "updateAccount" | "removeAccount" | "listInvitations"
            | "listCounsellors" => {
                format!("?organisation_id={organisation}")
            }
            _ => String::new(),
        };
        path + &query
    }

    /// What may be sent by several callers, one after the other.
    pub fn body(&self, operation: &Operation<'_>, caller: usize) -> Option<Value> {
        let furnished = &self.furnished;
        match operation.id {
            // What opens them is arranged for each request.
            "setUp" | "createToken" | "refreshToken" | "acceptInvitation" => Some(json!({})),
            "findAppointment" => Some(json!({"code": furnished.code, "secret": furnished.secret})),
            "findSeries" => Some(json!({"code": "0000-0000", "secret": furnished.secret})),
            _ if operation.method == Method::PATCH => Some(json!({})),
            _ => self.example(operation, caller),
        }
    }

    /// The example of the specification, with the ids of real things.
    pub fn example(&self, operation: &Operation<'_>, caller: usize) -> Option<Value> {
        let furnished = &self.furnished;
        let talks = &furnished.talks;
        let mut body = operation.example.clone()?;
        let object = body.as_object_mut().expect("an object");
        for (name, value) in [
            ("organisation_id", json!(talks.people.organisation)),
            ("site_id", json!(talks.site)),
            ("counsellor_id", json!(talks.counsellor)),
            ("service_ids", json!([talks.service])),
            ("room_ids", json!([furnished.room])),
            ("borrower_id", json!(furnished.partner)),
            ("service_id", json!(talks.service)),
            ("offer_id", json!(furnished.waitlist_entry)),
            ("slot_id", json!(furnished.slot(caller))),
            // The only role that also those who coordinate the network give.
            ("roles", json!(["administrator"])),
            ("slug", json!(format!("new-{}", CALLERS[caller]))),
            ("email", json!(format!("{}@new.example", Uuid::now_v7()))),
        ] {
            if object.contains_key(name) {
                object.insert(name.to_owned(), value);
            }
        }
        match operation.id {
            "bookSeries" => {
                // On the day of the only session.
                let day = (self.server.app.clock.now() + TimeDelta::days(2)).weekday();
                let code = &day.to_string().to_uppercase()[..2];
                let rule = format!("FREQ=WEEKLY;BYDAY={code};COUNT=2");
                object.insert("rule".to_owned(), json!(rule));
            }
            "createMeeting" => {
                // Of each caller an hour of their own.
                let at = |hour: usize| json!(format!("2040-05-02T{hour:02}:00:00Z"));
                object.insert("starts_at".to_owned(), at(8 + caller));
                object.insert("ends_at".to_owned(), at(9 + caller));
                object.insert("rule".to_owned(), Value::Null);
            }
            "createLoan" => {
                object.insert("room_id".to_owned(), json!(furnished.room));
            }
            "createCourse" => {
                object.insert("service_id".to_owned(), json!(furnished.course_service));
                object.insert("session_ids".to_owned(), json!([furnished.free_date]));
            }
            "createKeptPlaces" => {
                object.insert("service_id".to_owned(), json!(furnished.course_service));
                object.insert("partner_id".to_owned(), json!(furnished.partner));
            }
            "rescheduleSeries" => {
                object.insert("from".to_owned(), json!(furnished.appointment));
            }
            _ => {}
        }
        Some(body)
    }
}
