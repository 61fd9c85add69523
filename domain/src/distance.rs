//! How far is too far.

use crate::site::Coordinates;

/// A circle around a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    centre: Coordinates,
    within_km: f64,
}

/// Farther than anybody goes for a talk, and than any country of the network is wide.
pub const FARTHEST_KM: f64 = 1000.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a distance is more than 0 and at most 1000 kilometres")]
pub struct TooFar;

impl Near {
    pub fn new(centre: Coordinates, within_km: f64) -> Result<Self, TooFar> {
        if within_km > 0.0 && within_km <= FARTHEST_KM {
            Ok(Self { centre, within_km })
        } else {
            Err(TooFar)
        }
    }

    #[must_use]
    pub const fn centre(self) -> Coordinates {
        self.centre
    }

    #[must_use]
    pub const fn within_km(self) -> f64 {
        self.within_km
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_has_a_radius_that_somebody_would_travel() {
        let leipzig = Coordinates::new(51.34, 12.37).expect("coordinates");
        assert!(Near::new(leipzig, 0.5).is_ok());
        assert!(Near::new(leipzig, FARTHEST_KM).is_ok());
        for radius in [0.0, -1.0, 1000.1, f64::NAN, f64::INFINITY] {
            assert_eq!(Near::new(leipzig, radius), Err(TooFar), "{radius}");
        }
    }
}
