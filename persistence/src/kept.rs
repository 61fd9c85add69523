//! What a session keeps for staff, as it is stored.

use std::collections::BTreeMap;

use domain::ids::SessionId;
use domain::kept::{DeskPlaces, Kept};
use domain::minutes::Minutes;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::stored::parsed;

pub(crate) const fn audience(kept: Kept) -> &'static str {
    if kept.staff_only { "staff" } else { "everyone" }
}

pub(crate) fn opens_to_all(kept: Kept) -> Option<i32> {
    // At most 366 days.
    let minutes = kept.opens_to_all.map(Minutes::count);
    minutes.and_then(|count| i32::try_from(count).ok())
}

pub(crate) fn read(audience: &str, desk_places: i32, opens_to_all: Option<i32>) -> Result<Kept> {
    let corrupt = |why: &dyn std::fmt::Display| Error::corrupt("session", why);
    let minutes = |count: i32| {
        let count = u32::try_from(count).map_err(|error| corrupt(&error))?;
        Minutes::new(count).map_err(|error| corrupt(&error))
    };
    Ok(Kept {
        staff_only: audience == "staff",
        desk_places: DeskPlaces::new(desk_places.into()).map_err(|error| corrupt(&error))?,
        opens_to_all: opens_to_all.map(minutes).transpose()?,
    })
}

/// What `kept_for_staff` tells of some sessions: lines that begin with `kept`.
pub(crate) fn told<'l>(
    lines: impl IntoIterator<Item = &'l String>,
) -> Result<BTreeMap<SessionId, Kept>> {
    let lines = lines.into_iter();
    let lines = lines.filter_map(|line| line.strip_prefix("kept "));
    lines.map(of_line).collect()
}

fn of_line(line: &str) -> Result<(SessionId, Kept)> {
    let mut words = line.split(' ');
    let mut next = || words.next().unwrap_or_default();
    let session: Uuid = parsed("session", next())?;
    let (audience, desk_places) = (next(), parsed("session", next())?);
    let opens = words.next().map(|count| parsed("session", count));
    let kept = read(audience, desk_places, opens.transpose()?)?;
    Ok((session.into(), kept))
}
