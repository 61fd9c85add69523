//! Waiting lists, and whoever looks what can be offered.

use api::waitlist::offering::offer_all;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Scene;

impl Scene {
    pub(super) async fn hear_waitlist(&mut self) {
        let (server, talks) = (&self.server, self.talks);
        let (service, counsellor) = (Uuid::now_v7(), talks.add_counsellor(server).await);
        talks.add_service(server, service, 50, 60).await;
        let session = Uuid::now_v7();
        talks
            .add_session(server, session, counsellor, &[service], 3)
            .await;
        let keep =
            format!("UPDATE services SET waitlist_offer_minutes = 60 WHERE id = '{service}'");
        server.sql(&keep).await;
        let client = json!({"name": "Anna Muster", "email": "anna@example.org"});
        let wish = json!({"service_id": service, "client": client});
        let request = self.server.once("/v1/waitlist-entries", &wish);
        let entry = self.hear("join a waiting list", request).await;

        let offer = self.offered(&entry).await;
        let stay = json!({"offer_id": offer, "stay": true});
        self.answer("decline an offer", &entry, "decline", &stay)
            .await;
        // Nobody answers in time.
        self.offered(&entry).await;
        self.server
            .sql(
                "UPDATE waitlist_offers SET offered_at = offered_at - interval '1 day',
                     expires_at = expires_at - interval '1 day' WHERE state = 'open';
                 UPDATE waitlist_wakes SET due_at = '-infinity'",
            )
            .await;
        let offer = self.offered(&entry).await;
        let accept = json!({"offer_id": offer});
        self.answer("accept an offer", &entry, "accept", &accept)
            .await;

        let wish = json!({"service_id": service});
        let request = self.server.once("/v1/waitlist-entries", &wish);
        let entry = self.hear("join a waiting list", request).await;
        self.answer("leave a waiting list", &entry, "decline", &json!({}))
            .await;
    }

    /// What the program offers when it looks.
    async fn offered(&mut self, entry: &Value) -> Value {
        let look = async |scene: &Self| offer_all(&scene.server.app).await.expect("a look");
        self.hear_work("offer what is free", look).await;
        let id = entry["id"].as_str().expect("an id");
        let request = self.get(&format!("/v1/waitlist-entries/{id}"));
        let secret = entry["secret"].as_str().expect("a secret");
        let request = request.header("Appointment-Secret", secret);
        let seen = self.hear("read an entry", request).await;
        seen["offer"]["id"].clone()
    }

    async fn answer(&mut self, call: &'static str, entry: &Value, action: &str, body: &Value) {
        let id = entry["id"].as_str().expect("an id");
        let path = format!("/v1/waitlist-entries/{id}/{action}");
        let secret = entry["secret"].as_str().expect("a secret");
        let request = self.server.once(&path, body);
        let request = request.header("Appointment-Secret", secret);
        self.hear(call, request).await;
    }
}
