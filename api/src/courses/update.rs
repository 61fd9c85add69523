use actix_web::{HttpResponse, patch};
use domain::course::Course;
use domain::ids::{CourseId, SessionId};
use domain::permission::Permission;
use persistence::Transaction;
use persistence::audit::Entry;
use persistence::courses::{self, Found};
use persistence::stored::Stored;

use super::{CourseBody, CourseView, dates};
use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::checks::same_organisation;
use crate::extract::{IfMatch, Patch, Path};
use crate::permit::permit;
use crate::problems::{Code, Problem};
use crate::refusals::{ChangeRefusals, Refusals};
use crate::views::found;

/// Change a course
///
/// A merge patch (RFC 7396): what is left out stays, null removes. Its dates change only while nobody
/// has a place in one of them; a date is moved or withdrawn by its session, and participants move along.
#[utoipa::path(operation_id = "updateCourse", tag = "setup", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The course"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    request_body(content = ref("#/components/schemas/CoursePatch"), content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The course as it is now", body = CourseView), Refusals, ChangeRefusals))]
#[patch("/v1/courses/{id}")]
pub async fn update_course(
    app: AppData,
    caller: SignedIn,
    id: Path<CourseId>,
    read: IfMatch,
    patch: Patch,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let (mut transaction, staff) = app.staff(&caller).await?;
    let known = courses::look_again(&mut transaction, id.0, now).await?;
    let known = known.ok_or_else(Problem::not_found)?;
    let organisation = known.course.value.organisation_id;
    permit(&staff, Permission::ManageSchedules, organisation)?;
    read.check(known.course.version)?;
    let (wanted, sessions) = patch.apply_to(&CourseBody::from(&known))?.read(id.0)?;
    let changed = change(&mut transaction, &known, wanted, &sessions).await?;
    courses::update(&mut transaction, &changed);
    courses::set_dates(&mut transaction, organisation, id.0, &sessions);
    let (before, capacity) = (known.course.value.capacity, changed.value.capacity);
    if before != capacity || capacity.is_some() && sessions != known.session_ids {
        courses::set_capacity(&mut transaction, organisation, &sessions, capacity, now);
    }
    let entry = Entry::by(&staff, organisation, "update", ("course", id.0.uuid()), now);
    transaction.audit(entry.touching(patch.names()));
    let stored = courses::look_again(&mut transaction, id.0, now).await?;
    let stored = stored.ok_or_else(Problem::not_found)?;
    let view = CourseView::of(&stored, Some(&staff), now);
    transaction.commit().await?;
    Ok(found(changed.version, &view))
}

/// The course as it is to be. Everything that its dates claim now and then is locked.
async fn change(
    transaction: &mut Transaction,
    known: &Found,
    wanted: Course,
    sessions: &[SessionId],
) -> Result<Stored<Course>, Problem> {
    let before = &known.course.value;
    same_organisation(before.organisation_id, wanted.organisation_id)?;
    if wanted.service_id != before.service_id {
        return Err(Problem::rule(
            "/service_id",
            "cannot be changed: enter another course",
        ));
    }
    let mut both = known.session_ids.clone();
    both.extend_from_slice(sessions);
    courses::lock_dates(transaction, before.organisation_id, &both);
    let locked = courses::lock(transaction, &known.course).await?;
    let locked = locked.ok_or_else(|| Problem::new(Code::VersionConflict))?;
    dates::check(transaction, &wanted, &known.session_ids, sessions).await?;
    Ok(locked.changed(wanted))
}
