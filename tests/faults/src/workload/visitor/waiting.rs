use std::io;

use serde_json::Value;
use uuid::Uuid;

use super::Visitor;
use crate::history::Operation;
use crate::workload::intent::Intent;
use crate::workload::world::Service;

/// An entry of one's own on a waiting list.
#[derive(Debug, Clone)]
pub(crate) struct MyEntry {
    id: Uuid,
    secret: String,
    service: Service,
}

/// For how much somebody waits at once: what is offered is held, and others want it too.
const ENTRIES: usize = 3;

impl Visitor {
    pub(super) async fn deal_with_waiting(&mut self) -> io::Result<()> {
        if self.entries.len() < ENTRIES && self.dice.percent(40) {
            self.join().await
        } else {
            self.answer_an_offer().await
        }
    }

    async fn join(&mut self) -> io::Result<()> {
        let service = self.dice.pick(&self.ground.world.waited_for).cloned();
        let Some(service) = service else {
            return self.book().await;
        };
        let mut body = self.client(&service);
        body["service_id"] = service.id.to_string().into();
        let told = self.settle(&Intent::join_waitlist(body)).await?;
        let Some(joined) = told.acknowledged() else {
            return Ok(());
        };
        let text = |name: &str| joined[name].as_str().unwrap_or_default().to_owned();
        let entry = MyEntry {
            id: text("id").parse().unwrap_or_default(),
            secret: text("secret"),
            service,
        };
        self.ground.waits(entry.id);
        self.entries.push(entry);
        Ok(())
    }

    /// Looks at an entry, and answers what is offered. Some leave whose turn has not come.
    async fn answer_an_offer(&mut self) -> io::Result<()> {
        let Some(entry) = self.dice.pick(&self.entries).cloned() else {
            return self.join().await;
        };
        let look = Intent::read_entry(entry.id).showing(&entry.secret);
        let told = self.sender.attempt(&look, 1).await?;
        let Some(seen) = told.acknowledged() else {
            return Ok(());
        };
        if !seen["ended_at"].is_null() {
            self.forget(&entry);
            return Ok(());
        }
        let offer = seen["offer"]["id"].as_str();
        let offer: Option<Uuid> = offer.and_then(|id| id.parse().ok());
        let answer = match (offer, self.dice.below(100)) {
            (Some(_), 0..50) => Operation::AcceptOffer,
            (Some(_), 50..75) => Operation::DeclineOffer,
            (Some(_), 75..90) | (None, 0..10) => Operation::LeaveWaitlist,
            // Thinks about it.
            _ => return Ok(()),
        };
        let wish = Intent::answer_offer(answer, entry.id, offer).showing(&entry.secret);
        let told = self.settle(&wish).await?;
        if let Some(answered) = told.acknowledged() {
            self.went(answer, answered, &entry);
        }
        Ok(())
    }

    fn went(&mut self, answer: Operation, answered: &Value, entry: &MyEntry) {
        if answer == Operation::AcceptOffer {
            self.now_mine(answered, &entry.secret, entry.service.clone());
        }
        if answer != Operation::DeclineOffer {
            self.forget(entry);
        }
    }

    fn forget(&mut self, entry: &MyEntry) {
        self.entries.retain(|one| one.id != entry.id);
    }

    /// Somebody else's entry under one's own secret.
    pub(super) async fn pry_at_an_entry(&mut self) -> io::Result<()> {
        let other = self.ground.some_entry(&mut self.dice);
        let own = self.dice.pick(&self.entries).cloned();
        let (Some(other), Some(own)) = (other, own) else {
            return Ok(());
        };
        if other == own.id {
            return Ok(());
        }
        let look = if self.dice.percent(50) {
            Intent::read_entry(other)
        } else {
            Intent::answer_offer(Operation::LeaveWaitlist, other, None)
        };
        let look = look.showing(&own.secret);
        self.sender.attempt(&look, 1).await.map(drop)
    }
}
