//! An organisation with one of everything that there is.

use persistence::vault::Purpose;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::courses::Course;
use crate::fixtures::Talks;
use crate::{Answer, Server};

/// What can be found of a visitor nowhere but in their own appointment.
pub const VISITOR_NAME: &str = "Furchtlos Geheimrat";
pub const VISITOR_EMAIL: &str = "geheimrat@visitor.example";
pub const VISITOR_NOTE: &str = "comes with a wheelchair";

/// Talks with a row in every tenant table. The appointment stands in the first slot, the hold in
/// the second; six more are free.
#[derive(Debug, Clone)]
pub struct Furnished {
    pub talks: Talks,
    pub room: Uuid,
    pub equipment: Uuid,
    pub schedule: Uuid,
    pub absence: Uuid,
    pub closure: Uuid,
    /// Far behind the session.
    pub modality_switch: Uuid,
    /// Of two dates, which anybody can book.
    pub course: Uuid,
    pub course_service: Uuid,
    /// A session that could be a date of another course of that service.
    pub free_date: Uuid,
    pub kept_places: Uuid,
    /// Open hours that are on, and a number in them that was called. The secret opens it.
    pub open_session: Uuid,
    pub ticket: Uuid,
    pub invitation: Uuid,
    /// Of the room to a partner.
    pub loan: Uuid,
    pub partner: Uuid,
    pub meeting: Uuid,
    /// To which the appointment belongs.
    pub series: Uuid,
    pub appointment: String,
    /// Of the appointment, for a slot that is not offered any more.
    pub proposal: Uuid,
    /// With the secret of the appointment, and an offer for a slot that is not offered any more.
    pub waitlist_entry: Uuid,
    pub code: String,
    pub secret: String,
    /// The ids of the free slots.
    slots: Vec<String>,
}

impl Furnished {
    pub async fn arrange(server: &Server, slug: &str) -> Self {
        let talks = Talks::arrange(server, slug).await;
        let ids = [(); 6].map(|()| Uuid::now_v7());
        server.sql(&furniture(server, &talks, ids)).await;
        let kept_places = Uuid::now_v7();
        server.sql(&group(&talks, kept_places)).await;
        let course = Course::arrange(server, talks, 12).await;
        let free_date = course.add_session(server, 20).await;
        let mut slots: Vec<String> = talks
            .slots(server)
            .await
            .iter()
            .map(|slot| text(&slot["id"]))
            .collect();
        let client = json!({"name": VISITOR_NAME, "email": VISITOR_EMAIL});
        let wish = json!({"slot_id": slots.remove(0), "client": client, "note": VISITOR_NOTE});
        let booked = visitor_posts(server, "/v1/appointments", &wish).await;
        let held = json!({"slot_id": slots.remove(0)});
        visitor_posts(server, "/v1/holds", &held).await;
        let [room, schedule, absence, closure, invitation, equipment] = ids;
        let furnished = Self {
            talks,
            room,
            equipment,
            schedule,
            absence,
            closure,
            modality_switch: Uuid::now_v7(),
            course: course.id,
            course_service: course.service,
            free_date,
            kept_places,
            open_session: Uuid::now_v7(),
            ticket: Uuid::now_v7(),
            invitation,
            loan: Uuid::now_v7(),
            partner: Uuid::now_v7(),
            meeting: Uuid::now_v7(),
            series: Uuid::now_v7(),
            appointment: text(&booked["id"]),
            proposal: Uuid::now_v7(),
            waitlist_entry: Uuid::now_v7(),
            code: text(&booked["code"]),
            secret: text(&booked["secret"]),
            slots,
        };
        furnished.invite(server).await;
        furnished.lend_and_meet(server).await;
        furnished.switch(server).await;
        furnished.open(server).await;
        furnished.propose(server).await;
        furnished.make_a_series(server).await;
        furnished.wait(server).await;
        furnished
    }

