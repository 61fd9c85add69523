use std::io;

use chrono::SecondsFormat;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Staff, Visit};
use crate::history::Operation;
use crate::workload::intent::Intent;

impl Staff {
    /// Somebody cannot give a talk: other slots are proposed to whoever has it, or it is cancelled.
    pub(super) async fn fall_ill(&mut self) -> io::Result<()> {
        if self.ground.world.demanding.is_empty() {
            return self.read_the_day().await;
        }
        // Some of another day: there is more to propose.
        let Some(visit) = self.dice.pick(&self.day).copied() else {
            return self.read_the_day().await;
        };
        let operation = if self.dice.percent(85) {
            Operation::SickDay
        } else {
            Operation::CancelDay
        };
        let path = "/v1/sick-days".to_owned();
        let body = self.sick_day(visit, operation);
        let wish = Intent::post(Uuid::new_v4(), operation, path, body);
        let told = self.as_staff(wish).await?;
        if let Some(day) = told.acknowledged() {
            self.tell(&day["items"]).await?;
        }
        Ok(())
    }

    fn sick_day(&mut self, visit: Visit, operation: Operation) -> Value {
        let instant = |at: chrono::DateTime<_>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let mut body = json!({
            "organisation_id": self.organisation.id,
            "counsellor_id": visit.counsellor,
            "starts_at": instant(visit.starts_at),
            "ends_at": instant(visit.ends_at),
            "action": "cancel",
        });
        if operation == Operation::SickDay {
            body["action"] = "propose".into();
            body["proposals_each"] = (1 + self.dice.below(3)).into();
        }
        body
    }

    /// Visitors look at what is proposed to them; some call, and are answered for.
    async fn tell(&mut self, items: &Value) -> io::Result<()> {
        let id = |of: &Value| -> Option<Uuid> { of["id"].as_str()?.parse().ok() };
        for item in items.as_array().into_iter().flatten() {
            let proposal = item["proposals"].as_array().and_then(|all| all.first());
            let (Some(appointment), Some(proposal)) =
                (id(&item["appointment"]), proposal.and_then(id))
            else {
                continue;
            };
            self.ground.is_stranded(appointment);
            if self.dice.percent(25) {
                let answer = if self.dice.percent(50) {
                    Operation::AcceptProposal
                } else {
                    Operation::DeclineProposal
                };
                let wish = Intent::answer(answer, appointment, proposal);
                self.as_staff(wish).await?;
            }
        }
        Ok(())
    }
}
