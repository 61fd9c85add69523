//! From what `needed` answers to pools of whom any will do.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::calendar::SessionOpening;
use domain::ids::{CounsellorId, RoomId, ServiceId, SiteId};
use domain::slots::{BusySpans, Member, Need, Pool};
use domain::span::Span;
use serde_json::Value;
use uuid::Uuid;

use crate::error::{Error, Result};

/// Sessions of one counsellor in one place need the same for a service.
pub(super) type Needy = (ServiceId, CounsellorId, SiteId, Option<RoomId>);

pub(super) const fn who_needs(opening: &SessionOpening) -> Needy {
    (
        opening.service_id,
        opening.counsellor_id,
        opening.site_id,
        opening.room_id,
    )
}

/// The pools that the function told of; none where it was not asked.
pub(super) fn pools(needed: Option<&Value>) -> Result<Arc<[Pool]>> {
    let needs = needed.and_then(Value::as_array);
    needs.into_iter().flatten().map(pool).collect()
}

fn pool(told: &Value) -> Result<Pool> {
    let need = told["need"].as_str();
    let need = need.and_then(|text| {
        [Need::Room, Need::Interpreter, Need::Equipment]
            .into_iter()
            .find(|need| need.as_str() == text)
    });
    let wanted = told["wanted"].as_u64();
    let members = told["members"].as_array();
    Ok(Pool {
        need: need.ok_or_else(malformed)?,
        wanted: wanted
            .and_then(|count| usize::try_from(count).ok())
            .ok_or_else(malformed)?,
        members: members
            .into_iter()
            .flatten()
            .map(member)
            .collect::<Result<_>>()?,
    })
}

fn member(told: &Value) -> Result<Member> {
    let id = told["id"]
        .as_str()
        .and_then(|text| Uuid::parse_str(text).ok());
    Ok(Member {
        resource_id: id.ok_or_else(malformed)?.into(),
        claims: spans(&told["claims"])?,
        unavailable: spans(&told["unavailable"])?,
    })
}

fn spans(told: &Value) -> Result<BusySpans> {
    let spans = told.as_array().into_iter().flatten().map(|span| {
        let edge = |place: usize| span[place].as_f64().ok_or_else(malformed);
        // Whole seconds around it: slots begin and end on minutes.
        let (from, before) = (instant(edge(0)?.floor())?, instant(edge(1)?.ceil())?);
        Span::new(from, before).map_err(|error| Error::corrupt("need", error))
    });
    Ok(BusySpans::from_unsorted(spans.collect::<Result<_>>()?))
}

fn instant(seconds: f64) -> Result<DateTime<Utc>> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole seconds of the calendar are far below the largest integer"
    )]
    let seconds = seconds as i64;
    DateTime::from_timestamp(seconds, 0).ok_or_else(malformed)
}

fn malformed() -> Error {
    Error::corrupt("need", "its shape is another")
}
