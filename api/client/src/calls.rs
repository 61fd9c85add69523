//! The calls that the desk needs.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::http::{Client, Error, read};
use crate::session::Tokens;
use crate::things::{Appointment, Counsellor, Person, Service, Slot};

#[derive(Deserialize)]
struct Page<T> {
    items: Vec<T>,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
struct Issued {
    access_token: String,
    refresh_token: String,
    expires_in: i64,
}

/// Which slots are looked for.
#[derive(Debug, Clone)]
pub struct Search {
    pub service_id: Uuid,
    pub from: DateTime<Utc>,
    pub before: DateTime<Utc>,
    /// Of the counsellor, as a language tag.
    pub language: Option<String>,
    /// At most so many.
    pub count: usize,
}

/// Which appointments are listed.
#[derive(Debug, Clone, Copy)]
pub struct Appointments {
    pub from: DateTime<Utc>,
    pub before: DateTime<Utc>,
}

/// A slot, and what its visitor gives.
#[derive(Debug, Clone, Serialize)]
pub struct Booking {
    pub slot_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<Person>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// As many as the API tells at once.
const AT_ONCE: usize = 200;

impl Client {
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<Tokens, Error> {
        let body = json!({"email": email, "password": password});
        self.tokens("/v1/auth/token", &body).await
    }

    /// The refresh token is good for this one use.
    pub async fn renew(&self, tokens: &Tokens) -> Result<Tokens, Error> {
        let body = json!({"refresh_token": tokens.refresh_token});
        self.tokens("/v1/auth/refresh", &body).await
    }

    pub async fn sign_out(&self, tokens: &Tokens) -> Result<(), Error> {
        let body = json!({"refresh_token": tokens.refresh_token});
        self.post_once("/v1/auth/revoke", &body).await.map(drop)
    }

    async fn tokens(&self, path: &str, body: &serde_json::Value) -> Result<Tokens, Error> {
        let issued: Issued = read(self.post_once(path, body).await?).await?;
        Ok(Tokens {
            url: self.url.clone(),
            access_token: issued.access_token,
            refresh_token: issued.refresh_token,
            good_until: now() + TimeDelta::seconds(issued.expires_in),
        })
    }

    pub async fn services(&self) -> Result<Vec<Service>, Error> {
        self.all("/v1/services", &[], usize::MAX).await
    }

    pub async fn counsellors(&self) -> Result<Vec<Counsellor>, Error> {
        self.all("/v1/counsellors", &[], usize::MAX).await
    }

    pub async fn slots(&self, search: &Search) -> Result<Vec<Slot>, Error> {
        let mut query = vec![("service_id", search.service_id.to_string())];
        query.extend(span(search.from, search.before));
        if let Some(language) = &search.language {
            query.push(("language", language.clone()));
        }
        self.all("/v1/slots", &query, search.count).await
    }

    /// What staff see of a span, from page to page.
    pub async fn appointments(&self, wanted: Appointments) -> Result<Vec<Appointment>, Error> {
        let query = span(wanted.from, wanted.before);
        self.all("/v1/appointments", &query, usize::MAX).await
    }

    pub async fn book(&self, booking: &Booking) -> Result<Appointment, Error> {
        self.post("/v1/appointments", booking).await
    }

    pub async fn reschedule(&self, id: Uuid, slot_id: &str) -> Result<Appointment, Error> {
        let path = format!("/v1/appointments/{id}/reschedule");
        self.post(&path, &json!({"slot_id": slot_id})).await
    }

    pub async fn cancel(&self, id: Uuid, reason: Option<&str>) -> Result<Appointment, Error> {
        let path = format!("/v1/appointments/{id}/cancel");
        let body = reason.map_or_else(|| json!({}), |reason| json!({"reason": reason}));
        self.post(&path, &body).await
    }

    async fn all<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
        count: usize,
    ) -> Result<Vec<T>, Error> {
        let mut items: Vec<T> = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let mut query = query.to_vec();
            query.push((
                "limit",
                count.saturating_sub(items.len()).min(AT_ONCE).to_string(),
            ));
            query.extend(cursor.take().map(|cursor| ("cursor", cursor)));
            let page: Page<T> = self.get(path, &query).await?;
            items.extend(page.items);
            match page.next_cursor {
                Some(next) if items.len() < count => cursor = Some(next),
                _ => return Ok(items),
            }
        }
    }
}

fn span(from: DateTime<Utc>, before: DateTime<Utc>) -> Vec<(&'static str, String)> {
    let text = |instant: DateTime<Utc>| instant.to_rfc3339_opts(SecondsFormat::Secs, true);
    vec![("from", text(from)), ("before", text(before))]
}

#[expect(clippy::disallowed_methods, reason = "the clock of whoever calls")]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}
