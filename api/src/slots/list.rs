use std::str::FromStr;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get};
use chrono::{DateTime, FixedOffset};
use domain::distance::Near;
use domain::modality::Modality;
use domain::site::Coordinates;
use domain::texts::LanguageTag;
use domain::visits::Doorstep;
use persistence::acting::Reader;
use persistence::services;
use persistence::slots::{Filter, Subject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::SlotView;
use super::any;
use super::search::{Found, Wanted, search, where_to};
use crate::app::AppData;
use crate::authentication::Caller;
use crate::extract::Query;
use crate::pages::{self, Limit, next_link};
use crate::problems::Problem;
use crate::refusals::{ChangeRefusals, Refusals};
use crate::spans::{broken, window};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSlots {
    /// Slots of this service. Either this or `topic` is given.
    #[param(format = Uuid)]
    service_id: Option<String>,
    /// Slots of all services of this topic.
    #[param(example = "psychosocial", pattern = "^[a-z][a-z0-9_]{0,62}$")]
    topic: Option<String>,
    /// Slots that start at this instant or later; now, unless given.
    #[param(format = DateTime)]
    from: Option<String>,
    /// Slots that start before this instant; 14 days after `from` unless given, at most 62.
    #[param(format = DateTime)]
    before: Option<String>,
    /// Only slots of this counsellor.
    #[param(format = Uuid)]
    counsellor_id: Option<String>,
    /// Slots of one service at one site that start together are told as one, without a counsellor.
    /// Whoever books it gets one who speaks the `language` of the booking, if any does, and has the
    /// fewest talks in that week; of visits, one who goes so far. Groups are left out.
    any_counsellor: Option<bool>,
    /// Only slots at this site.
    #[param(format = Uuid)]
    site_id: Option<String>,
    /// Only slots of this organisation.
    #[param(format = Uuid)]
    organisation_id: Option<String>,
    /// A BCP 47 tag that service and counsellor share.
    #[param(example = "ar")]
    language: Option<String>,
    /// One of `in_person`, `phone`, `video`, `at_home`.
    #[param(example = "phone")]
    modality: Option<String>,
    /// Only slots for which an interpreter for this language is free, of services that book any.
    #[param(example = "ar")]
    interpreter_language: Option<String>,
    /// Only slots with counsellors who say that they are `female`, `male` or `diverse`, of services
    /// that allow this wish.
    #[param(example = "female")]
    counsellor_gender: Option<String>,
    /// Only slots at sites around this place: latitude and longitude in degrees. Goes with
    /// `within_km`.
    #[param(example = "51.34,12.37", pattern = r"^-?\d+(\.\d+)?,-?\d+(\.\d+)?$")]
    near: Option<String>,
    /// How far from `near`, in kilometres as the crow flies.
    #[param(exclusive_minimum = 0, maximum = 1000, example = 25)]
    within_km: Option<f64>,
    /// Where a visit is wanted: latitude and longitude in degrees. Only then there are slots of visits:
    /// of those who go so far, at starts around which the way there and back is free.
    #[param(example = "51.361,12.412", pattern = r"^-?\d+(\.\d+)?,-?\d+(\.\d+)?$")]
    visit_near: Option<String>,
    /// How many items a page has; more than 200 is answered with 200.
    #[param(minimum = 1, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Free slots, by start, session and service.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlotPage {
    pub items: Vec<SlotView>,
    /// Where the next page begins; null on the last one.
    #[schema(required)]
    pub next_cursor: Option<String>,
    /// The start of the first slot of this page or, if it is empty, of the first one afterwards;
    /// null if there is none up to the horizon of the services.
    #[schema(required)]
    pub next_available_at: Option<DateTime<FixedOffset>>,
}

/// List free slots
///
/// Of one service, or of all services of a topic across the network. An empty list still says when
/// the next one is. With a token, also those that are kept for staff and the caller may book.
#[utoipa::path(operation_id = "listSlots", tag = "booking", params(ListSlots), security((), ("bearer" = [])),
    responses((status = 200, description = "A page of slots", body = SlotPage), Refusals, ChangeRefusals))]
#[get("/v1/slots")]
pub async fn list_slots(
    request: HttpRequest,
    app: AppData,
    caller: Caller,
    query: Query<ListSlots>,
) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let limit = Limit::new(query.0.limit)?;
    let filter = query.0.filter()?;
    let window = window(query.0.from.as_deref(), query.0.before.as_deref(), now)?;
    let is_any = query.0.any_counsellor.unwrap_or_default();
    let doorstep = doorstep(query.0.visit_near.as_deref())?;
    let described = (
        &filter,
        is_any,
        doorstep,
        query.0.from.as_deref(),
        query.0.before.as_deref(),
    );
    let after: Option<String> = pages::after(query.0.cursor.as_deref(), &described)?;
    let readers = caller.reads_slots(&app).await?;
    let mut reader = app.database.public_reader().await?;
    allow_gender_wish(&mut reader, &filter).await?;
    let seen = (&mut reader, &readers);
    let wanted = Wanted {
        filter: &filter,
        doorstep,
        window,
        count: limit.count(),
    };
    let (items, last, next) = if is_any {
        told(
            any::search(seen, &wanted, position(after)?, now).await?,
            limit,
        )?
    } else {
        told(search(seen, &wanted, position(after)?, now).await?, limit)?
    };
    let page = SlotPage {
        items,
        next_cursor: last.and_then(|last| pages::cursor(last, &described)),
        next_available_at: next,
    };
    let mut response = HttpResponse::Ok();
    if let Some(link) = page
        .next_cursor
        .as_deref()
        .and_then(|cursor| next_link(&request, cursor))
    {
        response.insert_header((header::LINK, link));
    }
    Ok(response.json(page))
}

