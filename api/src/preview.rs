//! Changes that would strand somebody can be tried first.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use domain::actor::Staff;
use domain::ids::AppointmentId;
use persistence::loans::LentUse;
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
    /// What other organisations use of rooms on loan and would lose: who and when, and never for what.
    pub lent_uses: Vec<LentUseView>,
}

/// A span in which another organisation uses a room on loan.
#[derive(Debug, Serialize, ToSchema)]
pub struct LentUseView {
    pub borrower_id: Uuid,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

impl LentUseView {
    pub fn each(uses: &[LentUse]) -> Vec<Self> {
        let view = |it: &LentUse| Self {
            borrower_id: it.borrower_id.uuid(),
            starts_at: it.span.from(),
            ends_at: it.span.before(),
        };
        uses.iter().map(view).collect()
    }
}

/// Takes the change back, and answers what it would have done.
pub async fn preview(
    app: &App,
    transaction: Transaction,
    staff: &Staff,
    affected: &[AppointmentId],
) -> Result<HttpResponse, Problem> {
    preview_with_uses(app, transaction, staff, affected, &[]).await
}

/// As [`preview`], of what other organisations use as well.
pub async fn preview_with_uses(
    app: &App,
    mut transaction: Transaction,
    staff: &Staff,
    affected: &[AppointmentId],
    uses: &[LentUse],
) -> Result<HttpResponse, Problem> {
    let found = appointments::among(&mut transaction, affected).await?;
    transaction.rollback().await;
    let visible = found.iter().filter(|it| it.appointment.visible_to(staff));
    let stranded = visible.map(|it| StrandedView::of(it, &app.vault));
    Ok(HttpResponse::Ok().json(Preview {
        affected_appointments: affected.iter().map(|id| id.uuid()).collect(),
        stranded: stranded.collect::<Result<_, _>>()?,
        lent_uses: LentUseView::each(uses),
    }))
}
