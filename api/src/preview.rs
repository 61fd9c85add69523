//! Changes that would strand somebody can be tried first.

use actix_web::HttpResponse;
use domain::actor::Staff;
use domain::ids::AppointmentId;
use persistence::{Transaction, appointments};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::app::App;
use crate::problems::Problem;
use crate::stranded::StrandedView;

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
    /// Those of them that the caller may read, by their start, and whether their visitors can be
    /// told.
    pub stranded: Vec<StrandedView>,
}

/// Takes the change back, and answers what it would have done.
pub async fn preview(
    app: &App,
    mut transaction: Transaction,
    staff: &Staff,
    affected: &[AppointmentId],
) -> Result<HttpResponse, Problem> {
    let found = appointments::among(&mut transaction, affected).await?;
    transaction.rollback().await;
    let visible = found.iter().filter(|it| it.appointment.visible_to(staff));
    let stranded = visible.map(|it| StrandedView::of(it, &app.vault));
    Ok(HttpResponse::Ok().json(Preview {
        affected_appointments: affected.iter().map(|id| id.uuid()).collect(),
        stranded: stranded.collect::<Result<_, _>>()?,
    }))
}
