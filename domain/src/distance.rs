//! How far it is, and how far is too far.

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

/// As the crow flies, by the haversine formula on a sphere of the Earth's mean size.
#[must_use]
pub fn kilometres(from: Coordinates, to: Coordinates) -> f64 {
    let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
    let along = from.latitude().to_radians().cos() * to.latitude().to_radians().cos();
    let square =
        half(from.latitude(), to.latitude()) + along * half(from.longitude(), to.longitude());
    2.0 * EARTH_RADIUS_KM * square.min(1.0).sqrt().asin()
}

const EARTH_RADIUS_KM: f64 = 6371.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_leipzig_to_halle_it_is_thirty_kilometres() {
        let at = |latitude, longitude| Coordinates::new(latitude, longitude).expect("coordinates");
        let (leipzig, halle) = (at(51.34, 12.37), at(51.48, 11.97));
        let distance = kilometres(leipzig, halle);
        assert!((31.0..33.0).contains(&distance), "{distance}");
        assert!((kilometres(halle, leipzig) - distance).abs() < 1e-9);
        assert!(kilometres(halle, halle).abs() < f64::EPSILON);
        assert!(kilometres(at(0.0, 0.0), at(0.0, 180.0)) < 20_016.0);
    }

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
