use actix_web::{HttpRequest, HttpResponse, get};
use domain::actor::Staff;
use domain::ids::WaitlistEntryId;
use domain::permission::Permission;
use persistence::waitlist::{self, EntryFilter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{WaitlistEntryPage, WaitlistEntryView};
use crate::app::{AppData, account_gone};
use crate::authentication::SignedIn;
use crate::extract::Query;
use crate::pages::{self, Limit};
use crate::problems::{Code, Problem};
use crate::refusals::Refusals;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListWaitlistEntries {
    /// Only entries of this organisation.
    #[param(format = Uuid)]
    organisation_id: Option<String>,
    /// Only entries for this service.
    #[param(format = Uuid)]
    service_id: Option<String>,
    /// Only those in one of these statuses; may be repeated. Those that have not ended, unless given.
    #[serde(default)]
    status: Vec<String>,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

const STATUSES: [&str; 5] = ["waiting", "offered", "booked", "left", "expired"];

/// List who waits
///
/// In the order in which they are offered something: who waits longest first, and behind them whoever
/// left an offer unanswered, from then on.
#[utoipa::path(operation_id = "listWaitlistEntries", tag = "appointments", params(ListWaitlistEntries), security(("bearer" = [])),
    responses((status = 200, description = "A page of entries", body = WaitlistEntryPage), Refusals))]
#[get("/v1/waitlist-entries")]
pub async fn list_waitlist_entries(
    request: HttpRequest,
    app: AppData,
    caller: SignedIn,
    query: Query<ListWaitlistEntries>,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let limit = Limit::new(query.limit)?;
    let filter = query.filter()?;
    let after = pages::after_instant(query.cursor.as_deref(), &filter)?;
    let after = after.map(|(queued_at, id)| (queued_at, WaitlistEntryId::new(id)));
    let (account, wanted) = (caller.account_id, limit.with_lookahead());
    let found = waitlist::list(&app.database, account, &filter, after, wanted).await?;
    let (staff, mut items) = found.ok_or_else(account_gone)?;
    permit_somewhere(&staff)?;
    let next_cursor = limit.turn(&mut items, &filter, |found| {
        (found.entry.queued_at, found.entry.id.uuid())
    });
    let now = app.clock.now();
    let items = items
        .iter()
        .map(|found| WaitlistEntryView::of(found, &app.vault, now));
    Ok(WaitlistEntryPage {
        items: items.collect::<Result<_, _>>()?,
        next_cursor,
    }
    .respond(&request))
}

impl ListWaitlistEntries {
    fn filter(&self) -> Result<EntryFilter, Problem> {
        let is_known = |status: &String| STATUSES.contains(&status.as_str());
        if !self.status.iter().all(is_known) {
            let detail = format!("is one of {}", STATUSES.join(", "));
            return Err(Problem::parameter("status", detail));
        }
        let open = || vec!["waiting".to_owned(), "offered".to_owned()];
        let statuses = Some(self.status.clone()).filter(|statuses| !statuses.is_empty());
        Ok(EntryFilter {
            organisation_id: pages::parsed("organisation_id", self.organisation_id.as_deref())?,
            service_id: pages::parsed("service_id", self.service_id.as_deref())?,
            statuses: statuses.unwrap_or_else(open),
        })
    }
}

/// Refuses whoever keeps the waiting list of no organisation.
fn permit_somewhere(staff: &Staff) -> Result<(), Problem> {
    let mut organisations = staff.memberships.iter().map(|(id, _)| *id);
    if organisations.any(|id| staff.may(Permission::ManageWaitlist, id)) {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden))
}
