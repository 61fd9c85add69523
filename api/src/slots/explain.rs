use actix_web::http::header;
use actix_web::{HttpResponse, get};
use chrono::{DateTime, FixedOffset, TimeDelta};
use chrono_tz::Tz;
use domain::calendar::{Answer, Explained, Question, Wishes};
use domain::ids::{RoomId, ServiceId};
use domain::kept;
use domain::minutes::WholeMinute;
use domain::permission::Permission;
use domain::slots::{Limit, Verdict};
use domain::span::Span;
use persistence::acting::Reader;
use persistence::services;
use persistence::slots::{AskedStart, Filter, Subject, load_start};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::list::{doorstep, modality, tag};
use super::search::{Wanted, asks_where, search, where_to};
use super::sentences::sentence;
use crate::app::{App, AppData};
use crate::authentication::Caller;
use crate::extract::{Languages, Query};
use crate::pages;
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::spans::{broken, instant};
use crate::views::local;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExplainSlot {
    /// The service that is wanted.
    #[param(format = Uuid)]
    service_id: String,
    /// When it should start: an instant on a whole minute.
    #[param(format = DateTime, example = "2026-12-01T09:00:00+01:00")]
    at: String,
    /// Only with this counsellor.
    #[param(format = Uuid)]
    counsellor_id: Option<String>,
    /// Only at this site.
    #[param(format = Uuid)]
    site_id: Option<String>,
    /// A BCP 47 tag that service and counsellor share.
    #[param(example = "ar")]
    language: Option<String>,
    /// One of `in_person`, `phone`, `video`, `at_home`.
    #[param(example = "phone")]
    modality: Option<String>,
    /// Only where an interpreter for this language is free, of services that book any.
    #[param(example = "ar")]
    interpreter_language: Option<String>,
    /// Where a visit is wanted: latitude and longitude in degrees.
    #[param(example = "51.361,12.412", pattern = r"^-?\d+(\.\d+)?,-?\d+(\.\d+)?$")]
    visit_near: Option<String>,
}

/// Why a service can or cannot be booked at a time.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlotExplanation {
    /// `free`, or what is in the way: `past`, `too-soon`, `too-far`, `no-session`,
    /// `modality-not-offered`, `language-not-offered`, `out-of-reach`, `off-grid`, `public-holiday`,
    /// `closed`, `taken`, `cap-reached`, `no-interpreter`, `not-by-slots`; for staff also `not-published`.
    /// Whether somebody is away or busy is the same to the public: `taken`.
    #[schema(example = "taken")]
    pub code: &'static str,
    /// The same for people, by `Accept-Language`: German, plain German (`de-simple`) or English.
    #[schema(example = "This time is not free any more.")]
    pub sentence: String,
    /// The slot, if it is free.
    #[schema(required)]
    pub slot_id: Option<String>,
    /// The first slot from then on that fits the wishes; null if there is none up to the horizon.
    #[schema(required)]
    pub next_available_at: Option<DateTime<FixedOffset>>,
    /// What each rule says in each session that is open then: for staff of the organisation only,
    /// else null.
    #[schema(required)]
    pub sessions: Option<Vec<ExplainedSession>>,
}

/// A session, and what each rule says about a start in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainedSession {
    pub session_id: Uuid,
    pub counsellor_id: Uuid,
    pub site_id: Uuid,
    #[schema(required)]
    pub room_id: Option<Uuid>,
    /// Those that are broken say what they met.
    pub rules: Vec<ExplainedRule>,
}

/// What one rule says.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainedRule {
    /// `published`, `by_slots`, `in_use`, `modality`, `language`, `way`, `session`, `grid`, `notice`,
    /// `horizon`, `counsellor_free`, `room_free`, `places`, `counsellor_there`, `room_open`,
    /// `site_open`, `organisation_open`, `no_holiday`, `talks_of_day`, `pause`, `talks_of_week`,
    /// `needs_room`, `needs_interpreter`, `needs_equipment`, `needs_companion`.
    #[schema(example = "counsellor_free")]
    pub rule: &'static str,
    pub passed: bool,
    /// From when on it can be booked, or where what is in the way begins.
    #[schema(required)]
    pub from: Option<DateTime<FixedOffset>>,
    /// Before when it can be booked, or where what is in the way ends; of `session`, its own times.
    #[schema(required)]
    pub before: Option<DateTime<FixedOffset>>,
    /// The number that would be exceeded or that is needed; of `grid`, the minutes between starts.
    #[schema(required, example = json!(null))]
    pub limit: Option<u32>,
}

/// Explain a time
///
/// Says why there is a slot of a service at a time or why not, and when the next one that fits is.
/// It is decided by the rules of the search; staff of the organisation see each of them.
#[utoipa::path(operation_id = "explainSlot", tag = "booking", params(ExplainSlot), security((), ("bearer" = [])),
    responses((status = 200, description = "Why", body = SlotExplanation), Refusals, ChangeRefusals))]
