//! One call: sent, repeated where that is safe, and read.

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why the API said no (RFC 9457).
#[derive(Debug, Clone, Deserialize)]
pub struct Problem {
    pub code: String,
    pub title: String,
    pub status: u16,
    pub detail: String,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{}", .0.detail)]
    Refused(Problem),
    /// Nobody answered, also not after several tries. What was to be written may have been.
    #[error("nobody answers: {0}")]
    Unreachable(String),
    #[error("the answer cannot be read: {0}")]
    Unreadable(String),
}

/// How often a call is made at most.
const TRIES: u32 = 4;
/// How long to wait at most when told to.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// The program answers within two seconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// Calls the API of one network, as a visitor or as staff.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    pub(crate) url: String,
    token: Option<String>,
}

impl Client {
    pub fn new(url: &str) -> Result<Self, Error> {
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .user_agent(concat!("sprechstunde-client/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| Error::Unreachable(error.to_string()))?;
        Ok(Self {
            http,
            url: url.trim_end_matches('/').to_owned(),
            token: None,
        })
    }

    /// The same for somebody who has signed in.
    #[must_use]
    pub fn with_token(self, token: String) -> Self {
        Self {
            token: Some(token),
            ..self
        }
    }

    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<T, Error> {
        let request = self.request(Method::GET, path).query(query);
        read(send(request).await?).await
    }

    /// Has its effect once, however often it is sent.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Error> {
        let request = self.request(Method::POST, path).json(body);
        let request = request.header("Idempotency-Key", Uuid::new_v4().to_string());
        read(send(request).await?).await
    }

    /// For what must not be repeated: a lost answer is an error.
    pub(crate) async fn post_once(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Response, Error> {
        let request = self.request(Method::POST, path).json(body);
        let answer = request.send().await;
        let answer = answer.map_err(|error| Error::Unreachable(error.to_string()))?;
        accepted(answer).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }
}

pub(crate) async fn read<T: DeserializeOwned>(answer: Response) -> Result<T, Error> {
    let body = answer.json().await;
    body.map_err(|error| Error::Unreadable(error.to_string()))
}

/// Until somebody answers with something else than “later”.
async fn send(request: RequestBuilder) -> Result<Response, Error> {
    let mut pause = Duration::from_millis(200);
    for _ in 1..TRIES {
        let Some(again) = request.try_clone() else {
            break;
        };
        match again.send().await {
            Ok(answer) if !is_later(answer.status()) => return accepted(answer).await,
            Ok(answer) => pause = told(&answer).unwrap_or(pause),
            Err(error) if error.is_builder() => return Err(Error::Unreachable(error.to_string())),
            Err(_) => {}
        }
        tokio::time::sleep(pause.min(LONGEST_PAUSE)).await;
        pause *= 2;
    }
    let answer = request.send().await;
    let answer = answer.map_err(|error| Error::Unreachable(error.to_string()))?;
    accepted(answer).await
}

fn is_later(status: StatusCode) -> bool {
    status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS
}

fn told(answer: &Response) -> Option<Duration> {
    let seconds = answer.headers().get(RETRY_AFTER)?.to_str().ok()?;
    seconds.parse().ok().map(Duration::from_secs)
}

async fn accepted(answer: Response) -> Result<Response, Error> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    match answer.json().await {
        Ok(problem) => Err(Error::Refused(problem)),
        Err(_) => Err(Error::Unreadable(format!("status {status}"))),
    }
}
