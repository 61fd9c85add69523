use actix_web::{HttpRequest, HttpResponse, get};
use chrono::{DateTime, Utc};
use domain::actor::Staff;
use domain::ids::CourseId;
use domain::permission::Permission;
use persistence::acting::Reader;
use persistence::courses::{self, Filter, Found};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{CoursePage, CourseView};
use crate::app::{App, AppData};
use crate::authentication::Caller;
use crate::extract::{Path, Query};
use crate::pages::{self, Limit};
use crate::permit::permitted;
use crate::problems::Problem;
use crate::refusals::Refusals;
use crate::views::found;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCourses {
    /// Only courses of this organisation.
    #[param(format = Uuid)]
    organisation_id: Option<String>,
    /// Only courses of this service.
    #[param(format = Uuid)]
    service_id: Option<String>,
    /// Only courses about this topic.
    topic: Option<String>,
    /// Only courses in this language, as a BCP 47 tag.
    language: Option<String>,
    /// Only courses with a date given in this way: `in_person`, `phone`, `video`, `at_home`.
    modality: Option<String>,
    /// Only courses of the own organisations that are below their minimum of participants, about
    /// which nobody has decided yet.
    #[serde(default)]
    #[param(default = false)]
    below_minimum: bool,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List courses
///
/// The published courses of the network that are not over, with their dates and how many places are
/// left; with a token, of an own organisation by its `organisation_id` also the unpublished ones.
#[utoipa::path(operation_id = "listCourses", tag = "booking", params(ListCourses), security((), ("bearer" = [])),
    responses((status = 200, description = "A page of courses", body = CoursePage), Refusals))]
#[get("/v1/courses")]
pub async fn list_courses(
    request: HttpRequest,
    app: AppData,
    caller: Caller,
    query: Query<ListCourses>,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let limit = Limit::new(query.limit)?;
    let mut filter = Filter {
        organisation_id: pages::parsed("organisation_id", query.organisation_id.as_deref())?,
        service_id: pages::parsed("service_id", query.service_id.as_deref())?,
        topic: pages::parsed("topic", query.topic.as_deref())?,
        language: pages::parsed("language", query.language.as_deref())?,
        modality: pages::parsed("modality", query.modality.as_deref())?,
        below_minimum_of: None,
    };
    let own = own_reader(&app, &caller, &filter, query.below_minimum).await?;
    let (mut reader, staff) = match own {
        Some((reader, staff)) => (reader, Some(staff)),
        None => (app.database.public_reader().await?, None),
    };
    let decides = |staff| permitted(staff, Permission::ReadSetup, filter.organisation_id);
    if query.below_minimum {
        filter.below_minimum_of = Some(staff.as_ref().map(decides).unwrap_or_default());
    }
    let after = pages::after(query.cursor.as_deref(), &filter)?.map(CourseId::new);
    let now = app.clock.now();
    let mut items = courses::list(&mut reader, &filter, after, limit.with_lookahead(), now).await?;
    let next_cursor = limit.turn(&mut items, &filter, |found| found.course.value.id.uuid());
    let shown = |found| CourseView::of(found, staff.as_ref(), now);
    Ok(CoursePage {
        items: items.iter().map(shown).collect(),
        next_cursor,
    }
    .respond(&request))
}

/// The walls show staff the sessions of their own organisations, and the public all that are published.
async fn own_reader(
    app: &App,
    caller: &Caller,
    filter: &Filter,
    below_minimum: bool,
) -> Result<Option<(Reader, Staff)>, Problem> {
    let Caller::SignedIn(signed_in) = caller else {
        return Ok(None);
    };
    let (reader, staff) = app.staff_reader(signed_in).await?;
    let is_own = |organisation| staff.is_member_of(organisation);
    let wants_own = below_minimum || filter.organisation_id.is_some_and(is_own);
    Ok(wants_own.then_some((reader, staff)))
}

/// Get a course
///
/// With its dates that take place and how many places are left. An unpublished one is shown to staff of
/// its organisation alone, and only they learn how many attend.
#[utoipa::path(operation_id = "getCourse", tag = "booking", params(("id" = Uuid, Path, description = "The course")),
    security((), ("bearer" = [])),
    responses((status = 200, description = "The course", body = CourseView), Refusals))]
#[get("/v1/courses/{id}")]
pub async fn get_course(
    app: AppData,
    caller: Caller,
    id: Path<CourseId>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    if let Caller::SignedIn(signed_in) = &caller {
        let (mut reader, staff) = app.staff_reader(signed_in).await?;
        let course = courses::look(&mut reader, id.0, now).await?;
        let is_own = |course: &Found| staff.is_member_of(course.course.value.organisation_id);
        if let Some(course) = course.filter(is_own) {
            return Ok(shown(&course, Some(&staff), now));
        }
    }
    let mut reader = app.database.public_reader().await?;
    let course = courses::look(&mut reader, id.0, now).await?;
    let course = course.ok_or_else(Problem::not_found)?;
    Ok(shown(&course, None, now))
}

/// How many places are left is no part of its version.
fn shown(course: &Found, staff: Option<&Staff>, now: DateTime<Utc>) -> HttpResponse {
    found(course.course.version, &CourseView::of(course, staff, now))
}
