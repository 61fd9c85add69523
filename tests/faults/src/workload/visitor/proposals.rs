use std::io;

use uuid::Uuid;

use super::Visitor;
use crate::history::Operation;
use crate::workload::intent::Intent;

impl Visitor {
    /// Looks at what was proposed instead of an appointment that cannot take place, and answers.
    pub(super) async fn answer_a_proposal(&mut self) -> io::Result<()> {
        let stranded = self.ground.stranded(self.mine.iter().map(|one| one.id));
        let mine = stranded.and_then(|id| self.mine.iter().find(|one| one.id == id).cloned());
        let Some(mine) = mine else {
            return self.book().await;
        };
        let path = format!("/v1/appointments/{}/proposals", mine.id);
        let mut look = Intent::get(Uuid::new_v4(), Operation::Proposals, path);
        look.appointment_id = Some(mine.id);
        let told = self.sender.attempt(&look.showing(&mine.secret), 1).await?;
        let Some(list) = told.acknowledged() else {
            // Next time, then.
            self.ground.is_stranded(mine.id);
            return Ok(());
        };
        let open = list["items"].as_array().into_iter().flatten();
        let open: Vec<Uuid> = open
            .filter(|one| one["state"] == "open")
            .filter_map(|one| one["id"].as_str()?.parse().ok())
            .collect();
        let Some(proposal) = self.dice.pick(&open).copied() else {
            return Ok(());
        };
        let answer = match self.dice.below(100) {
            0..55 => Operation::AcceptProposal,
            55..85 => Operation::DeclineProposal,
            _ => Operation::GiveUp,
        };
        let wish = Intent::answer(answer, mine.id, proposal).showing(&mine.secret);
        self.settle(&wish).await?;
        if open.len() > 1 {
            self.ground.is_stranded(mine.id);
        }
        Ok(())
    }
}