    /// A loan of the room, and a meeting in it, both far behind the session.
    async fn lend_and_meet(&self, server: &Server) {
        let organisation = self.talks.people.organisation;
        let (room, loan, partner, meeting) = (self.room, self.loan, self.partner, self.meeting);
        server
            .sql(&format!(
                "INSERT INTO organisations (id, slug, name) VALUES ('{partner}', 'borrower-{partner}', '{{\"de\": \"Gast\"}}');
                 INSERT INTO loans (organisation_id, id, room_id, borrower_id, time_zone, hours, valid_from)
                 VALUES ('{organisation}', '{loan}', '{room}', '{partner}', 'Europe/Berlin', '{{WE 17:00 21:00}}', '2040-01-01');
                 INSERT INTO meetings (organisation_id, id, title, time_zone, created_at)
                 VALUES ('{organisation}', '{meeting}', 'Team', 'Europe/Berlin', '2026-01-01');
                 INSERT INTO meeting_dates (organisation_id, id, meeting_id, room_id, starts_at, ends_at)
                 VALUES ('{organisation}', '{meeting}', '{meeting}', '{room}', '2040-04-02T09:00Z', '2040-04-02T10:00Z');
                 INSERT INTO allocations VALUES ('{organisation}', '{room}', '{meeting}', '{organisation}', 'meeting',
                     '2040-04-02T09:00Z', '2040-04-02T10:00Z')"
            ))
            .await;
    }

    async fn open(&self, server: &Server) {
        let (talks, session, ticket) = (self.talks, self.open_session, self.ticket);
        let (organisation, service) = (talks.people.organisation, Uuid::now_v7());
        talks.add_service(server, service, 10, 10).await;
        let (counsellor, site, appointment) = (talks.counsellor, talks.site, &self.appointment);
        let now = server.app.clock.now();
        server
            .sql(&format!(
                "UPDATE services SET format = 'open_hours', draws_online = true WHERE id = '{service}';
                 INSERT INTO sessions (organisation_id, id, counsellor_id, site_id, starts_at, ends_at, modalities,
                     opens_on_holidays, status)
                 VALUES ('{organisation}', '{session}', '{counsellor}', '{site}', date_trunc('hour', timestamptz '{now}') - interval '1 hour',
                     date_trunc('hour', timestamptz '{now}') + interval '5 hours', '{{in_person}}', true, 'published');
                 INSERT INTO session_services SELECT organisation_id, id, '{service}', starts_at FROM sessions WHERE id = '{session}';
                 INSERT INTO tickets (organisation_id, id, session_id, service_id, number, turn, status, drawn_at, called_at)
                 VALUES ('{organisation}', '{ticket}', '{session}', '{service}', 1, 1, 'called', '{now}', '{now}');
                 INSERT INTO ticket_secrets SELECT organisation_id, '{ticket}', secret_hash FROM appointments WHERE id = '{appointment}'"
            ))
            .await;
    }

    async fn switch(&self, server: &Server) {
        let (organisation, switch) = (self.talks.people.organisation, self.modality_switch);
        server
            .sql(&format!(
                "INSERT INTO modality_switches (organisation_id, id, modality, starts_at)
                 VALUES ('{organisation}', '{switch}', 'video', '2040-04-01T00:00Z')"
            ))
            .await;
    }

