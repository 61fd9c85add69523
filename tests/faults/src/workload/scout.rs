use chrono::{DateTime, Days, DurationRound, NaiveTime, SecondsFormat, TimeDelta, Utc};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

use super::StartError;
use super::world::{Course, Organisation, Queue, Service, id};

/// Looks around before anybody plays, and opens sessions as a coordinator.
pub(super) struct Scout<'a> {
    pub(super) http: Client,
    pub(super) base: &'a str,
}

/// How many have a place in a group that is to fill up.
const FEW: u32 = 3;
/// How many counsellors give the same talk at the same time, for which there is less equipment.
const AT_ONCE: usize = 3;
/// Nobody of the demo network has hours at night, in UTC.
const NIGHT: u32 = 1;
/// So long that its numbers do not run out.
const OPEN_HOURS: TimeDelta = TimeDelta::hours(20);
/// How long a place of a group is held for an answer: short, so that a clock that leaps ends it.
const OFFER_MINUTES: u32 = 10;

impl Scout<'_> {
    /// What can be booked.
    pub(super) async fn services(
        &self,
        organisation: &Organisation,
    ) -> Result<Vec<Service>, StartError> {
        let path = format!("/v1/services?organisation_id={}&limit=200", organisation.id);
        let items = self.items(&path).await?;
        let bookable = items
            .iter()
            .filter(|item| !matches!(item["format"].as_str(), Some("open_hours" | "course")));
        bookable
            .map(|item| Service::read(organisation.id, item))
            .collect()
    }

    pub(super) async fn courses(
        &self,
        organisation: &Organisation,
    ) -> Result<Vec<Course>, StartError> {
        let path = format!("/v1/courses?organisation_id={}&limit=200", organisation.id);
        let mut courses = Vec::new();
        for item in self.items(&path).await? {
            let service = id(&item["service_id"])?;
            let url = format!("{}/v1/services/{service}", self.base);
            let service = answer(self.http.get(url)).await?;
            courses.push(Course {
                id: id(&item["id"])?,
                service: Service::read(organisation.id, &service)?,
            });
        }
        Ok(courses)
    }

    /// Open hours that have just begun, where an organisation has any.
    pub(super) async fn open_hours(
        &self,
        organisation: &Organisation,
        now: DateTime<Utc>,
    ) -> Result<Option<Queue>, StartError> {
        let path = format!("/v1/services?organisation_id={}&limit=200", organisation.id);
        let services = self.items(&path).await?;
        let drawn = |item: &&Value| item["format"] == "open_hours" && item["draws_online"] == true;
        let Some(service) = services.iter().find(drawn) else {
            return Ok(None);
        };
        let service = Service::read(organisation.id, service)?;
        let desk = self.desk(organisation).await?;
        let Some(counsellor) = desk.counsellors.last() else {
            return Ok(None);
        };
        let began = now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now);
        let session = desk.session(&service, *counsellor, began, OPEN_HOURS);
        let opened = self.publish(&desk, session).await?;
        Ok(Some(Queue {
            id: id(&opened["id"])?,
            organisation_id: organisation.id,
        }))
    }

    /// A session that begins in a moment, of a service that can be booked until then.
    pub(super) async fn open_soon(
        &self,
        organisation: &Organisation,
        talks: &[Service],
        now: DateTime<Utc>,
    ) -> Result<(), StartError> {
        let Some(service) = talks.iter().find(|service| service.short_notice) else {
            return Ok(());
        };
        let desk = self.desk(organisation).await?;
        let soon = now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now) + TimeDelta::minutes(2);
        if let Some(counsellor) = desk.counsellors.first() {
            let session = desk.session(service, *counsellor, soon, TimeDelta::hours(8));
            self.publish(&desk, session).await?;
        }
        Ok(())
    }

    /// Two small groups, and talks side by side that want the same equipment.
    pub(super) async fn open_narrow(
        &self,
        organisation: &Organisation,
        talks: &[Service],
        groups: &[Service],
        now: DateTime<Utc>,
    ) -> Result<(), StartError> {
        let desk = self.desk(organisation).await?;
        let night = now.date_naive() + Days::new(2);
        let night = night.and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(NIGHT.into());
        let hour = TimeDelta::hours(1);
        if let (Some(group), Some(counsellor)) = (groups.first(), desk.counsellors.first()) {
            for starts_at in [night, night + hour] {
                let mut session = desk.session(group, *counsellor, starts_at, hour);
                session["capacity"] = FEW.into();
                self.publish(&desk, session).await?;
            }
        }
        if let Some(service) = talks.iter().find(|service| service.takes_equipment) {
            for counsellor in desk.counsellors.iter().take(AT_ONCE) {
                let session = desk.session(service, *counsellor, night + hour * 2, hour * 2);
                self.publish(&desk, session).await?;
            }
        }
        Ok(())
    }

    /// From now on one can wait for a place in that group.
    pub(super) async fn keep_waitlist(
        &self,
        organisation: &Organisation,
        group: &Service,
    ) -> Result<(), StartError> {
        let token = self.sign_in(organisation, "administrator").await?;
        let url = format!("{}/v1/services/{}", self.base, group.id);
        let service = answer(self.http.get(&url)).await?;
        let etag = service["etag"].as_str().unwrap_or_default();
        let body = json!({"waitlist_offer_minutes": OFFER_MINUTES}).to_string();
        let request = self.http.patch(&url).bearer_auth(token);
        let request = request
            .header("If-Match", etag)
            .header("Content-Type", "application/merge-patch+json");
        answer(request.body(body)).await.map(drop)
    }

    async fn sign_in(&self, organisation: &Organisation, role: &str) -> Result<String, StartError> {
        let request = self.post("/v1/auth/token");
        let signed_in = answer(request.json(&organisation.credentials_of(role))).await?;
        let token = signed_in["access_token"].as_str();
        Ok(token.unwrap_or_default().to_owned())
    }

    async fn desk(&self, organisation: &Organisation) -> Result<Desk, StartError> {
        let of = |what: &str| format!("/v1/{what}?organisation_id={}", organisation.id);
        let ids = |items: Vec<Value>| -> Vec<Uuid> {
            let ids = items.iter().map(|item| item["id"].as_str());
            ids.filter_map(|id| id?.parse().ok()).collect()
        };
        let sites = ids(self.items(&of("sites")).await?);
        Ok(Desk {
            organisation: organisation.id,
            token: self.sign_in(organisation, "coordinator").await?,
            // Without a site nobody can be anywhere.
            counsellors: match sites.first() {
                Some(_) => ids(self.items(&of("counsellors")).await?),
                None => Vec::new(),
            },
            site: sites.first().copied().unwrap_or_default(),
        })
    }

    async fn publish(&self, desk: &Desk, session: Value) -> Result<Value, StartError> {
        let request = self.post("/v1/sessions").bearer_auth(&desk.token);
        answer(request.json(&session)).await
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.base))
    }

    pub(super) async fn items(&self, path: &str) -> Result<Vec<Value>, StartError> {
        let page = answer(self.http.get(format!("{}{path}", self.base))).await?;
        Ok(page["items"].as_array().cloned().unwrap_or_default())
    }
}

/// Where a coordinator sits, and for whom they open sessions.
struct Desk {
    organisation: Uuid,
    token: String,
    counsellors: Vec<Uuid>,
    site: Uuid,
}

impl Desk {
    fn session(
        &self,
        service: &Service,
        counsellor: Uuid,
        starts_at: DateTime<Utc>,
        length: TimeDelta,
    ) -> Value {
        let instant = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        json!({
            "organisation_id": self.organisation,
            "counsellor_id": counsellor,
            "site_id": self.site,
            "service_ids": [service.id],
            "modalities": service.modalities,
            "starts_at": instant(starts_at),
            "ends_at": instant(starts_at + length),
            "opens_on_holidays": true,
        })
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
