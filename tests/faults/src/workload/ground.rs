use std::sync::Mutex;

use uuid::Uuid;

use super::dice::Dice;
use super::world::World;

/// How many appointments are remembered for those who pry.
const REMEMBERED: usize = 500;

/// What all who play know.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) world: World,
    /// Appointments, with their organisation.
    heard_of: Mutex<Vec<(Uuid, Uuid)>>,
}

impl Ground {
    pub(crate) const fn new(world: World) -> Self {
        Self {
            world,
            heard_of: Mutex::new(Vec::new()),
        }
    }

    pub(crate) fn heard_of(&self, appointment: Uuid, organisation: Uuid) {
        let mut known = self
            .heard_of
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
        if known.len() < REMEMBERED {
            known.push((appointment, organisation));
        }
    }

    /// Somebody's appointment, with its organisation.
    pub(crate) fn some(&self, dice: &mut Dice) -> Option<(Uuid, Uuid)> {
        let known = self
            .heard_of
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
        dice.pick(&known).copied()
    }
}
