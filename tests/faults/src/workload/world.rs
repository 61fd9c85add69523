use chrono::{DateTime, DurationRound, SecondsFormat, TimeDelta, Utc};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

use super::StartError;

/// What everybody of the demo network signs in with.
const PASSWORD: &str = "sprechstunde-demo";

/// Who plays with whom: the demo network, or another one whose coordinators sign in like its own.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) organisations: Vec<Organisation>,
    /// That can be booked.
    pub(crate) services: Vec<Service>,
}

#[derive(Debug, Clone)]
pub(crate) struct Organisation {
    pub(crate) id: Uuid,
    pub(crate) email: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Service {
    pub(crate) id: Uuid,
    pub(crate) organisation_id: Uuid,
    pub(crate) contact: ContactRule,
    modalities: Value,
    short_notice: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContactRule {
    None,
    Optional,
    Required,
}

impl Organisation {
    pub(crate) fn credentials(&self) -> Value {
        json!({"email": self.email, "password": PASSWORD})
    }
}

impl World {
    /// Looks around, and opens a session in each organisation that begins at once: only who has an
    /// appointment soon can be checked in, or not come.
    pub(crate) async fn discover(base: &str, now: DateTime<Utc>) -> Result<Self, StartError> {
        let scout = Scout {
            http: Client::new(),
            base,
        };
        let mut world = Self {
            organisations: Vec::new(),
            services: Vec::new(),
        };
        for found in scout.items("/v1/organisations?limit=200").await? {
            let slug = found["slug"].as_str().unwrap_or_default();
            let organisation = Organisation {
                id: id(&found["id"])?,
                email: format!("coordinator@{slug}.example"),
            };
            let services = scout.services(organisation.id).await?;
            scout.open_session(&organisation, &services, now).await?;
            world.organisations.push(organisation);
            world.services.extend(services);
        }
        if world.organisations.len() < 2 || world.services.is_empty() {
            return Err(StartError::Program(
                "there are too few organisations or services to play with".to_owned(),
            ));
        }
        // What can be booked at once first: it is popular.
        world.services.sort_by_key(|service| !service.short_notice);
        Ok(world)
    }
}

struct Scout<'a> {
    http: Client,
    base: &'a str,
}

impl Scout<'_> {
    async fn services(&self, organisation: Uuid) -> Result<Vec<Service>, StartError> {
        let path = format!("/v1/services?organisation_id={organisation}&limit=200");
        let items = self.items(&path).await?;
        let bookable = items
            .iter()
            .filter(|item| matches!(item["format"].as_str(), Some("individual" | "visit")));
        bookable
            .map(|item| {
                Ok(Service {
                    id: id(&item["id"])?,
                    organisation_id: organisation,
                    contact: match item["contact_rule"].as_str() {
                        Some("required") => ContactRule::Required,
                        Some("optional") => ContactRule::Optional,
                        _ => ContactRule::None,
                    },
                    modalities: item["modalities"].clone(),
                    short_notice: item["minimum_notice_minutes"] == 0,
                })
            })
            .collect()
    }

    async fn open_session(
        &self,
        organisation: &Organisation,
        services: &[Service],
        now: DateTime<Utc>,
    ) -> Result<(), StartError> {
        let Some(service) = services.iter().find(|service| service.short_notice) else {
            return Ok(());
        };
        let of = |what: &str| format!("/v1/{what}?organisation_id={}", organisation.id);
        let counsellors = self.items(&of("counsellors")).await?;
        let sites = self.items(&of("sites")).await?;
        let (Some(counsellor), Some(site)) = (counsellors.first(), sites.first()) else {
            return Ok(());
        };
        let starts_at =
            now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now) + TimeDelta::minutes(2);
        let instant = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let session = json!({
            "organisation_id": organisation.id,
            "counsellor_id": counsellor["id"],
            "site_id": site["id"],
            "service_ids": [service.id],
            "modalities": service.modalities,
            "starts_at": instant(starts_at),
            "ends_at": instant(starts_at + TimeDelta::hours(8)),
            "opens_on_holidays": true,
        });
        let sign_in = self
            .post("/v1/auth/token")
            .json(&organisation.credentials());
        let signed_in = answer(sign_in).await?;
        let token = signed_in["access_token"].as_str().unwrap_or_default();
        answer(self.post("/v1/sessions").bearer_auth(token).json(&session)).await?;
        Ok(())
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.base))
    }

    async fn items(&self, path: &str) -> Result<Vec<Value>, StartError> {
        let page = answer(self.http.get(format!("{}{path}", self.base))).await?;
        Ok(page["items"].as_array().cloned().unwrap_or_default())
    }
}

async fn answer(request: RequestBuilder) -> Result<Value, StartError> {
    let broken = |error: reqwest::Error| StartError::Program(error.to_string());
    let response = request.send().await.map_err(broken)?;
    let status = response.status();
    let text = response.text().await.map_err(broken)?;
    let value = serde_json::from_str(&text).ok();
    value
        .filter(|_| status.is_success())
        .ok_or_else(|| StartError::Program(format!("{status}: {text}")))
}

fn id(value: &Value) -> Result<Uuid, StartError> {
    let id = value.as_str().and_then(|text| text.parse().ok());
    id.ok_or_else(|| StartError::Program(format!("no id: {value}")))
}
