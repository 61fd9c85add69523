use actix_web::{HttpResponse, get};
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use domain::appointment::Status;
use persistence::appointments::{self, Found};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::list::permit_somewhere;
use crate::app::{AppData, account_gone};
use crate::authentication::SignedIn;
use crate::extract::Query;
use crate::pages;
use crate::problems::Problem;
use crate::refusals::Refusals;
use crate::views::local;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfSite {
    /// Only those who wait at this site.
    #[param(format = Uuid)]
    site_id: Option<String>,
}

/// Who has arrived and waits, the longest first; at most 200.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingRoom {
    pub items: Vec<WaitingView>,
}

/// Somebody who has arrived and whose talk has not begun.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingView {
    pub appointment_id: Uuid,
    #[schema(example = "K7QF-2MXP")]
    pub code: String,
    pub service_id: Uuid,
    pub site_id: Uuid,
    pub counsellor_id: Uuid,
    #[schema(required)]
    pub room_id: Option<Uuid>,
    /// When the appointment begins.
    pub starts_at: DateTime<FixedOffset>,
    pub waiting_since: DateTime<FixedOffset>,
    #[schema(minimum = 0)]
    pub waiting_minutes: i64,
    /// When they were called; null while nobody has.
    #[schema(required)]
    pub called_at: Option<DateTime<FixedOffset>>,
}

/// How long somebody is thought to wait whom nobody called, completed or missed.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(18);

/// See who waits
///
/// Everybody who has arrived and whose talk has not begun: coordinators see all of their
/// organisation, counsellors their own.
#[utoipa::path(operation_id = "getWaitingRoom", tag = "appointments", params(OfSite), security(("bearer" = [])),
    responses((status = 200, description = "Who waits", body = WaitingRoom), Refusals))]
#[get("/v1/waiting-room")]
pub async fn get_waiting_room(
    app: AppData,
    caller: SignedIn,
    query: Query<OfSite>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let site = pages::parsed("site_id", query.0.site_id.as_deref())?;
    let since = now - LONGEST_WAIT;
    let found = appointments::waiting(&app.database, caller.account_id, site, since).await?;
    let (staff, waiting) = found.ok_or_else(account_gone)?;
    permit_somewhere(&staff)?;
    let items = waiting.iter().filter_map(|found| view(found, now));
    Ok(HttpResponse::Ok().json(WaitingRoom {
        items: items.collect(),
    }))
}

fn view(found: &Found, now: DateTime<Utc>) -> Option<WaitingView> {
    let Status::CheckedIn { at, steps } = found.appointment.status else {
        return None;
    };
    let (place, zone) = (found.appointment.place, found.terms.time_zone);
    Some(WaitingView {
        appointment_id: found.appointment.id.uuid(),
        code: found.appointment.code.to_string(),
        service_id: place.service_id.uuid(),
        site_id: place.site_id.uuid(),
        counsellor_id: place.counsellor_id.uuid(),
        room_id: place.room_id.map(Uuid::from),
        starts_at: local(place.span.from(), zone),
        waiting_since: local(at, zone),
        waiting_minutes: (now - at).num_minutes().max(0),
        called_at: steps.called_at.map(|at| local(at, zone)),
    })
}
