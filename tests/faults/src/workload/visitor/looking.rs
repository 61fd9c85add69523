use std::io;

use serde_json::json;
use uuid::Uuid;

use super::Visitor;
use crate::history::Operation;
use crate::workload::intent::Intent;

impl Visitor {
    pub(super) async fn read(&mut self) -> io::Result<()> {
        let Some(mine) = self.dice.pick(&self.mine).cloned() else {
            return Ok(());
        };
        let look = Intent::read(Uuid::new_v4(), mine.id).showing(&mine.secret);
        self.sender.attempt(&look, 1).await.map(drop)
    }

    pub(super) async fn find(&mut self) -> io::Result<()> {
        let Some(mine) = self.dice.pick(&self.mine).cloned() else {
            return Ok(());
        };
        let body = json!({"code": mine.code, "secret": mine.secret});
        let path = "/v1/appointments/find".to_owned();
        let mut look = Intent::post(Uuid::new_v4(), Operation::Find, path, body);
        look.key = None;
        look.appointment_id = Some(mine.id);
        self.sender.attempt(&look, 1).await.map(drop)
    }

    /// Somebody else's appointment under one's own secret.
    pub(super) async fn pry(&mut self) -> io::Result<()> {
        match self.dice.below(100) {
            0..20 => return self.pry_at_an_entry().await,
            20..30 => return self.pry_at_a_ticket().await,
            _ => {}
        }
        let (Some(mine), Some((other, _))) = (
            self.dice.pick(&self.mine).cloned(),
            self.ground.some(&mut self.dice),
        ) else {
            return Ok(());
        };
        let id = Uuid::new_v4();
        let look = if self.dice.percent(50) {
            Intent::read(id, other)
        } else {
            Intent::change(id, Operation::Cancel, other, json!({}))
        };
        if other == mine.id {
            return Ok(());
        }
        self.sender
            .attempt(&look.showing(&mine.secret), 1)
            .await
            .map(drop)
    }
}
