//! Changes that would strand somebody can be tried first.

use actix_web::HttpResponse;
use domain::ids::AppointmentId;
use persistence::Transaction;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DryRun {
    /// Store nothing, and only answer what would happen.
    #[serde(default)]
    #[param(default = false)]
    pub dry_run: bool,
}

/// What a change would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Preview {
    /// Open appointments that would need attention; they would stay valid.
    pub affected_appointments: Vec<Uuid>,
}

/// Takes the change back, and answers what it would have done.
pub async fn preview(transaction: Transaction, affected: &[AppointmentId]) -> HttpResponse {
    transaction.rollback().await;
    HttpResponse::Ok().json(Preview {
        affected_appointments: affected.iter().map(|id| id.uuid()).collect(),
    })
}
