use actix_web::HttpResponse;
use chrono::{DateTime, Datelike, Days, FixedOffset, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::actor::Actor;
use domain::calendar::OfferedSlot;
use domain::minutes::WholeMinute;
use domain::series::{Date, alternatives};
use domain::slot_id::SlotId;
use domain::span::Span;
use persistence::acting::Reader;
use persistence::slots::{self, Filter, Stretch, Subject};
use serde::Serialize;
use utoipa::ToSchema;

use super::wanted::{Planned, Wanted};
use crate::app::App;
use crate::authentication::Caller;
use crate::problems::Problem;
use crate::slots::SlotView;
use crate::views::local;

/// The dates that a rule means, and which of them could be booked at this moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeriesPreview {
    pub dates: Vec<SeriesDateView>,
}

/// One date of a rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeriesDateView {
    /// With the offset of the site.
    pub starts_at: DateTime<FixedOffset>,
    pub bookable: bool,
    /// The slot, if it can be booked.
    #[schema(required)]
    pub slot_id: Option<String>,
    /// Why it cannot be booked, for programs.
    #[schema(required, example = "slot-taken")]
    pub code: Option<String>,
    /// Why it cannot be booked, for people.
    #[schema(required)]
    pub detail: Option<String>,
    /// Free slots of the same week instead, if it cannot be booked: with the same counsellor first,
    /// the nearest first.
    pub alternatives: Vec<SlotView>,
}

/// How many free slots are told instead of one that is not.
const ALTERNATIVES: usize = 5;
/// More sessions than that are not looked at for them.
const SESSIONS: i64 = 2000;

/// Three statements, however many dates there are; nothing is locked.
pub(super) async fn preview(
    app: &App,
    caller: &Caller,
    wanted: &Wanted,
    now: DateTime<Utc>,
) -> Result<HttpResponse, Problem> {
    let reads = caller.reads_slots(app).await?;
    let mut reader = app.database.public_reader().await?;
    let first = slots::load_slot(&mut reader, &wanted.wish.slot, now).await?;
    let planned = wanted.plan(&first)?;
    let mut calendar = slots::load_dates(&mut reader, &planned.dates, now).await?;
    calendar.reader = reads;
    let dates = wanted.decide(&planned, &calendar, &Actor::Visitor, now)?;
    let free = free_around(&mut reader, &planned, &dates, now).await?;
    let taken: Vec<Span> = booked(&dates).collect();
    let view = |date: Date| view(date, &planned, wanted.wish.slot, &free, &taken);
    Ok(HttpResponse::Ok().json(SeriesPreview {
        dates: dates.into_iter().map(view).collect(),
    }))
}

fn booked(dates: &[Date]) -> impl Iterator<Item = Span> {
    let booked = dates.iter().filter_map(|date| date.outcome.as_ref().ok());
    booked.map(|booked| booked.appointment.place.span)
}

/// The free slots of the service in the weeks of the dates that cannot be booked.
async fn free_around(
    reader: &mut Reader,
    planned: &Planned,
    dates: &[Date],
    now: DateTime<Utc>,
) -> Result<Vec<OfferedSlot>, Problem> {
    let refused = dates.iter().filter(|date| date.outcome.is_err());
    let starts: Vec<_> = refused.map(|date| date.starts_at).collect();
    let (Some(first), Some(last)) = (starts.first(), starts.last()) else {
        return Ok(Vec::new());
    };
    let from = monday(*first, planned.zone).max(now);
    let until = monday(*last, planned.zone) + TimeDelta::days(8);
    let Ok(window) = Span::new(from, until) else {
        return Ok(Vec::new());
    };
    let filter = Filter {
        subject: Subject::Service(planned.dates.service),
        organisation_id: Some(planned.dates.organisation),
        counsellor_id: None,
        site_id: None,
        language: None,
        modality: None,
        interpreter_language: planned.dates.interpreted.clone(),
        near: None,
        counsellor_gender: None,
    };
    let stretch = Stretch {
        from,
        until,
        limit: SESSIONS,
    };
    let read = slots::load(reader, &filter, stretch, now).await?;
    Ok(read.calendar.slots(window, now))
}

/// About when the week of a start begins: a few hours early at most.
fn monday(start: WholeMinute, zone: Tz) -> DateTime<Utc> {
    let local = start.instant().with_timezone(&zone);
    let days = Days::new(u64::from(local.weekday().num_days_from_monday()) + 1);
    start.instant().checked_sub_days(days).unwrap_or_default()
}

fn view(
    date: Date,
    planned: &Planned,
    slot: SlotId,
    free: &[OfferedSlot],
    taken: &[Span],
) -> SeriesDateView {
    let starts_at = local(date.starts_at.instant(), planned.zone);
    let why = match date.outcome {
        Ok(booked) => {
            let session_id = booked.appointment.place.session_id;
            let slot = SlotId {
                session_id,
                starts_at: date.starts_at,
                ..slot
            };
            return SeriesDateView {
                starts_at,
                bookable: true,
                slot_id: Some(slot.to_string()),
                code: None,
                detail: None,
                alternatives: Vec::new(),
            };
        }
        Err(why) => Problem::from(why),
    };
    let wanted = date.starts_at.instant();
    let instead = alternatives(free, wanted, planned.dates.counsellor, taken, ALTERNATIVES);
    SeriesDateView {
        starts_at,
        bookable: false,
        slot_id: None,
        code: Some(why.code.as_str().to_owned()),
        detail: Some(why.detail),
        alternatives: instead.into_iter().map(SlotView::from).collect(),
    }
}
