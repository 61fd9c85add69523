use std::collections::BTreeSet;

use domain::ids::SessionId;
use domain::places::{Capacity, Places};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::stored::parsed as read;

/// What `places_of` tells of a session.
pub(crate) fn parsed(line: &str) -> Result<(SessionId, Places)> {
    let mut words = line.split_ascii_whitespace();
    let mut next = || {
        let missing = || Error::corrupt("place", "a word is missing");
        words.next().ok_or_else(missing)
    };
    let session: Uuid = read("place", next()?)?;
    let capacity: i64 = read("place", next()?)?;
    let (taken, kept) = (read("place", next()?)?, read("place", next()?)?);
    let claimed: BTreeSet<_> = words
        .map(|word| read::<Uuid>("place", word).map(Into::into))
        .collect::<Result<_>>()?;
    let places = Places {
        capacity: Capacity::new(capacity).map_err(|error| Error::corrupt("place", error))?,
        taken,
        kept,
        claimed,
    };
    Ok((session.into(), places))
}
