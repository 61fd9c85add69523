//! A real server over real HTTP, with a data base of its own for every test.

pub mod circles;
pub mod courses;
pub mod crowd;
pub mod fixtures;
pub mod furnished;
pub mod invariants;
pub mod lending;
pub mod neighbours;
pub mod postgres;
pub mod proxy;
pub mod stages;

use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use api::app::App;
use api::authentication::Issuer;
use api::clock::Clock;
use api::draining::Draining;
use api::throttle::Throttle;
use persistence::database::{Database, Settings};
use persistence::installation::prepare;
use persistence::vault::{MasterKey, Vault};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::Value;
use uuid::Uuid;

/// One running program; ends with the test.
#[derive(Debug)]
pub struct Server {
    pub base_url: String,
    /// The connection string of its data base, with the owner's rights.
    pub database_url: String,
    pub app: App,
    pub client: Client,
    pub draining: Draining,
    handle: actix_web::dev::ServerHandle,
}

impl Server {
    /// Starts on a fresh data base.
    pub async fn start() -> Self {
        let database_url = postgres::fresh_database().await;
        Self::start_on(&database_url).await
    }

    pub async fn start_on(database_url: &str) -> Self {
        Self::start_with(database_url, Duration::from_secs(5), false).await
    }

    /// As for the demo network: requests may say what time it is.
    pub async fn start_sandbox() -> Self {
        let database_url = postgres::fresh_database().await;
        Self::start_with(&database_url, Duration::from_secs(5), true).await
    }

    /// As the program serves: a request has 1.8 seconds with the data base.
    pub async fn start_impatient(database_url: &str) -> Self {
        Self::start_with(database_url, Duration::from_millis(1800), false).await
    }

    async fn start_with(database_url: &str, patience: Duration, sandbox: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base_url = format!("http://{}", listener.local_addr().expect("an address"));
        let settings = Settings {
            url: database_url.to_owned(),
            connections: 8,
            patience,
        };
        let database = Database::new(&settings).expect("pools");
        let vault = Vault::new(&MasterKey::from_base64(MASTER_KEY).expect("a key"));
        let clock = Clock::default();
        let installation = prepare(&database, &vault, clock.now())
            .await
            .expect("an installation");
        let key = installation.signing_key;
        let issuer = Issuer::new(&base_url, key.id, &key.pkcs8).expect("an issuer");
        // Tests call from one address; what they say of others is believed.
        let proxies = vec![IpAddr::V4(Ipv4Addr::LOCALHOST).into()];
        let app = App {
            database,
            vault,
            throttle: Arc::new(Throttle::new(clock.clone(), proxies)),
            clock,
            issuer: Arc::new(issuer),
            base_url: base_url.clone(),
            security_contact: Some("mailto:security@sprechstunde.example".to_owned()),
            sandbox,
        };
        let draining = Draining::default();
        let server =
            api::server::serve(app.clone(), listener, 2, draining.clone()).expect("a server");
        let handle = server.handle();
        tokio::spawn(server);
        Self {
            base_url,
            database_url: database_url.to_owned(),
            app,
            client: Client::new(),
            draining,
            handle,
        }
    }

    /// A request to a path of the API.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.base_url))
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(body)).await
    }

    /// As somebody who signed in: an access token for the account.
    pub fn token(&self, account: Uuid) -> String {
        self.app
            .issuer
            .sign(account.into(), self.app.clock.now())
            .expect("a token")
    }

    /// Runs SQL with the owner's rights, for what no caller can arrange or see.
    pub async fn sql(&self, statement: &str) {
        postgres::execute(&self.database_url, statement).await;
    }

    /// The first column of the first row, as text.
    pub async fn sql_value(&self, query: &str) -> String {
        postgres::value(&self.database_url, query).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

const MASTER_KEY: &str = "dGhlIG1hc3RlciBrZXkgb2YgdGhlIHRlc3RzLCAzMmI=";

/// An answer, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        Self {
            status,
            headers,
            text: response.text().await.expect("a body"),
        }
    }

    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {self:?}"))
    }

    /// The body, of an answer with that status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        if self.text.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    /// Checks that it is a problem document of that kind, and answers it.
    #[track_caller]
    pub fn expect_problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        let problem = self.json();
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(problem["code"], code, "{}", self.text);
        assert_eq!(problem["status"], status);
        problem
    }

    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}
