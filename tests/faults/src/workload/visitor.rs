mod booking;
mod courses;
mod looking;
mod proposals;
mod queueing;
mod series;
mod waiting;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::dice::Dice;
use super::ground::Ground;
use super::intent::Intent;
use super::sender::Sender;
use super::world::{HOME, Service};
use crate::history::{Operation, Result as Told};
use queueing::MyTicket;
use series::MySeries;
use waiting::MyEntry;

/// Somebody who looks for help, changes their mind, and sometimes tries what is not theirs.
#[derive(Debug)]
pub(crate) struct Visitor {
    pub(crate) sender: Sender,
    pub(crate) dice: Dice,
    pub(crate) ground: Arc<Ground>,
    pub(crate) mine: Vec<Mine>,
    pub(crate) held: Vec<Held>,
    pub(crate) series: Vec<MySeries>,
    pub(crate) entries: Vec<MyEntry>,
    pub(crate) tickets: Vec<MyTicket>,
}

/// An appointment of one's own.
#[derive(Debug, Clone)]
pub(crate) struct Mine {
    id: Uuid,
    code: String,
    secret: String,
    service: Service,
}

#[derive(Debug, Clone)]
pub(crate) struct Held {
    id: Uuid,
    token: String,
    slot: String,
    service: Service,
}

impl Visitor {
    /// Until the workload is over; ends early only where the history cannot be written.
    pub(crate) async fn play(mut self) -> io::Result<()> {
        while !self.sender.is_over() {
            match self.dice.below(100) {
                0..12 => self.book().await?,
                12..16 => self.book_a_course().await?,
                16..20 => self.queue().await?,
                20..28 => self.deal_with_waiting().await?,
                28..38 => self.hold().await?,
                38..48 => self.redeem().await?,
                48..52 => self.release().await?,
                52..63 => self.move_elsewhere().await?,
                63..72 => self.cancel().await?,
                72..78 => self.read().await?,
                78..81 => self.find().await?,
                81..84 => self.pry().await?,
                84..94 => self.deal_with_series().await?,
                _ => self.answer_a_proposal().await?,
            }
            let pause = self.dice.below(30);
            tokio::time::sleep(Duration::from_millis(u64::try_from(pause).unwrap_or(0))).await;
        }
        Ok(())
    }

    /// What somebody wants: a talk, a place in one of a few groups, or what takes more.
    fn any_service(&mut self) -> Option<Service> {
        let world = &self.ground.world;
        let many = match self.dice.below(100) {
            0..30 if !world.groups.is_empty() => return self.dice.pick(&world.groups).cloned(),
            30..45 if !world.demanding.is_empty() => &world.demanding,
            45..53 if !world.visits.is_empty() => &world.visits,
            _ => &world.services,
        };
        self.dice.pick_popular(many).cloned()
    }

    /// A slot that others want too.
    async fn find_slot(
        &mut self,
        service: Option<Service>,
    ) -> io::Result<Option<(String, Service)>> {
        if service.is_none() && self.dice.percent(35) {
            let wanted = self.ground.wanted(&mut self.dice);
            if wanted.is_some() {
                return Ok(wanted);
            }
        }
        let Some(service) = service.or_else(|| self.any_service()) else {
            return Ok(None);
        };
        let Some(slot) = self.look(&service).await? else {
            return Ok(None);
        };
        let slot = slot["id"].as_str().unwrap_or_default();
        self.ground.wants(slot, &service);
        Ok(Some((slot.to_owned(), service)))
    }

    /// One of the first free slots of the service.
    async fn look(&mut self, service: &Service) -> io::Result<Option<Value>> {
        let mut path = format!("/v1/slots?service_id={}&limit=30", service.id);
        if service.visits {
            let (latitude, longitude) = HOME;
            path.push_str(&format!("&visit_near={latitude},{longitude}"));
        }
        let look = Intent::get(Uuid::new_v4(), Operation::FindSlots, path);
        let told = self.sender.attempt(&look, 1).await?;
        let slots = told
            .acknowledged()
            .map_or(&Value::Null, |page| &page["items"]);
        let slot = slots
            .as_array()
            .and_then(|slots| self.dice.pick_popular(slots));
        Ok(slot.cloned())
    }

    async fn move_elsewhere(&mut self) -> io::Result<()> {
        let Some(mine) = self.dice.pick(&self.mine).cloned() else {
            return self.book().await;
        };
        let Some((slot, _)) = self.find_slot(Some(mine.service.clone())).await? else {
            return Ok(());
        };
        let id = Uuid::new_v4();
        let wish = Intent::change(id, Operation::Move, mine.id, json!({"slot_id": slot}));
        self.settle(&wish.showing(&mine.secret)).await.map(drop)
    }

    async fn cancel(&mut self) -> io::Result<()> {
        if self.mine.is_empty() {
            return self.book().await;
        }
        let place = self.dice.below(self.mine.len());
        let mine = self.mine.swap_remove(place);
        let reason = if self.dice.percent(30) {
            json!({"reason": "ill"})
        } else {
            json!({})
        };
        let wish = Intent::change(Uuid::new_v4(), Operation::Cancel, mine.id, reason);
        self.settle(&wish.showing(&mine.secret)).await.map(drop)
    }

    /// Asks until it is known; a tenth of the answers are asked for once more.
    async fn settle(&mut self, wish: &Intent) -> io::Result<Told> {
        let told = self.sender.settle(wish).await?;
        if wish.key.is_some() && told.acknowledged().is_some() && self.dice.percent(10) {
            self.sender.attempt(wish, AGAIN).await?;
        }
        Ok(told)
    }
}

/// The number of an attempt that repeats what was answered already.
const AGAIN: u32 = 100;
