//! What of a session is kept for staff: emergency talks, and places that are given at the desk.

use crate::actor::Staff;
use crate::calendar::SessionOpening;
use crate::minutes::{Minutes, WholeMinute, minute_at_or_after};
use crate::permission::Permission;

/// What of a session only staff book.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    /// All of it.
    pub staff_only: bool,
    /// The last so many places, of a session that many attend.
    pub desk_places: DeskPlaces,
    /// From less than this long before the start everybody books it; never, when there is none.
    pub opens_to_all: Option<Minutes>,
}

/// How many places are given at the desk only, to whoever comes in person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeskPlaces(u16);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("0 to {} places are kept for the desk", DeskPlaces::MOST)]
pub struct TooManyDeskPlaces;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nothing is kept for staff that could open to all: see `audience` and `desk_places`")]
pub struct NothingToOpen;

impl DeskPlaces {
    pub const MOST: u16 = 500;

    pub fn new(count: i64) -> Result<Self, TooManyDeskPlaces> {
        match u16::try_from(count) {
            Ok(count) if count <= Self::MOST => Ok(Self(count)),
            _ => Err(TooManyDeskPlaces),
        }
    }

    #[must_use]
    pub const fn count(self) -> u16 {
        self.0
    }
}

impl Kept {
    pub fn new(
        staff_only: bool,
        desk_places: DeskPlaces,
        opens_to_all: Option<Minutes>,
    ) -> Result<Self, NothingToOpen> {
        let kept = Self {
            staff_only,
            desk_places,
            opens_to_all,
        };
        if kept.is_something() || opens_to_all.is_none() {
            Ok(kept)
        } else {
            Err(NothingToOpen)
        }
    }

    #[must_use]
    pub const fn is_something(self) -> bool {
        self.staff_only || self.desk_places.0 > 0
    }

    /// Whether what starts then is open to everybody by now.
    pub(crate) fn is_open_to_all(
        self,
        starts_at: WholeMinute,
        now: chrono::DateTime<chrono::Utc>,
    ) -> bool {
        let start = i64::from(starts_at.epoch_minutes());
        let opens = self.opens_to_all.map(|before| i64::from(before.count()));
        opens.is_some_and(|before| start < minute_at_or_after(now) + before)
    }
}

/// For whom a calendar is cut into slots.
#[derive(Debug, Clone, Default)]
pub enum Reader {
    #[default]
    Public,
    Staff(Staff),
    /// Somebody for whom the slot was held by whoever could.
    Holder,
}

impl Reader {
    /// Whether they are given what the session keeps for staff.
    pub(crate) fn is_given(&self, opening: &SessionOpening) -> bool {
        match self {
            Self::Public => false,
            Self::Holder => true,
            Self::Staff(staff) => staff.may_for(
                Permission::BookAppointments,
                opening.organisation_id,
                opening.counsellor_id,
            ),
        }
    }
}

impl From<&crate::actor::Actor> for Reader {
    fn from(actor: &crate::actor::Actor) -> Self {
        match actor {
            crate::actor::Actor::Visitor => Self::Public,
            crate::actor::Actor::Staff(staff) => Self::Staff(staff.clone()),
        }
    }
}
