//! Visits at home: how far a volunteer goes, and how long the way takes.
//!
//! The way to a visit and the way back are kept free around it, each reckoned from where the
//! volunteer sets out. Two visits of one volunteer need no more than that: the way from one to the
//! other is never longer than home from the one and out again to the other.

use std::fmt;

use crate::distance::kilometres;
use crate::line::Line;
use crate::minutes::Minutes;
use crate::site::{Coordinates, OffTheGlobe};
use crate::slots::Member;

/// Roads are longer than the flight of a crow.
const DETOUR: f64 = 1.3;

/// Ways are reckoned in steps of so many minutes, and always upwards.
const STEP: f64 = 5.0;

/// How a service reckons ways, and how many go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisitRules {
    minutes_per_km: u8,
    minimum: Minutes,
    pub volunteers: Volunteers,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VisitRulesError {
    #[error("a kilometre takes 1 to 30 minutes")]
    Speed,
    #[error("a way takes at least 0 to 240 minutes")]
    Minimum,
}

/// By bicycle, and time to ring the bell.
impl Default for VisitRules {
    fn default() -> Self {
        Self {
            minutes_per_km: 4,
            minimum: Minutes::new(10).expect("ten minutes"),
            volunteers: Volunteers::One,
        }
    }
}

impl VisitRules {
    pub fn new(
        minutes_per_km: i64,
        minimum_minutes: i64,
        volunteers: Volunteers,
    ) -> Result<Self, VisitRulesError> {
        let minutes_per_km = u8::try_from(minutes_per_km).ok();
        let minimum = u32::try_from(minimum_minutes).ok();
        let minimum = minimum.filter(|minutes| *minutes <= 240);
        Ok(Self {
            minutes_per_km: minutes_per_km
                .filter(|minutes| (1..=30).contains(minutes))
                .ok_or(VisitRulesError::Speed)?,
            minimum: minimum
                .and_then(|minutes| Minutes::new(minutes).ok())
                .ok_or(VisitRulesError::Minimum)?,
            volunteers,
        })
    }

    #[must_use]
    pub const fn minutes_per_km(self) -> u8 {
        self.minutes_per_km
    }

    #[must_use]
    pub const fn minimum(self) -> Minutes {
        self.minimum
    }

    /// How long the way takes between two places.
    #[must_use]
    pub fn way(self, from: Coordinates, to: Coordinates) -> Minutes {
        let minutes = kilometres(from, to) * DETOUR * f64::from(self.minutes_per_km);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "nothing on the globe is a million minutes away, nor less than none"
        )]
        let minutes = ((minutes / STEP).ceil() * STEP) as u32;
        Minutes::new(minutes)
            .unwrap_or(Minutes::MAX)
            .max(self.minimum)
    }
}

/// How many come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Volunteers {
    One,
    Two,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("one or two volunteers come to a visit")]
pub struct TooMany;

impl Volunteers {
    pub const fn new(count: i64) -> Result<Self, TooMany> {
        match count {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            _ => Err(TooMany),
        }
    }

    #[must_use]
    pub const fn count(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }
}

/// Where a volunteer sets out, and how far they go from there as the crow flies.
///
/// It is kept to a hundredth of a degree, about a kilometre: whoever asks often enough can find out
/// where the circle ends, and so its centre, and must not find a house there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VisitingArea {
    base: Coordinates,
    radius_km: f64,
}

/// Farther than any volunteer goes.
pub const LARGEST_RADIUS_KM: f64 = 100.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a volunteer goes more than 0 and at most 100 kilometres")]
pub struct RadiusOutOfRange;

impl VisitingArea {
    pub fn new(base: Coordinates, radius_km: f64) -> Result<Self, RadiusOutOfRange> {
        if radius_km > 0.0 && radius_km <= LARGEST_RADIUS_KM {
            Ok(Self {
                base: rounded(base, 100.0),
                radius_km,
            })
        } else {
            Err(RadiusOutOfRange)
        }
    }

    #[must_use]
    pub const fn base(self) -> Coordinates {
        self.base
    }

    #[must_use]
    pub const fn radius_km(self) -> f64 {
        self.radius_km
    }

    /// How long the way takes; none where it is too far.
    #[must_use]
    pub fn way_to(self, doorstep: Doorstep, rules: VisitRules) -> Option<Minutes> {
        let there = doorstep.coordinates();
        let is_near = kilometres(self.base, there) <= self.radius_km;
        is_near.then(|| rules.way(self.base, there))
    }
}

/// Where a visit is wanted, to a thousandth of a degree, about a hundred metres: enough for a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Doorstep {
    latitude: i32,
    longitude: i32,
}

impl Doorstep {
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, OffTheGlobe> {
        let at = Coordinates::new(latitude, longitude)?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "thousandths of degrees are at most 180,000"
        )]
        let thousandths = |degrees: f64| (degrees * 1000.0).round() as i32;
        Ok(Self {
            latitude: thousandths(at.latitude()),
            longitude: thousandths(at.longitude()),
        })
    }

    #[must_use]
    pub fn coordinates(self) -> Coordinates {
        let degrees = |thousandths| f64::from(thousandths) / 1000.0;
        Coordinates::new(degrees(self.latitude), degrees(self.longitude))
            .expect("rounding leads nowhere off the globe")
    }
}

fn rounded(at: Coordinates, parts: f64) -> Coordinates {
    let round = |degrees: f64| (degrees * parts).round() / parts;
    Coordinates::new(round(at.latitude()), round(at.longitude()))
        .expect("rounding leads nowhere off the globe")
}

/// The address at which a visitor wants to be visited. Kept sealed like a contact.
#[derive(Clone, PartialEq, Eq)]
pub struct Home {
    pub street: Line,
    pub postal_code: Line,
    pub city: Line,
    pub doorstep: Doorstep,
    /// What helps to find the door.
    pub hint: Option<Line>,
}

impl fmt::Debug for Home {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Home(hidden)")
    }
}

/// What is known of those who could come to the visits of a session.
#[derive(Debug, Clone, PartialEq)]
pub struct Visits {
    pub rules: VisitRules,
    /// Of the session's own volunteer, who goes nowhere without one.
    pub area: Option<VisitingArea>,
    /// Of whom any may come along.
    pub others: Vec<Companion>,
}

/// Somebody else who has hours at the same time.
#[derive(Debug, Clone, PartialEq)]
pub struct Companion {
    pub area: VisitingArea,
    /// Without the way; `unavailable` is also what lies outside their hours.
    pub member: Member,
}

#[cfg(test)]
mod tests;
