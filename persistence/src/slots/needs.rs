//! From what `needed` answers to pools of whom any will do.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::calendar::SessionOpening;
use domain::ids::{CounsellorId, RoomId, ServiceId, SiteId};
use domain::slots::{BusySpans, Member, Need, Pool};
use domain::visits::Visits;
use serde_json::Value;
use uuid::Uuid;

use super::visits;
use crate::error::{Error, Result};
use crate::loans::lent;
use crate::spans::spans;

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
pub(super) fn pools(needed: Option<&Value>, length: TimeDelta) -> Result<Arc<[Pool]>> {
    let needs = needed.and_then(Value::as_array).into_iter().flatten();
    let needs = needs.filter(|told| !is_of_visits(told));
    needs.map(|told| pool(told, length)).collect()
}

/// Who could come, of a visit.
pub(super) fn visits(needed: Option<&Value>) -> Result<Option<Arc<Visits>>> {
    let mut needs = needed.and_then(Value::as_array).into_iter().flatten();
    let told = needs.find(|told| is_of_visits(told));
    Ok(told.map(visits::read).transpose()?.map(Arc::new))
}

fn is_of_visits(told: &Value) -> bool {
    told["need"] == "visit"
}

/// Whether any of whom it was told is a room on loan.
pub(super) fn tells_of_loans(needed: &Value) -> bool {
    let needs = needed.as_array().into_iter().flatten();
    let mut members = needs
        .filter_map(|told| told["members"].as_array())
        .flatten();
    members.any(|member| !member["lent"].is_null())
}

/// The pools, behind the room of the session where that is on loan.
pub(super) fn with_room(
    room: Option<(RoomId, &Value)>,
    pools: Arc<[Pool]>,
    length: TimeDelta,
) -> Result<Arc<[Pool]>> {
    let Some((room, told)) = room else {
        return Ok(pools);
    };
    let own = lent(told)?.pool(room, length);
    Ok(std::iter::once(own).chain(pools.iter().cloned()).collect())
}

fn pool(told: &Value, length: TimeDelta) -> Result<Pool> {
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
            .map(|told| member(told, length))
            .collect::<Result<_>>()?,
    })
}

/// Of a room on loan besides what its owner and the loan leave of it.
fn member(told: &Value, length: TimeDelta) -> Result<Member> {
    let id = id(told)?.into();
    let (claims, unavailable) = (spans(&told["claims"])?, spans(&told["unavailable"])?);
    if !told["lent"].is_null() {
        let mut lent = lent(&told["lent"])?;
        lent.claims.extend(claims);
        lent.closed.extend(unavailable);
        return Ok(lent.member(id, length));
    }
    Ok(Member {
        resource_id: id,
        claims: BusySpans::from_unsorted(claims),
        unavailable: BusySpans::from_unsorted(unavailable),
        ration: None,
        timing: None,
        capped: None,
    })
}

pub(super) fn id(told: &Value) -> Result<Uuid> {
    let id = told["id"].as_str();
    id.and_then(|text| Uuid::parse_str(text).ok())
        .ok_or_else(malformed)
}

pub(super) fn malformed() -> Error {
    Error::corrupt("need", "its shape is another")
}
