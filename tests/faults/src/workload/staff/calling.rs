use std::io;

use uuid::Uuid;

use super::Staff;
use crate::history::Operation;
use crate::workload::intent::Intent;

impl Staff {
    /// In open hours: calls the next number, and deals with those that were called.
    pub(super) async fn call_numbers(&mut self) -> io::Result<()> {
        let queues = &self.ground.world.queues;
        let own = queues
            .iter()
            .find(|queue| queue.organisation_id == self.organisation.id);
        let Some(queue) = own.copied() else {
            return self.read_the_day().await;
        };
        let called = self.dice.pick(&self.called).copied();
        let Some(ticket) = called.filter(|_| self.dice.percent(65)) else {
            let wish = Intent::in_queue(Operation::CallNext, queue.id);
            let told = self.as_staff(wish).await?;
            let ticket = told
                .acknowledged()
                .and_then(|next| next["ticket"]["id"].as_str());
            self.called
                .extend(ticket.and_then(|id| id.parse::<Uuid>().ok()));
            return Ok(());
        };
        let step = match self.dice.below(100) {
            0..45 => Operation::StartTicket,
            45..80 => Operation::FinishTicket,
            _ => Operation::MissTicket,
        };
        if step != Operation::StartTicket {
            self.called.retain(|one| *one != ticket);
        }
        self.as_staff(Intent::with_ticket(step, ticket))
            .await
            .map(drop)
    }
}
