mod calling;
mod illness;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::dice::Dice;
use super::ground::Ground;
use super::intent::Intent;
use super::sender::Sender;
use super::world::Organisation;
use crate::history::{Operation, Result as Told, Stopwatch};

/// A coordinator with the day's list of their own organisation.
#[derive(Debug)]
pub(crate) struct Staff {
    pub(crate) sender: Sender,
    pub(crate) dice: Dice,
    pub(crate) ground: Arc<Ground>,
    pub(crate) stopwatch: Stopwatch,
    pub(crate) organisation: Organisation,
    pub(crate) token: Option<String>,
    pub(crate) day: Vec<Visit>,
    /// What visitors have asked for and nobody has answered.
    pub(crate) requests: Vec<Visit>,
    /// Numbers of open hours.
    pub(crate) called: Vec<Uuid>,
}

/// An appointment on a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visit {
    id: Uuid,
    counsellor: Uuid,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

impl Staff {
    pub(crate) async fn play(mut self) -> io::Result<()> {
        while !self.sender.is_over() {
            if self.token.is_none() {
                self.sign_in().await?;
            } else {
                self.work().await?;
            }
            let pause = 20 + self.dice.below(80);
            tokio::time::sleep(Duration::from_millis(u64::try_from(pause).unwrap_or(0))).await;
        }
        Ok(())
    }

    async fn sign_in(&mut self) -> io::Result<()> {
        let path = "/v1/auth/token".to_owned();
        let body = self.organisation.credentials();
        let mut wish = Intent::post(Uuid::new_v4(), Operation::SignIn, path, body);
        wish.key = None;
        let told = self.sender.attempt(&wish, 1).await?;
        let token = told.acknowledged().map(|tokens| &tokens["access_token"]);
        self.token = token.and_then(Value::as_str).map(str::to_owned);
        Ok(())
    }

    async fn work(&mut self) -> io::Result<()> {
        match self.dice.below(100) {
            0..14 => self.read_the_day().await,
            14..20 => self.call_numbers().await,
            20..38 => self.change(Operation::CheckIn).await,
            38..46 => self.change(Operation::Call).await,
            46..52 => self.change(Operation::Start).await,
            52..62 => self.change(Operation::Complete).await,
            62..70 => self.change(Operation::NoShow).await,
            70..74 => self.change(Operation::Cancel).await,
            74..84 => self.answer_a_request().await,
            84..90 => self.fall_ill().await,
            90..95 => self.read().await,
            _ => self.pry().await,
        }
    }

    async fn read_the_day(&mut self) -> io::Result<()> {
        // The earliest first: those can be checked in.
        if let Some(day) = self.list("").await? {
            self.day = day;
        }
        Ok(())
    }

    async fn list(&mut self, wanted: &str) -> io::Result<Option<Vec<Visit>>> {
        let from = self.stopwatch.now().wall - TimeDelta::hours(2);
        let from = from.to_rfc3339_opts(SecondsFormat::Secs, true);
        let path = format!("/v1/appointments?from={from}&limit=40{wanted}");
        let look = Intent::get(Uuid::new_v4(), Operation::Day, path);
        let told = self.as_staff(look).await?;
        let items = told
            .acknowledged()
            .and_then(|page| page["items"].as_array());
        let is_common = |item: &&Value| {
            let service = item["service_id"].as_str().and_then(|id| id.parse().ok());
            service.is_some_and(|service| self.ground.world.is_common(service))
        };
        let day = |items: &Vec<Value>| {
            let common = items.iter().filter(is_common);
            common.filter_map(Visit::read).collect()
        };
        Ok(items.map(day))
    }

    /// Approves what a visitor asked for, or declines it.
    async fn answer_a_request(&mut self) -> io::Result<()> {
        if self.ground.world.demanding.is_empty() {
            return self.read_the_day().await;
        }
        let Some(request) = self.requests.pop() else {
            self.requests = self.list("&status=requested").await?.unwrap_or_default();
            return Ok(());
        };
        let (operation, body) = if self.dice.percent(60) {
            (Operation::Approve, None)
        } else {
            (
                Operation::Decline,
                Some(json!({"reason": "to the open hours first"})),
            )
        };
        let mut wish = Intent::change(Uuid::new_v4(), operation, request.id, json!({}));
        wish.body = body;
        self.as_staff(wish).await.map(drop)
    }

    async fn change(&mut self, operation: Operation) -> io::Result<()> {
        let is_new = matches!(operation, Operation::Call | Operation::Start);
        if is_new && self.ground.world.demanding.is_empty() {
            return self.read_the_day().await;
        }
        let Some(appointment) = self.dice.pick_popular(&self.day).copied() else {
            return self.read_the_day().await;
        };
        let body = json!({});
        let mut wish = Intent::change(Uuid::new_v4(), operation, appointment.id, body);
        if operation != Operation::Cancel {
            wish.body = None;
        }
        self.as_staff(wish).await.map(drop)
    }

    async fn read(&mut self) -> io::Result<()> {
        let Some(appointment) = self.dice.pick(&self.day).copied() else {
            return Ok(());
        };
        let look = Intent::read(Uuid::new_v4(), appointment.id);
        self.as_staff(look).await.map(drop)
    }

    /// An appointment of another organisation.
    async fn pry(&mut self) -> io::Result<()> {
        let Some((appointment, organisation)) = self.ground.some(&mut self.dice) else {
            return Ok(());
        };
        if organisation == self.organisation.id {
            return Ok(());
        }
        let id = Uuid::new_v4();
        let look = if self.dice.percent(70) {
            Intent::read(id, appointment)
        } else {
            Intent::change(id, Operation::Cancel, appointment, json!({}))
        };
        self.as_staff(look).await.map(drop)
    }

    async fn as_staff(&mut self, wish: Intent) -> io::Result<Told> {
        let token = self.token.clone().unwrap_or_default();
        let wish = wish.by_staff(self.organisation.id, &token);
        let told = if wish.key.is_some() {
            self.sender.settle(&wish).await?
        } else {
            self.sender.attempt(&wish, 1).await?
        };
        if matches!(told, Told::Answer { status: 401, .. }) {
            self.token = None;
        }
        Ok(told)
    }
}

impl Visit {
    fn read(item: &Value) -> Option<Self> {
        let at = |name: &str| -> Option<DateTime<Utc>> { item[name].as_str()?.parse().ok() };
        let id = |name: &str| item[name].as_str()?.parse().ok();
        Some(Self {
            id: id("id")?,
            counsellor: id("counsellor_id")?,
            starts_at: at("starts_at")?,
            ends_at: at("ends_at")?,
        })
    }
}
