use actix_web::{HttpResponse, post};
use chrono_tz::Tz;
use domain::actor::Actor;
use domain::booking::Wish;
use domain::code::Code as SpokenCode;
use domain::contact::Contact;
use domain::course;
use domain::ids::{CourseId, OrganisationId, SeriesId};
use domain::kept::Reader;
use domain::modality::Modality;
use domain::permission::Permission;
use domain::series::{Mode, NewAppointment, Series};
use domain::slot_id::SlotId;
use domain::slots::Unbookable;
use domain::texts::LanguageTag;
use persistence::Transaction;
use persistence::courses::{self, Found, open_course};
use persistence::vault::random_bytes;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::{App, AppData};
use crate::appointments::{ClientBody, contact};
use crate::authentication::Caller;
use crate::checks::Checks;
use crate::extract::{Body, Path, optional_object};
use crate::idempotency::Attempt;
use crate::kept_places::sender;
use crate::permit::permit_for;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::series::{SeriesView, save, unbookable};
use crate::tenant;

/// What somebody says who books a course. Nothing is needed unless its service requires a contact.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"language": "de"}))]
pub struct BookCourseBody {
    /// The organisation that sends the visitor: a place that is kept for it. Only for staff of either
    /// organisation.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub sent_by: Option<Uuid>,
    #[serde(default, deserialize_with = "optional_object")]
    pub client: Option<ClientBody>,
    /// The language in which the visitor wants to speak.
    #[serde(default)]
    #[schema(example = "de")]
    pub language: Option<String>,
    /// One that each of its dates has; the first of each date unless given.
    #[serde(default)]
    #[schema(example = "video")]
    pub modality: Option<String>,
    #[serde(default)]
    pub interpreter_needed: bool,
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub access_needs: Option<String>,
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// What a body means.
struct Wanted {
    modality: Option<Modality>,
    language: Option<LanguageTag>,
    interpreter_needed: bool,
    contact: Contact,
}

/// Book a course
///
/// A place on all of its dates, or nothing: a series of appointments, with one code and one secret.
/// Who joins a course that has begun, where that is allowed, gets what is left of it. Each date is
/// attended by itself; `cancelSeries` gives up what is still to come.
#[utoipa::path(operation_id = "bookCourse", tag = "booking", request_body = BookCourseBody, security((), ("bearer" = [])),
    params(("id" = Uuid, Path, description = "The course"),
        ("Idempotency-Key" = String, Header, description = "A fresh UUID; the same one when the request is repeated")),
    responses((status = 201, description = "The series, with its secret", body = SeriesView), Refusals, ChangeRefusals))]
#[post("/v1/courses/{id}/book")]
pub async fn book_course(
    app: AppData,
    caller: Caller,
    id: Path<CourseId>,
    attempt: Attempt,
    body: Body<BookCourseBody>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let keyed = attempt.required()?.by_anyone(&caller)?.with(
        &app,
        &format!("bookCourse {}", id.0),
        &body.bytes,
    );
    let sent_by = body.value.sent_by.map(OrganisationId::new);
    let wanted = body.value.read()?;
    let (mut transaction, actor) = enter(&app, &caller, id.0).await?;
    let kept_for = sender(&app, &caller, &actor, sent_by).await?;
    let attempt = keyed.hashed();
    let opened = open_course(&mut transaction, id.0, kept_for, attempt.as_ref(), now).await?;
    if let Some(answer) = keyed.answer_known(&app, opened.known)? {
        // Waited for, so that the key is free for whoever comes next with it.
        transaction.rollback().await;
        return Ok(answer);
    }
    let mut found = opened.course.ok_or_else(Problem::not_found)?;
    found.calendar.reader = Reader::from(&actor);
    if opened.changed {
        return Err(Unbookable::OutsideSession.into());
    }
    let slots = found.course.value.enrolment.slots(&found.calendar, now)?;
    let wish = wanted.about(&slots)?;
    permit_all(&actor, &found)?;
    let zone = found.calendar.first_zone().unwrap_or(Tz::UTC);
    let dates = course::book_course(&wish, &named(slots)?, &found.calendar, &actor, now)?;
    let choice = Mode::AllOrNothing.choose(dates).map_err(|refused| {
        let dates = refused.0.into_iter();
        unbookable(
            "",
            zone,
            dates.map(|(start, why)| (start, why.into())).collect(),
        )
    })?;
    let series = series_of(&found, zone, now)?;
    let view = save(
        &app,
        &mut transaction,
        series,
        &wish.contact,
        choice.booked,
        (&actor, kept_for),
    )?;
    let location = format!("/v1/series/{}", view.id);
    keyed
        .created_without_version(&app, transaction, &location, &view)
        .await
}

/// Staff book in their own organisations as staff, and elsewhere like any visitor.
async fn enter(app: &App, caller: &Caller, id: CourseId) -> Result<(Transaction, Actor), Problem> {
    if let Caller::SignedIn(signed_in) = caller {
        let (mut transaction, staff) = app.staff(signed_in).await?;
        let organisation = courses::organisation_of(&mut transaction, id).await?;
        if organisation.is_some_and(|organisation| staff.is_member_of(organisation)) {
            return Ok((transaction, Actor::Staff(staff)));
        }
    }
    let transaction = app.database.visitor(None, app.clock.now()).await?;
    Ok((transaction, Actor::Visitor))
}

/// Staff may book for all of its counsellors, or not at all.
fn permit_all(actor: &Actor, found: &Found) -> Result<(), Problem> {
    let organisation = found.course.value.organisation_id;
    tenant::note(organisation);
    let Actor::Staff(staff) = actor else {
        return Ok(());
    };
    let mut counsellors = found
        .calendar
        .openings
        .iter()
        .map(|opening| opening.counsellor_id);
    counsellors.try_for_each(|counsellor| {
        permit_for(
            staff,
            Permission::BookAppointments,
            organisation,
            counsellor,
        )
    })
}

fn named(slots: Vec<SlotId>) -> Result<Vec<(SlotId, NewAppointment)>, Problem> {
    let named = |slot| {
        let code = SpokenCode::from_random(random_bytes()?);
        let id = Uuid::now_v7().into();
        Ok((slot, NewAppointment { id, code }))
    };
    slots.into_iter().map(named).collect()
}

fn series_of(
    found: &Found,
    zone: Tz,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Series, Problem> {
    let course = &found.course.value;
    Ok(Series {
        id: SeriesId::new(Uuid::now_v7()),
        organisation_id: course.organisation_id,
        service_id: course.service_id,
        code: SpokenCode::from_random(random_bytes()?),
        rule: None,
        course_id: Some(course.id),
        time_zone: zone,
        booked_at: now,
    })
}

impl BookCourseBody {
    fn read(self) -> Result<Wanted, Problem> {
        let mut checks = Checks::new();
        let contact = contact::read(self.client, self.access_needs, self.note, None, &mut checks);
        let language = checks.optional("/language", self.language.map(|tag| tag.parse()));
        let modality = checks.optional("/modality", self.modality.map(|text| text.parse()));
        let interpreter_needed = self.interpreter_needed;
        checks.finish(|| {
            Some(Wanted {
                modality: modality?,
                language: language?,
                interpreter_needed,
                contact: contact?,
            })
        })
    }
}

impl Wanted {
    /// The same for all slots.
    fn about(self, slots: &[SlotId]) -> Result<Wish, Problem> {
        let first = slots.first().ok_or(Unbookable::OutsideSession)?;
        Ok(Wish {
            slot: *first,
            modality: self.modality,
            language: self.language,
            interpreter_needed: self.interpreter_needed,
            contact: self.contact,
        })
    }
}
