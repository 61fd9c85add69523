use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::actor::Actor;
use domain::booking::Wish;
use domain::calendar::Calendar;
use domain::code::Code as SpokenCode;
use domain::ids::CounsellorId;
use domain::minutes::WholeMinute;
use domain::series::{Date, Mode, NewAppointment, SeriesRule, book_dates};
use domain::slots::Unbookable;
use persistence::slots::Dates;
use persistence::vault::random_bytes;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::appointments::{ClientBody, contact};
use crate::checks::Checks;
use crate::extract::optional_object;
use crate::problems::Problem;
use crate::views::slot_id;

/// What is to be booked: a first slot, and by which rule others follow it, with the same counsellor
/// and at the same time on the clocks of the site.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"slot_id": "040sj0000007004000000000000g368000000w00g00000000000a0cs0000003g0200000000000101rk800", "rule": "FREQ=WEEKLY;BYDAY=TU;COUNT=6", "mode": "what_fits"}))]
pub struct SeriesBody {
    /// The first one.
    pub slot_id: String,
    /// A part of RFC 5545: weekly or monthly, with COUNT or UNTIL; at most 52 dates in two years. The
    /// first slot lies on one of its days.
    pub rule: String,
    /// What to do when some of the dates cannot be booked: `all_or_nothing`, which is meant unless
    /// given, or `what_fits`.
    #[serde(default)]
    #[schema(example = "what_fits")]
    pub mode: Option<String>,
    #[serde(default, deserialize_with = "optional_object")]
    pub client: Option<ClientBody>,
    /// The language in which the visitor wants to speak.
    #[serde(default)]
    #[schema(example = "ar")]
    pub language: Option<String>,
    /// One of the slots' modalities; the first of them unless given.
    #[serde(default)]
    #[schema(example = "phone")]
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
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) wish: Wish,
    pub(super) rule: SeriesRule,
    pub(super) mode: Mode,
}

/// Where and when its dates are.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) dates: Dates,
    pub(super) zone: Tz,
}

impl SeriesBody {
    pub(super) fn read(self) -> Result<Wanted, Problem> {
        let slot = slot_id(&self.slot_id)?;
        let mut checks = Checks::new();
        let rule = checks.field("/rule", self.rule.parse::<SeriesRule>());
        let mode = checks.optional("/mode", self.mode.map(|text| text.parse::<Mode>()));
        let contact = contact::read(self.client, self.access_needs, self.note, None, &mut checks);
        let language = checks.optional("/language", self.language.map(|tag| tag.parse()));
        let modality = checks.optional("/modality", self.modality.map(|text| text.parse()));
        let interpreter_needed = self.interpreter_needed;
        checks.finish(|| {
            let wish = Wish {
                slot,
                modality: modality?,
                language: language?,
                interpreter_needed,
                contact: contact?,
            };
            Some(Wanted {
                wish,
                rule: rule?,
                mode: mode?.unwrap_or(Mode::AllOrNothing),
            })
        })
    }
}

impl Wanted {
    /// The dates by the calendar of the first slot: with its counsellor, on the clocks of its site.
    pub(super) fn plan(&self, first: &Calendar) -> Result<Planned, Problem> {
        let (counsellor, zone) = place_of(first)?;
        if first.asks_for(self.wish.slot.service_id, None).is_err() {
            let detail = "a visit is booked by itself, and not as a series";
            return Err(Problem::rule("/slot_id", detail));
        }
        let slot = self.wish.slot;
        let starts = self.rule.starts(slot.starts_at, zone);
        let dates = Dates {
            organisation: slot.organisation_id,
            service: slot.service_id,
            counsellor,
            starts: starts.map_err(|error| Problem::rule("/rule", error))?,
            interpreted: self.wish.interpreted().cloned(),
        };
        Ok(Planned { dates, zone })
    }

    /// Decides about each of the dates.
    pub(super) fn decide(
        &self,
        planned: &Planned,
        calendar: &Calendar,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Vec<Date>, Problem> {
        let named = |start: &WholeMinute| {
            let code = SpokenCode::from_random(random_bytes()?);
            let id = Uuid::now_v7().into();
            Ok((*start, NewAppointment { id, code }))
        };
        let starts = planned.dates.starts.iter().map(named);
        let starts = starts.collect::<Result<Vec<_>, Problem>>()?;
        let counsellor = planned.dates.counsellor;
        Ok(book_dates(
            &self.wish, counsellor, &starts, calendar, actor, now,
        )?)
    }
}

/// With whom a slot is, and on which clocks; if it is offered at all.
pub(super) fn place_of(calendar: &Calendar) -> Result<(CounsellorId, Tz), Problem> {
    let gone = || Problem::from(Unbookable::OutsideSession);
    let opening = calendar.openings.first().ok_or_else(gone)?;
    let site = calendar.sites.get(&opening.site_id).ok_or_else(gone)?;
    Ok((opening.counsellor_id, site.time_zone))
}