    /// A proposal for the appointment, and a cause with which somebody has dealt.
    async fn propose(&self, server: &Server) {
        let (talks, proposal, appointment) = (self.talks, self.proposal, &self.appointment);
        let (organisation, session) = (talks.people.organisation, talks.session);
        let (service, site, counsellor) = (talks.service, talks.site, talks.counsellor);
        let account = talks.people.coordinator;
        let now = server.app.clock.now();
        server
            .sql(&format!(
                "INSERT INTO proposals (organisation_id, id, appointment_id, session_id, service_id, site_id, counsellor_id,
                     starts_at, ends_at, time_zone, modality, rank, proposed_at, expires_at)
                 VALUES ('{organisation}', '{proposal}', '{appointment}', '{session}', '{service}', '{site}', '{counsellor}',
                     '2040-01-02T09:00Z', '2040-01-02T10:00Z', 'Europe/Berlin', 'in_person', 1, '{now}', '2040-01-01T00:00Z');
                 INSERT INTO attention_dealings (organisation_id, id, appointment_id, starts_at, cause, account_id,
                     dealt_with_at, delete_after)
                 VALUES ('{organisation}', '{proposal}', '{appointment}', '{now}', 'closure:{proposal}', '{account}', '{now}',
                     '2040-01-01T00:00Z');
                 INSERT INTO no_shows VALUES ('{organisation}', '{appointment}', sha256('{appointment}'), '2039-12-01', '2040-01-01')"
            ))
            .await;
    }

    /// A series with the code 0000-0000 and the secret of the appointment, which belongs to it.
    async fn make_a_series(&self, server: &Server) {
        let (series, appointment) = (self.series, &self.appointment);
        server
            .sql(&format!(
                "INSERT INTO series (organisation_id, id, service_id, code, secret_hash, time_zone, booked_at)
                 SELECT organisation_id, '{series}', service_id, '00000000', secret_hash, time_zone, booked_at
                 FROM appointments WHERE id = '{appointment}';
                 UPDATE appointments SET series_id = '{series}' WHERE id = '{appointment}';"
            ))
            .await;
    }

    /// Somebody waits, and is offered something; the offer has the id of the entry.
    async fn wait(&self, server: &Server) {
        let (talks, entry, appointment) = (self.talks, self.waitlist_entry, &self.appointment);
        let (organisation, service) = (talks.people.organisation, talks.service);
        let (session, site, counsellor) = (talks.session, talks.site, talks.counsellor);
        let now = server.app.clock.now();
        server
            .sql(&format!(
                "UPDATE services SET waitlist_offer_minutes = 60 WHERE id = '{service}';
                 INSERT INTO waitlist_entries (organisation_id, id, code, secret_hash, key_hash, service_id, joined_at,
                     queued_at, valid_until, status)
                 SELECT organisation_id, '{entry}', '11111111', secret_hash, decode(md5('{entry}'), 'hex'), service_id,
                     '{now}', '{now}', '2040-01-01', 'offered'
                 FROM appointments WHERE id = '{appointment}';
                 INSERT INTO waitlist_offers (organisation_id, id, entry_id, session_id, site_id, counsellor_id, starts_at,
                     ends_at, time_zone, modality, offered_at, expires_at)
                 VALUES ('{organisation}', '{entry}', '{entry}', '{session}', '{site}', '{counsellor}',
                     '2040-01-02T09:00Z', '2040-01-02T10:00Z', 'Europe/Berlin', 'in_person', '{now}', '2040-01-01');
                 INSERT INTO waitlist_wakes VALUES ('{organisation}', '{entry}', '2040-01-01')"
            ))
            .await;
        let app = &server.app;
        let row = [organisation.into_bytes(), entry.into_bytes()].concat();
        let given = json!({"client": {"name": VISITOR_NAME, "email": null, "phone": null}});
        let sealed = app
            .vault
            .seal(Purpose::Contact, &row, given.to_string().as_bytes());
        let sealed: String = (sealed.expect("a sealed contact").iter())
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let give = format!(
            "INSERT INTO waitlist_contacts VALUES ('{organisation}', '{entry}', decode('{sealed}', 'hex'), '2040-01-01')"
        );
        server.sql(&give).await;
    }

    /// The id of a slot that was free, and another one for each of six numbers.
    #[must_use]
    pub fn slot(&self, number: usize) -> &str {
        &self.slots[number % self.slots.len()]
    }

    /// An open invitation of an administrator, whom also those who coordinate the network invite.
    /// It comes back when it was withdrawn.
    pub async fn invite(&self, server: &Server) {
        let (invitation, people) = (self.invitation, self.talks.people);
        let (organisation, administrator) = (people.organisation, people.administrator);
        let now = server.app.clock.now();
        server
            .sql(&format!(
                "INSERT INTO invitations (organisation_id, id, email, roles, token_hash, invited_by, expires_at)
                 VALUES ('{organisation}', '{invitation}', 'invited@{organisation}.example', '{{administrator}}',
                     decode(md5('{invitation}'), 'hex'), '{administrator}', timestamptz '{now}' + interval '7 days')
                 ON CONFLICT DO NOTHING"
            ))
            .await;
    }

    /// Holds that slot; answers the hold's id and token.
    pub async fn hold(&self, server: &Server, number: usize) -> (String, String) {
        let wish = json!({"slot_id": self.slot(number)});
        let hold = visitor_posts(server, "/v1/holds", &wish).await;
        (text(&hold["id"]), text(&hold["token"]))
    }
}