#[get("/v1/slots/explain")]
pub async fn explain_slot(
    app: AppData,
    caller: Caller,
    languages: Languages,
    query: Query<ExplainSlot>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let (filter, asked) = query.0.read()?;
    let (mut reader, sees_rules) = reader(&app, &caller, asked.service_id).await?;
    let doorstep = doorstep(query.0.visit_near.as_deref())?;
    let (mut calendar, is_published) = load_start(&mut reader, &asked, now).await?;
    match doorstep {
        Some(doorstep) => calendar.lead_to(doorstep),
        None if asks_where(&calendar, asked.service_id) => return Err(where_to()),
        None => {}
    }
    // Whoever sees the rules sees also what is kept for staff.
    let reads = if sees_rules {
        kept::Reader::Holder
    } else {
        kept::Reader::Public
    };
    calendar.reader = reads.clone();
    let wishes = Wishes {
        modality: filter.modality,
        language: filter.language.clone(),
        interpreter: filter.interpreter_language.is_some(),
    };
    let question = Question {
        starts_at: asked.starts_at,
        wishes: &wishes,
        is_published,
    };
    let explained = calendar.explain(question, now);
    let answer = if explained.is_empty() {
        let service = services::find(&mut reader, asked.service_id).await?;
        let service = service.ok_or_else(Problem::not_found)?.value;
        Answer::without_session(&service, asked.starts_at, now)
    } else {
        Answer::of(&explained, asked.starts_at, now)
    };
    let wanted = Wanted {
        filter: &filter,
        doorstep,
        window: minute(asked.starts_at)?,
        count: 1,
    };
    let found = search((&mut reader, &reads), &wanted, None, now).await?;
    let zone_of = |session: &Explained<'_>| {
        let site = calendar.sites.get(&session.opening.site_id);
        site.map_or(Tz::UTC, |site| site.time_zone)
    };
    let sessions = explained
        .iter()
        .map(|session| session_view(session, zone_of(session)));
    let free = found.items.first().filter(|_| answer == Answer::Free);
    let next = found.next.as_ref();
    Ok(HttpResponse::Ok()
        .insert_header((header::VARY, "Authorization, Accept-Language"))
        .json(SlotExplanation {
            code: answer.as_str(),
            sentence: sentence(answer, &languages.0),
            slot_id: free.map(|offered| offered.slot.id.to_string()),
            next_available_at: next
                .map(|offered| local(offered.slot.span.from(), offered.time_zone)),
            sessions: sees_rules.then(|| sessions.collect()),
        }))
}

/// Staff look with their own eyes where the service is of their organisation, and everybody else
/// with those of the public.
async fn reader(app: &App, caller: &Caller, id: ServiceId) -> Result<(Reader, bool), Problem> {
    if let Caller::SignedIn(signed_in) = caller {
        let (mut reader, staff) = app.staff_reader(signed_in).await?;
        let service = services::find(&mut reader, id).await?;
        let organisation = service.map(|service| service.value.organisation_id);
        if organisation.is_some_and(|it| staff.may(Permission::ReadSetup, it)) {
            return Ok((reader, true));
        }
    }
    Ok((app.database.public_reader().await?, false))
}

/// What starts then starts within it.
fn minute(starts_at: WholeMinute) -> Result<Span, Problem> {
    let starts_at = starts_at.instant();
    Span::written(starts_at, starts_at + TimeDelta::minutes(1))
        .map_err(|error| broken("at", &error.to_string()))
}

impl ExplainSlot {
    fn read(&self) -> Result<(Filter, AskedStart), Problem> {
        let service_id = pages::parsed("service_id", Some(&self.service_id))?;
        let service_id: ServiceId = service_id.ok_or_else(Problem::not_found)?;
        let starts_at = WholeMinute::new(instant("at", &self.at)?)
            .map_err(|error| broken("at", &error.to_string()))?;
        minute(starts_at)?;
        let filter = Filter {
            subject: Subject::Service(service_id),
            organisation_id: None,
            counsellor_id: pages::parsed("counsellor_id", self.counsellor_id.as_deref())?,
            site_id: pages::parsed("site_id", self.site_id.as_deref())?,
            language: tag("language", self.language.as_deref())?,
            modality: modality(self.modality.as_deref())?,
            interpreter_language: tag(
                "interpreter_language",
                self.interpreter_language.as_deref(),
            )?,
            near: None,
            counsellor_gender: None,
        };
        let asked = AskedStart {
            service_id,
            starts_at,
            counsellor_id: filter.counsellor_id,
            site_id: filter.site_id,
            interpreter_language: filter.interpreter_language.clone(),
        };
        Ok((filter, asked))
    }
}

fn session_view(session: &Explained<'_>, time_zone: Tz) -> ExplainedSession {
    let opening = session.opening;
    let rule = |verdict: &Verdict| rule_view(verdict, time_zone);
    ExplainedSession {
        session_id: opening.session_id.uuid(),
        counsellor_id: opening.counsellor_id.uuid(),
        site_id: opening.site_id.uuid(),
        room_id: opening.room_id.map(RoomId::uuid),
        rules: session.verdicts.iter().map(rule).collect(),
    }
}

fn rule_view(verdict: &Verdict, time_zone: Tz) -> ExplainedRule {
    let (from, before, limit) = match verdict.broken {
        Some(Limit::From(instant)) => (Some(instant), None, None),
        Some(Limit::Before(instant)) => (None, Some(instant), None),
        Some(Limit::Span(span)) => (Some(span.from()), Some(span.before()), None),
        Some(Limit::Every(number) | Limit::Most(number)) => (None, None, Some(number)),
        Some(Limit::NotOffered) | None => (None, None, None),
    };
    ExplainedRule {
        rule: verdict.rule.as_str(),
        passed: verdict.broken.is_none(),
        from: from.map(|instant| local(instant, time_zone)),
        before: before.map(|instant| local(instant, time_zone)),
        limit,
    }
}
