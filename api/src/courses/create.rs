use actix_web::{HttpResponse, post};
use domain::ids::CourseId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::courses;
use persistence::stored::Stored;
use uuid::Uuid;

use super::{CourseBody, CourseView, dates};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::Body;
use crate::idempotency::Attempt;
use crate::permit::permit;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};

/// Create a course
///
/// Its dates are sessions of a service of the format `course`, which were published before. Once it
/// is published, too, it is booked as one.
#[utoipa::path(operation_id = "createCourse", tag = "setup", request_body = CourseBody, security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request have one effect")),
    responses((status = 201, description = "The new course", body = CourseView), Refusals, ChangeRefusals))]
#[post("/v1/courses")]
pub async fn create_course(
    app: AppData,
    caller: SignedIn,
    attempt: Attempt,
    body: Body<CourseBody>,
) -> Result<HttpResponse, Problem> {
    let organisation = body.value.organisation_id.into();
    let (mut transaction, staff) = app.staff(&caller).await?;
    permit(&staff, Permission::ManageSchedules, organisation)?;
    let attempt = attempt.by(&caller).with(&app, "createCourse", &body.bytes);
    if let Some(answer) = attempt.answered(&app, &mut transaction).await? {
        return Ok(answer);
    }
    let id = CourseId::new(Uuid::now_v7());
    let (course, sessions) = body.value.read(id)?;
    courses::lock_dates(&mut transaction, organisation, &sessions);
    dates::check(&mut transaction, &course, &[], &sessions).await?;
    let now = app.clock.now();
    let capacity = course.capacity;
    courses::insert(&mut transaction, &Stored::new(course), &sessions);
    if capacity.is_some() {
        courses::set_capacity(&mut transaction, organisation, &sessions, capacity, now);
    }
    let subject = ("course", id.uuid());
    transaction.audit(Entry::by(&staff, organisation, "create", subject, now));
    let found = courses::look_again(&mut transaction, id, now).await?;
    let found = found.ok_or_else(Problem::not_found)?;
    let view = CourseView::of(&found, Some(&staff), now);
    let location = format!("/v1/courses/{id}");
    attempt
        .created(&app, transaction, &location, 1, &view)
        .await
}
