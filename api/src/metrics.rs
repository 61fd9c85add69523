//! Figures for those who run the service, in the conventions of Prometheus. No label carries
//! anything of a person: routes are templates.

use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use persistence::Database;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::app::AppData;
use crate::problems::{Code, Problem};
use crate::refusals::Refusals;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: String,
    route: String,
}

/// Upper edges in seconds.
const EDGES: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0];

/// What one program has counted since its start.
pub struct Metrics {
    registry: Mutex<Registry>,
    answered: Family<Answered, Counter>,
    seconds: Family<Route, Histogram>,
    connections: Gauge,
    waiting: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let metrics = Self {
            registry: Mutex::new(Registry::with_prefix("sprechstunde")),
            answered: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(EDGES)),
            connections: Gauge::default(),
            waiting: Gauge::default(),
        };
        if let Ok(mut registry) = metrics.registry.lock() {
            registry.register(
                "http_requests",
                "Requests answered",
                metrics.answered.clone(),
            );
            registry.register(
                "http_request_duration_seconds",
                "Time to the answer",
                metrics.seconds.clone(),
            );
            registry.register(
                "database_connections",
                "Connections to the data base",
                metrics.connections.clone(),
            );
            registry.register(
                "database_waiting",
                "Requests waiting for a connection",
                metrics.waiting.clone(),
            );
        }
        metrics
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    /// Counts a request. `route` is a template, or `-` for a path that nobody knows.
    pub fn count(&self, method: &str, route: &str, status: u16, took: Duration) {
        // Anybody can invent a method; a label for each would grow without end.
        let known = ["GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "PUT"];
        let method = if known.contains(&method) {
            method
        } else {
            "other"
        };
        let route = Route {
            method: method.to_owned(),
            route: route.to_owned(),
        };
        self.seconds
            .get_or_create(&route)
            .observe(took.as_secs_f64());
        let Route { method, route } = route;
        self.answered
            .get_or_create(&Answered {
                method,
                route,
                status,
            })
            .inc();
    }

    fn print(&self, database: &Database) -> Option<String> {
        let load = database.load();
        self.connections.set(load.connections);
        self.waiting.set(load.waiting);
        let mut text = String::new();
        let registry = self.registry.lock().ok()?;
        encode(&mut text, &registry).ok()?;
        Some(text)
    }
}

/// Get the metrics
///
/// OpenMetrics text for Prometheus.
#[utoipa::path(operation_id = "getMetrics", tag = "operation",
    responses((status = 200, description = "The metrics", body = String, content_type = "application/openmetrics-text"), Refusals))]
#[get("/metrics")]
pub async fn get_metrics(
    app: AppData,
    metrics: web::Data<Metrics>,
) -> Result<HttpResponse, Problem> {
    let text = metrics
        .print(&app.database)
        .ok_or_else(|| Problem::new(Code::Internal))?;
    let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, media_type))
        .body(text))
}
