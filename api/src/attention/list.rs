use actix_web::{HttpRequest, HttpResponse, get};
use domain::ids::AppointmentId;
use persistence::appointments::{AttentionFilter, attention};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{AttentionPage, AttentionView, REASONS};
use crate::app::{AppData, account_gone};
use crate::appointments::list::permit_somewhere;
use crate::authentication::SignedIn;
use crate::extract::Query;
use crate::pages::{self, Limit};
use crate::problems::Problem;
use crate::refusals::Refusals;
use crate::spans::instant;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListAttention {
    /// Only appointments that start before this instant.
    #[param(format = DateTime)]
    before: Option<String>,
    /// Only appointments with this counsellor.
    #[param(format = Uuid)]
    counsellor_id: Option<String>,
    /// Only appointments of this organisation.
    #[param(format = Uuid)]
    organisation_id: Option<String>,
    /// Only appointments with a cause of this kind.
    #[param(example = "absence")]
    reason: Option<String>,
    /// Also appointments of which every cause was dealt with.
    #[serde(default)]
    #[param(default = false)]
    with_dealt_with: bool,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List what needs attention
///
/// Open appointments that are not over and lie over an absence, a closure or a public holiday,
/// outside their session or in one that offers no longer what was booked, or rest on what is
/// archived; until somebody has dealt with each cause. Coordinators see all of their organisation,
/// counsellors their own.
#[utoipa::path(operation_id = "listAttention", tag = "appointments", params(ListAttention), security(("bearer" = [])),
    responses((status = 200, description = "A page of appointments", body = AttentionPage), Refusals))]
#[get("/v1/attention")]
pub async fn list_attention(
    request: HttpRequest,
    app: AppData,
    caller: SignedIn,
    query: Query<ListAttention>,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let limit = Limit::new(query.limit)?;
    let filter = query.filter()?;
    let after = pages::after_instant(query.cursor.as_deref(), &filter)?;
    let after = after.map(|(starts_at, id)| (starts_at, AppointmentId::new(id)));
    let (account, wanted) = (caller.account_id, limit.with_lookahead());
    let now = app.clock.now();
    let found = attention(&app.database, account, &filter, after, wanted, now).await?;
    let (staff, mut items) = found.ok_or_else(account_gone)?;
    permit_somewhere(&staff)?;
    let next_cursor = limit.turn(&mut items, &filter, |needs| {
        let appointment = &needs.found.appointment;
        (appointment.place.span.from(), appointment.id.uuid())
    });
    let items = items.iter().map(|it| AttentionView::of(it, &app.vault));
    Ok(AttentionPage {
        items: items.collect::<Result<_, _>>()?,
        next_cursor,
    }
    .respond(&request))
}

impl ListAttention {
    fn filter(&self) -> Result<AttentionFilter, Problem> {
        let is_known = |reason: &String| REASONS.contains(&reason.as_str());
        if !self.reason.as_ref().is_none_or(is_known) {
            let detail = format!("is one of {}", REASONS.join(", "));
            return Err(Problem::parameter("reason", detail));
        }
        let before = self.before.as_deref();
        Ok(AttentionFilter {
            organisation_id: pages::parsed("organisation_id", self.organisation_id.as_deref())?,
            counsellor_id: pages::parsed("counsellor_id", self.counsellor_id.as_deref())?,
            appointment_id: None,
            before: before.map(|text| instant("before", text)).transpose()?,
            reason: self.reason.clone(),
            with_dealt_with: self.with_dealt_with,
        })
    }
}
