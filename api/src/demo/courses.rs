//! Courses of the demo network: made of the next sessions of their service, and booked by some.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Europe::Berlin;
use domain::actor::Actor;
use domain::booking::Wish;
use domain::code::Code;
use domain::contact::Contact;
use domain::course::{self, Course, Enrolment};
use domain::ids::{CourseId, SeriesId};
use domain::series::{Mode, NewAppointment, Series};
use persistence::Transaction;
use persistence::courses::{self, open_course};
use persistence::stored::Stored;
use persistence::vault::random_bytes;
use uuid::Uuid;

use super::DemoError;
use super::ids::{Kind, id};
use super::model::{ruled, words};
use super::tables::Body;
use crate::app::App;
use crate::series::save;

/// Enters what the table says, as far as there are sessions.
pub(super) async fn load(
    app: &App,
    transaction: &mut Transaction,
    body: &Body,
    now: DateTime<Utc>,
) -> Result<(), DemoError> {
    for run in body.besides.courses {
        let (organisation, service) = (body.id(), body.service_id(run.service));
        let tomorrow = now + TimeDelta::days(1);
        let dates =
            courses::sessions_ahead(transaction, organisation, service, tomorrow, run.dates)
                .await?;
        if dates.is_empty() {
            continue;
        }
        let course = Course {
            id: id(body.number, Kind::Course, run.number).into(),
            organisation_id: organisation,
            service_id: service,
            title: words(run.title)?,
            description: None,
            capacity: None,
            enrolment: ruled(Enrolment::new(None, None, run.joins_late))?,
            takes_place: false,
            published: true,
        };
        let course_id = course.id;
        courses::insert(transaction, &Stored::new(course), &dates);
        for _ in 0..run.participants {
            book(app, transaction, course_id, now).await?;
        }
    }
    Ok(())
}

/// For somebody who gives nothing of themselves.
async fn book(
    app: &App,
    transaction: &mut Transaction,
    id: CourseId,
    now: DateTime<Utc>,
) -> Result<(), DemoError> {
    let opened = open_course(transaction, id, None, None, now).await?;
    let missing = || DemoError::BreaksARule("a course is not offered".to_owned());
    let found = opened.course.ok_or_else(missing)?;
    let course = &found.course.value;
    let slots = ruled(course.enrolment.slots(&found.calendar, now))?;
    let wish = Wish {
        slot: *slots.first().ok_or_else(missing)?,
        modality: None,
        language: None,
        interpreter_needed: false,
        contact: Contact::default(),
    };
    let mut named = Vec::new();
    for slot in slots {
        let code = Code::from_random(random_bytes()?);
        let id = Uuid::now_v7().into();
        named.push((slot, NewAppointment { id, code }));
    }
    let dates = ruled(course::book_course(
        &wish,
        &named,
        &found.calendar,
        &Actor::Visitor,
        now,
    ))?;
    // A holiday or an absence may lie in the way.
    let Ok(choice) = Mode::AllOrNothing.choose(dates) else {
        return Ok(());
    };
    let series = Series {
        id: SeriesId::new(Uuid::now_v7()),
        organisation_id: course.organisation_id,
        service_id: course.service_id,
        code: Code::from_random(random_bytes()?),
        rule: None,
        course_id: Some(id),
        time_zone: found.calendar.first_zone().unwrap_or(Berlin),
        booked_at: now,
    };
    save(
        app,
        transaction,
        series,
        &wish.contact,
        choice.booked,
        (&Actor::Visitor, None),
    )?;
    Ok(())
}
