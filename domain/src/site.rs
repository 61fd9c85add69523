//! Where appointments take place.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use chrono_tz::Tz;

use crate::holidays::FederalState;
use crate::ids::{LoanId, OrganisationId, RoomId, SiteId};
use crate::line::Line;
use crate::needs::Feature;
use crate::texts::Texts;

/// A place with an address, a time zone and a federal state.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    pub id: SiteId,
    pub organisation_id: OrganisationId,
    pub name: Texts,
    pub address: Address,
    pub coordinates: Option<Coordinates>,
    pub regional_key: Option<RegionalKey>,
    pub federal_state: FederalState,
    pub time_zone: Tz,
    pub published: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub street: Line,
    pub postal_code: Line,
    pub city: Line,
}

/// WGS 84, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coordinates {
    latitude: f64,
    longitude: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("coordinates are degrees: latitude from -90 to 90, longitude from -180 to 180")]
pub struct OffTheGlobe;

impl Coordinates {
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, OffTheGlobe> {
        if (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude) {
            Ok(Self {
                latitude,
                longitude,
            })
        } else {
            Err(OffTheGlobe)
        }
    }

    #[must_use]
    pub const fn latitude(self) -> f64 {
        self.latitude
    }

    #[must_use]
    pub const fn longitude(self) -> f64 {
        self.longitude
    }
}

/// The *Amtlicher Regionalschlüssel* (ARS) of the Federal Statistical Office: twelve digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionalKey(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a regional key has twelve digits, as in 147130000000 for Leipzig")]
pub struct MalformedRegionalKey;

impl RegionalKey {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RegionalKey {
    type Err = MalformedRegionalKey;

    fn from_str(text: &str) -> Result<Self, MalformedRegionalKey> {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(MalformedRegionalKey)
        }
    }
}

impl fmt::Display for RegionalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A bookable room of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    pub id: RoomId,
    pub organisation_id: OrganisationId,
    pub site_id: SiteId,
    pub name: Line,
    pub seats: Option<Seats>,
    pub features: BTreeSet<Feature>,
    /// Of which it is the room, where another organisation lends it.
    pub on_loan: Option<OnLoan>,
}

/// The loan that a room stands for, and the owner's room behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnLoan {
    pub loan_id: LoanId,
    pub owner_id: OrganisationId,
    pub room_id: RoomId,
}

/// 1 to 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seats(u16);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a room has 1 to 10,000 seats")]
pub struct SeatsOutOfRange;

impl Seats {
    pub fn new(seats: i64) -> Result<Self, SeatsOutOfRange> {
        match u16::try_from(seats) {
            Ok(seats) if (1..=10_000).contains(&seats) => Ok(Self(seats)),
            _ => Err(SeatsOutOfRange),
        }
    }

    #[must_use]
    pub const fn count(self) -> u16 {
        self.0
    }
}
