//! Places of groups, talks with needs, and series.

use chrono::{Datelike, TimeDelta};
use serde_json::json;
use tests::circles::Circle;
use uuid::Uuid;

use super::{Scene, path_to};

impl Scene {
    pub(super) async fn hear_besides(&mut self) {
        self.hear_groups().await;
        self.hear_needs().await;
        self.hear_series().await;
    }

    async fn hear_groups(&mut self) {
        let (server, talks) = (&self.server, self.talks);
        let circle = Circle::arrange(server, talks, 5).await;
        let counsellor = talks.add_counsellor(server).await;
        for days in [3, 4] {
            circle.add_session(server, counsellor, None, days).await;
        }
        let path = format!("/v1/slots?service_id={}", circle.service);
        let page = self.hear("slots of a group", self.get(&path)).await;
        let slots = page["items"].clone();
        let wish = json!({"slot_id": slots[0]["id"]});
        let request = self.server.once("/v1/holds", &wish);
        let hold = self.hear("hold a place", request).await;
        let redemption = json!({"hold_id": hold["id"], "hold_token": hold["token"]});
        let request = self.server.once("/v1/appointments", &redemption);
        self.hear("redeem a place", request).await;
        let request = self.server.once("/v1/appointments", &wish);
        let booked = self.hear("book a place", request).await;
        let request = self.server.moving(&booked, &slots[1]);
        self.hear("move to another group", request).await;
        let request = self.server.once(&path_to(&booked, "/cancel"), &json!({}));
        let secret = booked["secret"].as_str().expect("a secret");
        let request = request.header("Appointment-Secret", secret);
        self.hear("cancel a place", request).await;
    }

    async fn hear_needs(&mut self) {
        let (server, talks) = (&self.server, self.talks);
        let (service, counsellor) = (Uuid::now_v7(), talks.add_counsellor(server).await);
        talks.add_service(server, service, 50, 60).await;
        let [equipment, piece, session] = [(); 3].map(|()| Uuid::now_v7());
        let room = talks.add_room(server).await;
        let organisation = talks.people.organisation;
        server
            .sql(&format!(
                "INSERT INTO resources VALUES ('{organisation}', '{piece}', 'equipment');
                 INSERT INTO equipment (organisation_id, id, name, pieces)
                 VALUES ('{organisation}', '{equipment}', 'Gerät', 1);
                 INSERT INTO equipment_pieces VALUES ('{organisation}', '{equipment}', 1, '{piece}');
                 UPDATE rooms SET features = '{{wheelchair}}' WHERE id = '{room}';
                 UPDATE services SET needs_room = true, room_features = '{{wheelchair}}',
                     equipment_ids = ARRAY['{equipment}'::uuid], equipment_pieces = '{{1}}' WHERE id = '{service}'"
            ))
            .await;
        talks
            .add_session(server, session, counsellor, &[service], 3)
            .await;
        let path = format!("/v1/slots?service_id={service}");
        let page = self
            .hear("slots of a service with needs", self.get(&path))
            .await;
        let wish = json!({"slot_id": page["items"][0]["id"]});
        let request = self.server.once("/v1/appointments", &wish);
        self.hear("book with needs", request).await;
    }

    async fn hear_series(&mut self) {
        let (server, talks) = (&self.server, self.talks);
        let (service, counsellor) = (Uuid::now_v7(), talks.add_counsellor(server).await);
        talks.add_service(server, service, 50, 60).await;
        for days in [3, 10, 17] {
            let session = Uuid::now_v7();
            talks
                .add_session(server, session, counsellor, &[service], days)
                .await;
        }
        let slots = talks.slots_of(server, service).await;
        let day = (server.app.clock.now() + TimeDelta::days(3)).weekday();
        let day = day.to_string().to_uppercase();
        let rule = format!("FREQ=WEEKLY;BYDAY={};COUNT=3", &day[..2]);
        let wish = json!({"slot_id": slots[0]["id"], "rule": rule, "mode": "what_fits"});
        let request = self.server.once("/v1/series?dry_run=true", &wish);
        self.hear("preview a series", request).await;
        let request = self.server.once("/v1/series", &wish);
        let booked = self.hear("book a series", request).await;
        let secret = booked["secret"].as_str().expect("a secret");
        let id = booked["id"].as_str().expect("an id");
        let read = self.get(&format!("/v1/series/{id}"));
        let read = read.header("Appointment-Secret", secret);
        self.hear("read a series", read).await;
        let to = json!({"from": booked["appointments"][0]["id"], "slot_id": slots[1]["id"]});
        for (call, action, body) in [
            ("move a series", "reschedule", to),
            ("cancel a series", "cancel", json!({})),
        ] {
            let path = format!("/v1/series/{id}/{action}");
            let request = self.server.once(&path, &body);
            let request = request.header("Appointment-Secret", secret);
            self.hear(call, request).await;
        }
    }
}
