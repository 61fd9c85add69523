use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::booking::Booked;
use domain::code::{Code as SpokenCode, Secret};
use domain::contact::Contact;
use domain::ids::{OrganisationId, SeriesId};
use domain::kept::Reader;
use domain::permission::Permission;
use domain::series::Series;
use persistence::appointments::{Booking, Found, Reasons};
use persistence::series::{FoundSeries, NewSeries, look, open_dates};
use persistence::vault::random_bytes;
use persistence::{Transaction, no_shows};
use uuid::Uuid;

use super::preview::preview;
use super::wanted::{Planned, Wanted};
use super::{LeftOutView, SeriesBody, SeriesPreview, SeriesView, unbookable};
use crate::app::{App, AppData};
use crate::appointments::{access, contact, enter};
use crate::authentication::Caller;
use crate::extract::{Body, Query};
use crate::idempotency::Attempt;
use crate::permit::permit_for;
use crate::preview::DryRun;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::tenant;

/// Book a series
///
/// The same service with the same counsellor at the same hour, on each of the dates of a rule. First
/// ask with `dry_run=true`: every date is listed, whether it can be booked, why not, and what else is
/// free in that week. Then `all_or_nothing` books all of them or none, and lists those in the way;
/// `what_fits` books the others, and lists what it left out. Each appointment is one of its own; the
/// secret of the series opens every one of them.
#[utoipa::path(operation_id = "bookSeries", tag = "booking", request_body = SeriesBody, security((), ("bearer" = [])),
    params(DryRun, ("Idempotency-Key" = Option<String>, Header, description = "A fresh UUID; the same one when the request is repeated. Only a dry run needs none")),
    responses((status = 200, description = "What would be booked, of a dry run", body = SeriesPreview),
        (status = 201, description = "The series, with its secret", body = SeriesView), Refusals, ChangeRefusals))]
#[post("/v1/series")]
pub async fn book_series(
    app: AppData,
    caller: Caller,
    attempt: Attempt,
    query: Query<DryRun>,
    body: Body<SeriesBody>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let wanted = body.value.read()?;
    if query.0.dry_run {
        return preview(&app, &caller, &wanted, now).await;
    }
    let keyed = attempt
        .required()?
        .by_anyone(&caller)?
        .with(&app, "bookSeries", &body.bytes);
    let booking = Booking::of(wanted.wish.slot);
    tenant::note(booking.slot.organisation_id);
    let (mut transaction, actor) = enter(&app, &caller, &booking).await?;
    let hashed = keyed.hashed();
    let (known, first) = look(&mut transaction, &booking.slot, hashed.as_ref(), now).await?;
    if let Some(answer) = keyed.answer_known(&app, known)? {
        // Waited for, so that the key is free for whoever comes next with it.
        transaction.rollback().await;
        return Ok(answer);
    }
    let planned = wanted.plan(&first)?;
    if let Actor::Staff(staff) = &actor {
        let (organisation, counsellor) = (planned.dates.organisation, planned.dates.counsellor);
        permit_for(
            staff,
            Permission::BookAppointments,
            organisation,
            counsellor,
        )?;
    }
    let mut calendar = open_dates(&mut transaction, &planned.dates, now).await?;
    calendar.reader = Reader::from(&actor);
    let hashes = contact::hashes_of(&app.vault, planned.dates.organisation, &wanted.wish.contact);
    if !hashes.is_empty() {
        let missed =
            no_shows::missed(&mut transaction, planned.dates.organisation, &hashes).await?;
        if missed.is_some_and(|missed| missed.needs_approval(now)) {
            calendar.ask_for_approval();
        }
    }
    let dates = wanted.decide(&planned, &calendar, &actor, now)?;
    let choice = wanted.mode.choose(dates);
    let choice = choice.map_err(|refused| {
        let dates = refused
            .0
            .into_iter()
            .map(|(start, why)| (start, why.into()));
        unbookable("/rule", planned.zone, dates.collect())
    })?;
    let series = series_of(&wanted, &planned, now)?;
    let contact = &wanted.wish.contact;
    let mut view = save(
        &app,
        &mut transaction,
        series,
        contact,
        choice.booked,
        (&actor, None),
    )?;
    let left_out = choice.left_out.into_iter();
    view.left_out = left_out
        .map(|(start, why)| LeftOutView::of_date(start, planned.zone, why.into()))
        .collect();
    let location = format!("/v1/series/{}", view.id);
    keyed
        .created_without_version(&app, transaction, &location, &view)
        .await
}

fn series_of(wanted: &Wanted, planned: &Planned, now: DateTime<Utc>) -> Result<Series, Problem> {
    Ok(Series {
        id: SeriesId::new(Uuid::now_v7()),
        organisation_id: planned.dates.organisation,
        service_id: planned.dates.service,
        code: SpokenCode::from_random(random_bytes()?),
        rule: Some(wanted.rule.to_string()),
        course_id: None,
        time_zone: planned.zone,
        booked_at: now,
    })
}

/// Stores the series, and answers it with the secret that nothing else will ever tell.
pub(crate) fn save(
    app: &App,
    transaction: &mut Transaction,
    series: Series,
    contact: &Contact,
    mut booked: Vec<Booked>,
    (actor, kept_for): (&Actor, Option<OrganisationId>),
) -> Result<SeriesView, Problem> {
    let secret = Secret::from_random(random_bytes()?);
    let now = series.booked_at;
    let mut sealed_contacts = Vec::new();
    for one in &mut booked {
        one.appointment.series_id = Some(series.id);
        let (organisation, id) = (series.organisation_id, one.appointment.id);
        let sealed = contact::seal(&app.vault, organisation, id, contact)?;
        sealed_contacts.extend(sealed.map(|contact| contact.sealed));
    }
    let new = NewSeries {
        series: &series,
        booked: &booked,
        secret_hash: access::hash(&app.vault, &secret),
        sealed_contacts: sealed_contacts.clone(),
        kept_for,
        actor,
        now,
    };
    new.insert(transaction);
    let mut sealed_contacts = sealed_contacts.into_iter();
    let appointments = booked.into_iter().map(|one| Found {
        appointment: one.appointment,
        version: 1,
        terms: one.terms,
        sealed_contact: sealed_contacts.next(),
        reasons: Reasons::default(),
        sealed_reason: None,
    });
    let appointments = appointments.collect();
    let view = SeriesView::of(
        &FoundSeries {
            series,
            appointments,
        },
        &app.vault,
    )?;
    let secret = Some(secret.reveal().to_owned());
    Ok(SeriesView { secret, ..view })
}
