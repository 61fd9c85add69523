//! Series: appointments that are booked together, on the dates of a rule.

mod book;
mod cancel;
mod find;
mod get;
mod preview;
mod reschedule;
mod wanted;

use chrono::{DateTime, FixedOffset};
use chrono_tz::Tz;
use domain::actor::{Actor, Staff};
use domain::appointment::Appointment;
use domain::minutes::{Minutes, WholeMinute};
use domain::permission::Permission;
use domain::series::Agreed;
use persistence::appointments::Found;
use persistence::series::FoundSeries;
use persistence::vault::Vault;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use book::book_series;
pub(crate) use book::save;
pub use cancel::{CancelSeriesBody, cancel_series};
pub use find::find_series;
pub use get::get_series;
pub use preview::{SeriesDateView, SeriesPreview};
pub use reschedule::{RescheduleSeriesBody, reschedule_series};
pub use wanted::SeriesBody;

use crate::appointments::AppointmentView;
use crate::permit::permit_for;
use crate::problems::{Code, FieldProblem, Problem};
use crate::views::local;

/// Appointments that were booked together. Each can be opened, moved and cancelled on its own.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeriesView {
    pub id: Uuid,
    /// What a person can say on the telephone; opens nothing by itself.
    #[schema(example = "K7QF-2MXP")]
    pub code: String,
    /// Opens the series and each of its appointments without an account, as the header
    /// `Appointment-Secret`. Told once, in the answer to the booking, and null everywhere else.
    #[schema(required)]
    pub secret: Option<String>,
    pub organisation_id: Uuid,
    pub service_id: Uuid,
    /// The rule by which it was booked (RFC 5545); null when there was none.
    #[schema(required, example = "FREQ=WEEKLY;BYDAY=TU;COUNT=6")]
    pub rule: Option<String>,
    /// The course that was booked; null when it is none.
    #[schema(required, example = json!(null))]
    pub course_id: Option<Uuid>,
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    pub booked_at: DateTime<FixedOffset>,
    /// All of them, by start, whatever became of them.
    pub appointments: Vec<AppointmentView>,
    /// In the answer to a booking the dates that could not be booked, in the answer to a
    /// cancellation the appointments that stay; empty everywhere else.
    pub left_out: Vec<LeftOutView>,
}

/// One date with which nothing was done, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeftOutView {
    pub starts_at: DateTime<FixedOffset>,
    /// The appointment that stays, if it is about one.
    #[schema(required)]
    pub appointment_id: Option<Uuid>,
    /// The kind of problem, for programs.
    #[schema(example = "slot-taken")]
    pub code: String,
    /// For people.
    pub detail: String,
}

impl LeftOutView {
    fn of_date(starts_at: WholeMinute, zone: Tz, why: Problem) -> Self {
        Self {
            starts_at: local(starts_at.instant(), zone),
            appointment_id: None,
            code: why.code.as_str().to_owned(),
            detail: why.detail,
        }
    }

    fn of_appointment(appointment: &Appointment, zone: Tz, why: Problem) -> Self {
        Self {
            starts_at: local(appointment.place.span.from(), zone),
            appointment_id: Some(appointment.id.uuid()),
            code: why.code.as_str().to_owned(),
            detail: why.detail,
        }
    }
}

impl SeriesView {
    fn of(found: &FoundSeries, vault: &Vault) -> Result<Self, Problem> {
        let series = &found.series;
        let appointments = found.appointments.iter();
        Ok(Self {
            id: series.id.uuid(),
            code: series.code.to_string(),
            secret: None,
            organisation_id: series.organisation_id.uuid(),
            service_id: series.service_id.uuid(),
            rule: series.rule.clone(),
            course_id: series.course_id.map(Uuid::from),
            time_zone: series.time_zone.name().to_owned(),
            booked_at: local(series.booked_at, series.time_zone),
            appointments: appointments
                .map(|found| AppointmentView::of(found, vault))
                .collect::<Result<_, _>>()?,
            left_out: Vec::new(),
        })
    }
}

/// What the actor sees of a series: staff those of its appointments that they may read. Nothing when
/// there are none.
fn seen(found: Option<FoundSeries>, actor: &Actor) -> Option<FoundSeries> {
    let mut found = found?;
    if let Actor::Staff(staff) = actor {
        let all = &mut found.appointments;
        all.retain(|found| found.appointment.visible_to(staff));
    }
    (!found.appointments.is_empty()).then_some(found)
}

fn permit_changes(staff: &Staff, appointments: &[&Appointment]) -> Result<(), Problem> {
    let change = Permission::ChangeAppointments;
    appointments
        .iter()
        .try_for_each(|one| permit_for(staff, change, one.organisation_id, one.place.counsellor_id))
}

fn agreed(found: &Found, deadline: Minutes) -> Agreed {
    Agreed {
        appointment: found.appointment.clone(),
        deadline,
    }
}

/// Nothing was done, for these dates.
pub(crate) fn unbookable(pointer: &str, zone: Tz, dates: Vec<(WholeMinute, Problem)>) -> Problem {
    let mut problem = Problem::because(
        Code::DatesUnbookable,
        format!(
            "{} of the dates cannot be booked, and nothing was changed",
            dates.len()
        ),
    );
    for (starts_at, why) in dates {
        let start = local(starts_at.instant(), zone).to_rfc3339();
        let detail = format!("{start}: {}", why.detail);
        problem = problem.with(FieldProblem::at(pointer, why.code.as_str(), detail));
    }
    problem
}
