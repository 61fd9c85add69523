//! What tests start from: an organisation with its people, arranged behind the API's back.

use uuid::Uuid;

use crate::Server;

/// Accounts of every role in one organisation, and one of the network.
#[derive(Debug, Clone, Copy)]
pub struct People {
    pub organisation: Uuid,
    pub counsellor: Uuid,
    pub coordinator: Uuid,
    pub administrator: Uuid,
    pub network_coordinator: Uuid,
}

impl People {
    pub async fn arrange(server: &Server, slug: &str) -> Self {
        let people = Self {
            organisation: Uuid::now_v7(),
            counsellor: Uuid::now_v7(),
            coordinator: Uuid::now_v7(),
            administrator: Uuid::now_v7(),
            network_coordinator: Uuid::now_v7(),
        };
        let organisation = people.organisation;
        let mut sql = format!(
            "INSERT INTO organisations (id, slug, name, published)
             VALUES ('{organisation}', '{slug}', '{{\"de\": \"{slug}\"}}', true);"
        );
        for (role, account) in people.accounts() {
            let network = role == "network_coordinator";
            sql += &format!(
                "INSERT INTO accounts (id, email, display_name, password_hash, network_coordinator, created_at)
                 VALUES ('{account}', '{role}@{slug}.example', '{role}', '-', {network}, '2026-01-01');"
            );
            if !network {
                sql += &format!(
                    "INSERT INTO memberships VALUES ('{organisation}', '{account}', '{role}');"
                );
            }
        }
        server.sql(&sql).await;
        people
    }

    #[must_use]
    pub fn accounts(&self) -> [(&'static str, Uuid); 4] {
        [
            ("counsellor", self.counsellor),
            ("coordinator", self.coordinator),
            ("administrator", self.administrator),
            ("network_coordinator", self.network_coordinator),
        ]
    }
}
