use std::collections::{BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use super::dice::Dice;
use super::world::{Service, World};

/// How many appointments are remembered for those who pry.
const REMEMBERED: usize = 500;

/// How many slots are wanted at a time.
const WANTED: usize = 4;

/// What all who play know.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) world: World,
    /// Appointments, with their organisation.
    heard_of: Mutex<Vec<(Uuid, Uuid)>>,
    /// Appointments for which something else was proposed.
    stranded: Mutex<BTreeSet<Uuid>>,
    /// Entries of waiting lists.
    entries: Mutex<Vec<Uuid>>,
    /// Numbers of open hours.
    tickets: Mutex<Vec<Uuid>>,
    /// Slots that somebody has just looked at.
    wanted: Mutex<VecDeque<(String, Service)>>,
}

impl Ground {
    pub(crate) const fn new(world: World) -> Self {
        Self {
            world,
            heard_of: Mutex::new(Vec::new()),
            stranded: Mutex::new(BTreeSet::new()),
            entries: Mutex::new(Vec::new()),
            tickets: Mutex::new(Vec::new()),
            wanted: Mutex::new(VecDeque::new()),
        }
    }

    pub(crate) fn heard_of(&self, appointment: Uuid, organisation: Uuid) {
        let mut known = locked(&self.heard_of);
        if known.len() < REMEMBERED {
            known.push((appointment, organisation));
        }
    }

    /// Somebody's appointment, with its organisation.
    pub(crate) fn some(&self, dice: &mut Dice) -> Option<(Uuid, Uuid)> {
        let known = locked(&self.heard_of);
        dice.pick(&known).copied()
    }

    pub(crate) fn waits(&self, entry: Uuid) {
        let mut entries = locked(&self.entries);
        if entries.len() < REMEMBERED {
            entries.push(entry);
        }
    }

    /// Somebody's entry.
    pub(crate) fn some_entry(&self, dice: &mut Dice) -> Option<Uuid> {
        dice.pick(&locked(&self.entries)).copied()
    }

    pub(crate) fn queues(&self, ticket: Uuid) {
        let mut tickets = locked(&self.tickets);
        if tickets.len() < REMEMBERED {
            tickets.push(ticket);
        }
    }

    /// Somebody's number.
    pub(crate) fn some_ticket(&self, dice: &mut Dice) -> Option<Uuid> {
        dice.pick(&locked(&self.tickets)).copied()
    }

    pub(crate) fn is_stranded(&self, appointment: Uuid) {
        locked(&self.stranded).insert(appointment);
    }

    /// One of those, if it is stranded: its visitor looks at what is proposed, and nobody twice.
    pub(crate) fn stranded(&self, mine: impl IntoIterator<Item = Uuid>) -> Option<Uuid> {
        let mut stranded = locked(&self.stranded);
        let one = mine.into_iter().find(|one| stranded.contains(one))?;
        stranded.remove(&one);
        Some(one)
    }

    pub(crate) fn wants(&self, slot: &str, service: &Service) {
        let mut wanted = locked(&self.wanted);
        wanted.push_front((slot.to_owned(), service.clone()));
        wanted.truncate(WANTED);
    }

    /// A slot that somebody else wants, or has meanwhile.
    pub(crate) fn wanted(&self, dice: &mut Dice) -> Option<(String, Service)> {
        let mut wanted = locked(&self.wanted);
        dice.pick(wanted.make_contiguous()).cloned()
    }
}

/// Nothing is left half done when somebody panics.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
