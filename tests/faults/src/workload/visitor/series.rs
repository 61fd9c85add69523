use std::io;

use chrono::{DateTime, Datelike, FixedOffset};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Mine, Visitor};
use crate::history::Operation;
use crate::workload::intent::Intent;
use crate::workload::world::Service;

/// A series of one's own.
#[derive(Debug, Clone)]
pub(crate) struct MySeries {
    id: Uuid,
    secret: String,
    service: Service,
    appointments: Vec<Uuid>,
}

impl Visitor {
    pub(super) async fn deal_with_series(&mut self) -> io::Result<()> {
        if self.ground.world.demanding.is_empty() {
            return self.book().await;
        }
        match self.dice.below(100) {
            0..45 => self.book_a_series().await,
            45..60 => self.cancel_a_series().await,
            60..80 => self.move_a_series().await,
            _ => self.read_a_series().await,
        }
    }

    /// Weekly, on as many dates as fit into the time for which most services are open.
    async fn book_a_series(&mut self) -> io::Result<()> {
        let services = &self.ground.world.services;
        let service = self.dice.pick_popular(services).cloned();
        // What others have had of a week is not seen by a series: it is refused as a whole.
        let Some(service) = service.filter(|one| !one.has_cap) else {
            return Ok(());
        };
        let Some(slot) = self.look(&service).await? else {
            return Ok(());
        };
        let Some(rule) = self.weekly(&slot) else {
            return Ok(());
        };
        let slot = slot["id"].as_str().unwrap_or_default();
        let mut body = self.contact(&service);
        body["slot_id"] = slot.into();
        body["rule"] = rule.into();
        if self.dice.percent(60) {
            body["mode"] = "what_fits".into();
        }
        let wish = Intent::book_series(slot, body);
        if self.dice.percent(15) {
            return self.preview(wish).await;
        }
        let told = self.settle(&wish).await?;
        if let Some(booked) = told.acknowledged() {
            self.remember(booked, &service);
        }
        Ok(())
    }

    fn weekly(&mut self, slot: &Value) -> Option<String> {
        let starts_at = slot["starts_at"].as_str()?;
        let starts_at: DateTime<FixedOffset> = starts_at.parse().ok()?;
        let [day, other] = starts_at.weekday().to_string().to_uppercase().into_bytes()[..2] else {
            return None;
        };
        let (day, other) = (char::from(day), char::from(other));
        let count = 2 + self.dice.below(3);
        Some(format!("FREQ=WEEKLY;BYDAY={day}{other};COUNT={count}"))
    }

    async fn preview(&mut self, mut wish: Intent) -> io::Result<()> {
        wish.operation = Operation::PreviewSeries;
        wish.path.push_str("?dry_run=true");
        wish.key = None;
        self.sender.attempt(&wish, 1).await.map(drop)
    }

    pub(super) fn remember(&mut self, booked: &Value, service: &Service) {
        let text = |of: &Value, name: &str| of[name].as_str().unwrap_or_default().to_owned();
        let id = |of: &Value| text(of, "id").parse().unwrap_or_default();
        let secret = text(booked, "secret");
        let appointments = booked["appointments"].as_array();
        let appointments = appointments.map_or(&[][..], Vec::as_slice);
        for one in appointments {
            self.ground.heard_of(id(one), service.organisation_id);
            self.mine.push(Mine {
                id: id(one),
                code: text(one, "code"),
                secret: secret.clone(),
                service: service.clone(),
            });
        }
        self.series.push(MySeries {
            id: id(booked),
            secret,
            service: service.clone(),
            appointments: appointments.iter().map(id).collect(),
        });
    }

    /// From one of its appointments on, or all.
    async fn cancel_a_series(&mut self) -> io::Result<()> {
        let Some(series) = self.dice.pick(&self.series).cloned() else {
            return self.book_a_series().await;
        };
        let mut body = json!({});
        if self.dice.percent(50)
            && let Some(from) = self.dice.pick(&series.appointments)
        {
            body["from"] = from.to_string().into();
        }
        if self.dice.percent(30) {
            body["reason"] = "better now".into();
        }
        let wish = Intent::change_series(Operation::CancelSeries, series.id, body);
        self.settle(&wish.showing(&series.secret)).await.map(drop)
    }

    async fn move_a_series(&mut self) -> io::Result<()> {
        let Some(series) = self.dice.pick(&self.series).cloned() else {
            return self.book_a_series().await;
        };
        let from = self.dice.pick(&series.appointments).copied();
        let slot = self.look(&series.service).await?;
        let (Some(from), Some(slot)) = (from, slot) else {
            return Ok(());
        };
        let body = json!({"from": from.to_string(), "slot_id": slot["id"]});
        let wish = Intent::change_series(Operation::MoveSeries, series.id, body);
        self.settle(&wish.showing(&series.secret)).await.map(drop)
    }

    async fn read_a_series(&mut self) -> io::Result<()> {
        let Some(series) = self.dice.pick(&self.series).cloned() else {
            return Ok(());
        };
        let path = format!("/v1/series/{}", series.id);
        let mut look = Intent::get(Uuid::new_v4(), Operation::ReadSeries, path);
        look.series_id = Some(series.id);
        let look = look.showing(&series.secret);
        self.sender.attempt(&look, 1).await.map(drop)
    }
}
