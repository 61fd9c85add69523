use actix_web::{HttpResponse, delete};
use domain::ids::CourseId;
use domain::permission::Permission;
use persistence::audit::Entry;
use persistence::{courses, sessions};

use crate::app::AppData;
use crate::authentication::SignedIn;
use crate::extract::{IfMatch, Path, Query};
use crate::permit::permit;
use crate::preview::{DryRun, Preview, preview};
use crate::problems::{Code, Problem};
use crate::refusals::{ChangeRefusals, Refusals};

/// Archive a course
///
/// It does not take place: it leaves the lists, and its sessions that are not over are withdrawn. What
/// was booked stays valid and needs attention. With `dry_run=true` nothing is stored, and the open
/// appointments in it are answered.
#[utoipa::path(operation_id = "archiveCourse", tag = "setup", security(("bearer" = [])),
    params(DryRun, ("id" = Uuid, Path, description = "The course"),
        ("If-Match" = String, Header, description = "The `etag` that was read")),
    responses((status = 204, description = "It is archived"),
        (status = 200, description = "What it would do", body = Preview), Refusals, ChangeRefusals))]
#[delete("/v1/courses/{id}")]
pub async fn archive_course(
    app: AppData,
    caller: SignedIn,
    id: Path<CourseId>,
    read: IfMatch,
    query: Query<DryRun>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let (mut transaction, staff) = app.staff(&caller).await?;
    let known = courses::look_again(&mut transaction, id.0, now).await?;
    let known = known.ok_or_else(Problem::not_found)?;
    let organisation = known.course.value.organisation_id;
    permit(&staff, Permission::ManageSchedules, organisation)?;
    read.check(known.course.version)?;
    courses::lock_dates(&mut transaction, organisation, &known.session_ids);
    let locked = courses::lock(&mut transaction, &known.course).await?;
    let locked = locked.ok_or_else(|| Problem::new(Code::VersionConflict))?;
    let ahead = courses::withdraw_dates(&mut transaction, organisation, id.0, now).await?;
    if query.0.dry_run {
        let open = sessions::attended(&mut transaction, organisation, &ahead).await?;
        let affected: Vec<_> = open.iter().map(|one| one.id).collect();
        return preview(&app, transaction, &staff, &affected).await;
    }
    courses::archive(&mut transaction, &locked, now);
    let subject = ("course", id.0.uuid());
    transaction.audit(Entry::by(&staff, organisation, "archive", subject, now));
    transaction.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
