use std::io;

use serde_json::Value;
use uuid::Uuid;

use super::Visitor;
use crate::history::Operation;
use crate::workload::intent::Intent;

/// A number of one's own, of open hours.
#[derive(Debug, Clone)]
pub(crate) struct MyTicket {
    id: Uuid,
    secret: String,
}

/// How many numbers somebody has at once.
const TICKETS: usize = 3;

impl Visitor {
    /// Draws a number, or sees how far it is. Some lose patience.
    pub(super) async fn queue(&mut self) -> io::Result<()> {
        let ticket = self.dice.pick(&self.tickets).cloned();
        match (ticket, self.dice.below(100)) {
            (Some(ticket), 0..40) => self.look_at(ticket).await,
            (Some(ticket), 40..60) => self.leave_the_queue(ticket).await,
            _ => self.draw().await,
        }
    }

    async fn draw(&mut self) -> io::Result<()> {
        let queue = self.dice.pick(&self.ground.world.queues).copied();
        let Some(queue) = queue.filter(|_| self.tickets.len() < TICKETS) else {
            return self.book().await;
        };
        let wish = Intent::in_queue(Operation::DrawTicket, queue.id);
        let told = self.settle(&wish).await?;
        if let Some(drawn) = told.acknowledged() {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let ticket = MyTicket {
                id: text(&drawn["ticket"]["id"]).parse().unwrap_or_default(),
                secret: text(&drawn["secret"]),
            };
            self.ground.queues(ticket.id);
            self.tickets.push(ticket);
        }
        Ok(())
    }

    async fn look_at(&mut self, ticket: MyTicket) -> io::Result<()> {
        let look = Intent::with_ticket(Operation::ReadTicket, ticket.id).showing(&ticket.secret);
        let told = self.sender.attempt(&look, 1).await?;
        let seen = told.acknowledged();
        if seen.is_some_and(|seen| !seen["ended_at"].is_null()) {
            self.tickets.retain(|one| one.id != ticket.id);
        }
        Ok(())
    }

    async fn leave_the_queue(&mut self, ticket: MyTicket) -> io::Result<()> {
        let wish = Intent::with_ticket(Operation::LeaveQueue, ticket.id).showing(&ticket.secret);
        self.tickets.retain(|one| one.id != ticket.id);
        self.sender.attempt(&wish, 1).await.map(drop)
    }

    /// Somebody else's number under one's own secret.
    pub(super) async fn pry_at_a_ticket(&mut self) -> io::Result<()> {
        let other = self.ground.some_ticket(&mut self.dice);
        let own = self.dice.pick(&self.tickets).cloned();
        let (Some(other), Some(own)) = (other, own) else {
            return Ok(());
        };
        if other == own.id {
            return Ok(());
        }
        let operation = if self.dice.percent(50) {
            Operation::ReadTicket
        } else {
            Operation::LeaveQueue
        };
        let look = Intent::with_ticket(operation, other).showing(&own.secret);
        self.sender.attempt(&look, 1).await.map(drop)
    }
}