/// The items of a page, the last of them where more follow, and when the next one is.
type Told = (Vec<SlotView>, Option<String>, Option<DateTime<FixedOffset>>);

fn told<S>(mut found: Found<S>, limit: Limit) -> Result<Told, Problem>
where
    SlotView: for<'s> From<&'s S>,
{
    if found.asks_where {
        return Err(where_to());
    }
    let last = limit
        .cut(&mut found.items)
        .map(|last| SlotView::from(last).id);
    let next = found.next.map(|next| SlotView::from(&next).starts_at);
    Ok((found.items.iter().map(SlotView::from).collect(), last, next))
}

/// Where the page before ended.
fn position<T: FromStr>(after: Option<String>) -> Result<Option<T>, Problem> {
    let unreadable = |_| Problem::parameter("cursor", "send a `next_cursor` unchanged");
    let after = after.map(|text| text.parse().map_err(unreadable));
    after.transpose()
}

/// Nobody's gender is told by a service that does not allow to wish for it.
async fn allow_gender_wish(reader: &mut Reader, filter: &Filter) -> Result<(), Problem> {
    let Subject::Service(service) = filter.subject else {
        return Ok(());
    };
    if filter.counsellor_gender.is_some() && services::refuses_gender_wish(reader, service).await? {
        let detail = format!("the service {service} does not allow this wish");
        return Err(broken("counsellor_gender", &detail));
    }
    Ok(())
}

impl ListSlots {
    fn filter(&self) -> Result<Filter, Problem> {
        let subject = match (
            pages::parsed("service_id", self.service_id.as_deref())?,
            self.topic.as_deref(),
        ) {
            (Some(service), None) => Subject::Service(service),
            (None, Some(topic)) => Subject::Topic(
                topic
                    .parse()
                    .map_err(|error| Problem::parameter("topic", error))?,
            ),
            _ => {
                return Err(broken(
                    "service_id",
                    "either `service_id` or `topic` is given",
                ));
            }
        };
        if self.any_counsellor == Some(true) && self.counsellor_id.is_some() {
            return Err(broken(
                "any_counsellor",
                "either any counsellor or `counsellor_id`",
            ));
        }
        let gender = self.counsellor_gender.as_deref().map(|text| {
            text.parse()
                .map_err(|error| Problem::parameter("counsellor_gender", error))
        });
        Ok(Filter {
            subject,
            organisation_id: pages::parsed("organisation_id", self.organisation_id.as_deref())?,
            counsellor_id: pages::parsed("counsellor_id", self.counsellor_id.as_deref())?,
            site_id: pages::parsed("site_id", self.site_id.as_deref())?,
            language: tag("language", self.language.as_deref())?,
            interpreter_language: tag(
                "interpreter_language",
                self.interpreter_language.as_deref(),
            )?,
            modality: modality(self.modality.as_deref())?,
            counsellor_gender: gender.transpose()?,
            near: near(self.near.as_deref(), self.within_km)?,
        })
    }
}

pub(super) fn doorstep(text: Option<&str>) -> Result<Option<Doorstep>, Problem> {
    let Some(text) = text else {
        return Ok(None);
    };
    let (latitude, longitude) = degrees("visit_near", text)?;
    let doorstep = Doorstep::new(latitude, longitude);
    let doorstep = doorstep.map_err(|error| broken("visit_near", &error.to_string()));
    doorstep.map(Some)
}

fn degrees(name: &str, text: &str) -> Result<(f64, f64), Problem> {
    let malformed = || Problem::parameter(name, "is a latitude and a longitude: `51.34,12.37`");
    let (latitude, longitude) = text.split_once(',').ok_or_else(malformed)?;
    let degrees = |text: &str| text.parse::<f64>().map_err(|_| malformed());
    Ok((degrees(latitude)?, degrees(longitude)?))
}

pub(super) fn tag(name: &str, text: Option<&str>) -> Result<Option<LanguageTag>, Problem> {
    let tag = text.map(str::parse).transpose();
    tag.map_err(|error| Problem::parameter(name, error))
}

pub(super) fn modality(text: Option<&str>) -> Result<Option<Modality>, Problem> {
    let modality = text.map(str::parse).transpose();
    modality.map_err(|error| Problem::parameter("modality", error))
}

fn near(centre: Option<&str>, within_km: Option<f64>) -> Result<Option<Near>, Problem> {
    let (centre, within_km) = match (centre, within_km) {
        (None, None) => return Ok(None),
        (Some(centre), Some(within_km)) => (centre, within_km),
        (None, Some(_)) => return Err(broken("near", "`within_km` goes with `near`")),
        (Some(_), None) => return Err(broken("within_km", "`near` goes with `within_km`")),
    };
    let (latitude, longitude) = degrees("near", centre)?;
    let centre = Coordinates::new(latitude, longitude)
        .map_err(|error| broken("near", &error.to_string()))?;
    let near =
        Near::new(centre, within_km).map_err(|error| broken("within_km", &error.to_string()))?;
    Ok(Some(near))
}
