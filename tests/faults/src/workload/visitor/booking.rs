use std::io;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Held, Mine, Visitor};
use crate::workload::intent::Intent;
use crate::workload::world::{ContactRule, HOME, Service};

impl Visitor {
    /// What somebody gives of themselves, and of what they need.
    pub(super) fn contact(&mut self, service: &Service) -> Value {
        let mut wish = self.client(service);
        if service.books_interpreters && self.dice.percent(50) {
            wish["interpreter_needed"] = true.into();
            wish["language"] = self.dice.pick(&["ar", "uk"]).copied().into();
        }
        if service.visits {
            let (latitude, longitude) = HOME;
            wish["visit"] = json!({
                "latitude": latitude, "longitude": longitude,
                "street": "Verschwiegener Weg 5", "postal_code": "04317", "city": "Leipzig",
            });
        }
        wish
    }

    pub(super) fn client(&mut self, service: &Service) -> Value {
        let name = format!("Visitor {}", self.dice.below(1000));
        let gives = match service.contact {
            ContactRule::None => false,
            ContactRule::Optional => self.dice.percent(40),
            ContactRule::Required => true,
        };
        if gives {
            json!({"client": {"name": name, "email": "visitor@visitor.example"}, "note": "by the back door"})
        } else {
            json!({})
        }
    }

    pub(super) async fn book(&mut self) -> io::Result<()> {
        let Some((slot, service)) = self.find_slot(None).await? else {
            return Ok(());
        };
        let body = self.contact(&service);
        let wish = Intent::book(Uuid::new_v4(), &slot, body);
        self.booked(&wish, service).await
    }

    async fn booked(&mut self, wish: &Intent, service: Service) -> io::Result<()> {
        let told = self.settle(wish).await?;
        let Some(booked) = told.acknowledged() else {
            return Ok(());
        };
        let secret = booked["secret"].as_str().unwrap_or_default();
        self.now_mine(booked, secret, service);
        Ok(())
    }

    pub(super) fn now_mine(&mut self, booked: &Value, secret: &str, service: Service) {
        let text = |name: &str| booked[name].as_str().unwrap_or_default().to_owned();
        let mine = Mine {
            id: text("id").parse().unwrap_or_default(),
            code: text("code"),
            secret: secret.to_owned(),
            service,
        };
        self.ground.heard_of(mine.id, mine.service.organisation_id);
        self.mine.push(mine);
    }

    pub(super) async fn hold(&mut self) -> io::Result<()> {
        let Some((slot, service)) = self.find_slot(None).await? else {
            return Ok(());
        };
        let wish = Intent::hold(Uuid::new_v4(), &slot, doorstep(&service));
        let told = self.settle(&wish).await?;
        if let Some(hold) = told.acknowledged() {
            self.held.push(Held {
                id: hold["id"]
                    .as_str()
                    .and_then(|id| id.parse().ok())
                    .unwrap_or_default(),
                token: hold["token"].as_str().unwrap_or_default().to_owned(),
                slot,
                service,
            });
        }
        Ok(())
    }

    pub(super) async fn redeem(&mut self) -> io::Result<()> {
        let Some(held) = self.held.pop() else {
            return self.hold().await;
        };
        let body = self.contact(&held.service);
        let wish = Intent::redeem(Uuid::new_v4(), &held.slot, held.id, &held.token, body);
        self.booked(&wish, held.service).await
    }

    pub(super) async fn release(&mut self) -> io::Result<()> {
        let Some(held) = self.held.pop() else {
            return Ok(());
        };
        let wish = Intent::release(Uuid::new_v4(), held.id, held.token);
        self.settle(&wish).await.map(drop)
    }
}

/// Of a visit it is said already where to.
fn doorstep(service: &Service) -> Value {
    if !service.visits {
        return json!({});
    }
    let (latitude, longitude) = HOME;
    json!({"visit": {"latitude": latitude, "longitude": longitude}})
}
