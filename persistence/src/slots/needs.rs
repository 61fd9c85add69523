//! From what `needed` answers to pools of whom any will do.

use std::sync::Arc;

use domain::calendar::SessionOpening;
use domain::ids::{CounsellorId, RoomId, ServiceId, SiteId};
use domain::slots::{BusySpans, Member, Need, Pool};
use serde_json::Value;
use uuid::Uuid;

use crate::error::{Error, Result};
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
        claims: BusySpans::from_unsorted(spans(&told["claims"])?),
        unavailable: BusySpans::from_unsorted(spans(&told["unavailable"])?),
    })
}

fn malformed() -> Error {
    Error::corrupt("need", "its shape is another")
}
