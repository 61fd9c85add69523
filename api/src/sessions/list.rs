use actix_web::{HttpRequest, HttpResponse, get};
use domain::ids::SessionId;
use domain::permission::Permission;
use persistence::sessions::{self, Filter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{SessionPage, SessionView};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{IfNoneMatch, Path, Query};
use crate::pages::{self, Limit};
use crate::permit::{permit, permitted};
use crate::problems::Problem;
use crate::refusals::Refusals;
use crate::spans;
use crate::views::{self, found_unless_known};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSessions {
    /// Only sessions of this organisation.
    #[param(format = Uuid)]
    organisation_id: Option<String>,
    /// Only sessions of this counsellor.
    #[param(format = Uuid)]
    counsellor_id: Option<String>,
    /// Only sessions that start then or later (RFC 3339); now when left out.
    #[param(format = DateTime)]
    from: Option<String>,
    /// Only sessions that start before then (RFC 3339); 14 days after `from` when left out, and at
    /// most 62.
    #[param(format = DateTime)]
    before: Option<String>,
    /// Only withdrawn sessions, instead of the published ones.
    #[serde(default)]
    #[param(default = false)]
    withdrawn: bool,
    /// Only sessions below their minimum of participants, about which nobody has decided yet.
    #[serde(default)]
    #[param(default = false)]
    below_minimum: bool,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List sessions
///
/// The sessions of the own organisations in a span of time.
#[utoipa::path(operation_id = "listSessions", tag = "setup", params(ListSessions), security(("bearer" = [])),
    responses((status = 200, description = "A page of sessions", body = SessionPage), Refusals,
        (status = 422, description = "The request breaks a rule.", body = crate::problems::ProblemDocument,
            content_type = "application/problem+json")))]
#[get("/v1/sessions")]
pub async fn list_sessions(
    request: HttpRequest,
    app: AppData,
    caller: SignedIn,
    query: Query<ListSessions>,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let limit = Limit::new(query.limit)?;
    let organisation = pages::parsed("organisation_id", query.organisation_id.as_deref())?;
    let counsellor_id = pages::parsed("counsellor_id", query.counsellor_id.as_deref())?;
    let now = app.clock.now();
    let span = spans::window(query.from.as_deref(), query.before.as_deref(), now)?;
    let (mut reader, staff) = app.staff_reader(&caller).await?;
    let filter = Filter {
        within: permitted(&staff, Permission::ReadSetup, organisation),
        counsellor_id,
        from: span.from(),
        before: span.before(),
        withdrawn: query.withdrawn,
        below_minimum_at: query.below_minimum.then_some(now),
    };
    // As it was asked: what is filled in for a part left out moves on with the clock.
    let asked = (
        &filter.within,
        counsellor_id,
        &query.from,
        &query.before,
        query.withdrawn,
        query.below_minimum,
    );
    let after = pages::after_instant(query.cursor.as_deref(), &asked)?;
    let mut items = sessions::list(&mut reader, &filter, after, limit.with_lookahead()).await?;
    let next_cursor = limit.turn(&mut items, &asked, |found| {
        let session = &found.session.value;
        (session.content.span.from(), session.id.uuid())
    });
    Ok(SessionPage {
        items: items
            .iter()
            .map(|found| SessionView::at(found, now))
            .collect(),
        next_cursor,
    }
    .respond(&request))
}

/// Get a session
///
/// Also answers 304 when `If-None-Match` has its entity tag.
#[utoipa::path(operation_id = "getSession", tag = "setup", params(("id" = Uuid, Path, description = "The session")),
    security(("bearer" = [])),
    responses((status = 200, description = "The session", body = SessionView),
        (status = 304, description = "The caller has this version"), Refusals))]
#[get("/v1/sessions/{id}")]
pub async fn get_session(
    app: AppData,
    caller: SignedIn,
    id: Path<SessionId>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Problem> {
    let (mut transaction, staff) = app.staff(&caller).await?;
    let found = sessions::find(&mut transaction, id.0)
        .await?
        .ok_or_else(Problem::not_found)?;
    let organisation = found.session.value.organisation_id;
    permit(&staff, Permission::ReadSetup, organisation)?;
    let view = SessionView::at(&found, app.clock.now());
    if found.group.is_some() {
        // How many have booked is no part of its version.
        return Ok(views::found(found.session.version, &view));
    }
    Ok(found_unless_known(&known, found.session.version, &view))
}