async fn visitor_posts(server: &Server, path: &str, body: &Value) -> Value {
    let request = server.request(Method::POST, path);
    let request = request.header("Idempotency-Key", Uuid::new_v4().to_string());
    Answer::of(request.json(body)).await.expect(201)
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// The absence and the closure lie far behind the session.
fn furniture(server: &Server, talks: &Talks, ids: [Uuid; 6]) -> String {
    let [room, schedule, absence, closure, invitation, equipment] = ids;
    let (site, counsellor, service) = (talks.site, talks.counsellor, talks.service);
    let organisation = talks.people.organisation;
    let now = server.app.clock.now();
    format!(
        "INSERT INTO resources VALUES ('{organisation}', '{room}', 'room'), ('{organisation}', '{equipment}', 'equipment');
         INSERT INTO equipment (organisation_id, id, name, pieces) VALUES ('{organisation}', '{equipment}', 'Höranlage', 1);
         INSERT INTO equipment_pieces VALUES ('{organisation}', '{equipment}', 1, '{equipment}');
         INSERT INTO rooms (organisation_id, id, site_id, name) VALUES ('{organisation}', '{room}', '{site}', 'Beratungsraum');
         INSERT INTO schedules (organisation_id, id, counsellor_id, site_id, service_ids, modalities, rule, starts, ends,
             valid_from, published_before)
         VALUES ('{organisation}', '{schedule}', '{counsellor}', '{site}', '{{{service}}}', '{{in_person}}',
             'FREQ=WEEKLY;BYDAY=MO', '09:00', '12:00', '2040-01-01', '2040-01-01');
         INSERT INTO absences (organisation_id, id, counsellor_id, starts_at, ends_at)
         VALUES ('{organisation}', '{absence}', '{counsellor}', '2040-01-01T00:00Z', '2040-01-02T00:00Z');
         INSERT INTO closures (organisation_id, id, starts_at, ends_at)
         VALUES ('{organisation}', '{closure}', '2040-02-01T00:00Z', '2040-02-02T00:00Z');
         INSERT INTO outbox_events VALUES ('{organisation}', '{invitation}', 'invited', '{invitation}', '{now}')"
    )
}

/// A group far behind the session, with a held place, some kept for a partner, and people who dropped in.
fn group(talks: &Talks, kept: Uuid) -> String {
    let [service, session, hold, partner] = [(); 4].map(|()| Uuid::now_v7());
    let (organisation, site, counsellor) =
        (talks.people.organisation, talks.site, talks.counsellor);
    format!(
        "INSERT INTO organisations (id, slug, name) VALUES ('{partner}', 'partner-{partner}', '{{\"de\": \"Partner\"}}');
         INSERT INTO services (organisation_id, id, name, topic, format, modalities, languages, contact_rule,
             length_minutes, start_every_minutes, buffer_before_minutes, buffer_after_minutes,
             minimum_notice_minutes, horizon_days, cancellation_deadline_minutes, capacity)
         VALUES ('{organisation}', '{service}', '{{\"de\": \"Kreis\"}}', 'self_help', 'group', '{{in_person}}', '{{de}}',
             'none', 90, 90, 0, 0, 0, 90, 60, 12);
         INSERT INTO sessions (organisation_id, id, counsellor_id, site_id, starts_at, ends_at, modalities, status, capacity)
         VALUES ('{organisation}', '{session}', '{counsellor}', '{site}', '2040-03-01T09:00Z', '2040-03-01T11:00Z',
             '{{in_person}}', 'withdrawn', 12);
         INSERT INTO session_services VALUES ('{organisation}', '{session}', '{service}', '2040-03-01T09:00Z');
         INSERT INTO holds (organisation_id, id, session_id, service_id, starts_at, token_hash, expires_at)
         VALUES ('{organisation}', '{hold}', '{session}', '{service}', '2040-03-01T09:00Z', decode(md5('{hold}'), 'hex'), '2040-01-01');
         INSERT INTO places (organisation_id, session_id, number, capacity, claim_id, expires_at)
         VALUES ('{organisation}', '{session}', 1, 12, '{hold}', '2040-01-01');
         INSERT INTO kept_places (organisation_id, id, service_id, partner_id, places)
         VALUES ('{organisation}', '{kept}', '{service}', '{partner}', 2);
         INSERT INTO drop_ins VALUES ('{organisation}', '{session}', 4);"
    )
}
