//! More counsellors, rooms and sessions for an organisation that gives talks, so that every round
//! of a race has slots that nobody fought for before.

use serde_json::Value;
use uuid::Uuid;

use crate::Server;
use crate::fixtures::Talks;

impl Talks {
    /// Another counsellor, without an account.
    pub async fn add_counsellor(&self, server: &Server) -> Uuid {
        let (organisation, counsellor) = (self.people.organisation, Uuid::now_v7());
        server
            .sql(&format!(
                "INSERT INTO resources VALUES ('{organisation}', '{counsellor}', 'counsellor');
                 INSERT INTO counsellors (organisation_id, id, display_name, languages, published)
                 VALUES ('{organisation}', '{counsellor}', 'Ben', '{{de,ar}}', true);"
            ))
            .await;
        counsellor
    }

    /// A room of the site.
    pub async fn add_room(&self, server: &Server) -> Uuid {
        let (organisation, site, room) = (self.people.organisation, self.site, Uuid::now_v7());
        server
            .sql(&format!(
                "INSERT INTO resources VALUES ('{organisation}', '{room}', 'room');
                 INSERT INTO rooms (organisation_id, id, site_id, name)
                 VALUES ('{organisation}', '{room}', '{site}', 'Raum 1');"
            ))
            .await;
        room
    }

    /// A new counsellor with one session three days ahead, in the room if one is given.
    pub async fn add_stage(&self, server: &Server, services: &[Uuid], room: Option<Uuid>) -> Uuid {
        let (counsellor, session) = (self.add_counsellor(server).await, Uuid::now_v7());
        self.add_session(server, session, counsellor, services, 3)
            .await;
        if let Some(room) = room {
            let move_in = format!("UPDATE sessions SET room_id = '{room}' WHERE id = '{session}'");
            server.sql(&move_in).await;
        }
        counsellor
    }

    /// The free slots of the service with one counsellor.
    pub async fn slots_with(&self, server: &Server, service: Uuid, counsellor: Uuid) -> Vec<Value> {
        let path = format!("/v1/slots?service_id={service}&counsellor_id={counsellor}&limit=200");
        let page = server.get(&path).await.expect(200);
        page["items"].as_array().expect("items").clone()
    }
}
