//! Random lives of holds and appointments in a calendar, beside a model that knows nothing but which
//! slot is whose.

use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof};
use proptest::test_runner::Config;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

use super::*;
use crate::actor::Actor;
use crate::appointment::Appointment;
use crate::booking::Wish;
use crate::code::Code;
use crate::contact::Contact;
use crate::hold::Hold;
use crate::ids::ResourceId;
use crate::slots::Reason;

/// Which slot, from 0; or which hold or appointment, from the oldest, beginning anew behind the youngest.
#[derive(Debug, Clone, Copy)]
enum Step {
    Book(usize),
    Hold(usize),
    Redeem(usize),
    Release(usize),
    Move(usize, usize),
    Cancel(usize),
    WaitMinutes(i64),
}

/// A slot, until when in minutes if it is held, and whether it stands.
type HeldSlot = (usize, i64, bool);

#[derive(Debug, Clone, Default)]
struct Model {
    minute: i64,
    holds: Vec<HeldSlot>,
    appointments: Vec<(usize, bool)>,
}

const SLOTS: usize = 3;

impl Model {
    fn is_free(&self, slot: usize) -> bool {
        let is_held =
            |(of, until, stands): &HeldSlot| *stands && *of == slot && self.minute < *until;
        !self.holds.iter().any(is_held) && !self.appointments.contains(&(slot, true))
    }

    fn hold(&mut self, which: usize) -> Option<&mut HeldSlot> {
        let count = self.holds.len();
        self.holds.get_mut(which.checked_rem(count)?)
    }

    fn redeem(&mut self, which: usize) {
        let minute = self.minute;
        if let Some((slot, until, stands)) = self.hold(which)
            && *stands
            && minute < *until
        {
            *stands = false;
            let slot = *slot;
            self.appointments.push((slot, true));
        }
    }

    fn shift(&mut self, which: usize, slot: usize) {
        let Some(which) = which.checked_rem(self.appointments.len()) else {
            return;
        };
        let (before, stands) = self.appointments[which];
        if stands && (before == slot || self.is_free(slot)) {
            self.appointments[which].0 = slot;
        }
    }
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Step> {
        prop_oneof![
            3 => (0..SLOTS).prop_map(Step::Book),
            3 => (0..SLOTS).prop_map(Step::Hold),
            2 => any::<usize>().prop_map(Step::Redeem),
            1 => any::<usize>().prop_map(Step::Release),
            3 => (any::<usize>(), 0..SLOTS).prop_map(|(which, slot)| Step::Move(which, slot)),
            2 => any::<usize>().prop_map(Step::Cancel),
            2 => (1..12_i64).prop_map(Step::WaitMinutes),
        ]
        .boxed()
    }

    fn apply(mut model: Self, step: &Step) -> Self {
        match *step {
            Step::Book(slot) if model.is_free(slot) => model.appointments.push((slot, true)),
            Step::Hold(slot) if model.is_free(slot) => {
                model.holds.push((slot, model.minute + 10, true));
            }
            Step::Book(_) | Step::Hold(_) => {}
            Step::Redeem(which) => model.redeem(which),
            Step::Release(which) => {
                if let Some((_, _, stands)) = model.hold(which) {
                    *stands = false;
                }
            }
            Step::Move(which, slot) => model.shift(which, slot),
            Step::Cancel(which) => {
                if let Some(which) = which.checked_rem(model.appointments.len()) {
                    model.appointments[which].1 = false;
                }
            }
            Step::WaitMinutes(minutes) => model.minute += minutes,
        }
        model
    }
}

/// What claims, and of what.
type Claims = Vec<(Reason, Span)>;

#[derive(Debug)]
struct World {
    slots: Vec<SlotId>,
    now: DateTime<Utc>,
    holds: Vec<(Hold, Option<Claims>)>,
    appointments: Vec<(Appointment, Claims)>,
}

impl World {
    /// Without the claims of one hold or one appointment, for whoever redeems or moves it.
    fn calendar(&self, but_hold: Option<usize>, but_appointment: Option<usize>) -> Calendar {
        let holds = self.holds.iter().enumerate();
        let held = holds
            .filter(|(which, (hold, _))| Some(*which) != but_hold && self.now < hold.expires_at);
        let held = held.filter_map(|(_, (_, claims))| claims.as_ref());
        let booked = self.appointments.iter().enumerate();
        let booked = booked
            .filter(|(which, (one, _))| Some(*which) != but_appointment && one.status.is_open());
        let claims = held.chain(booked.map(|(_, (_, claims))| claims));
        Calendar {
            occupied: Occupied::from_unsorted(claims.flatten().copied().collect()),
            ..calendar(FederalState::LowerSaxony, false)
        }
    }

    fn book(&mut self, slot: SlotId, calendar: &Calendar, as_of: DateTime<Utc>) {
        let wish = Wish {
            slot,
            modality: None,
            language: None,
            interpreter_needed: false,
            contact: Contact::default(),
        };
        let id = Uuid::from_u128(self.appointments.len() as u128).into();
        let code = Code::from_random([0; 5]);
        let booked = wish.book(calendar, id, code, &Actor::Visitor, as_of, self.now);
        let booked = booked.map(|booked| (booked.appointment, claims(booked.claim.parts())));
        self.appointments.extend(booked.ok());
    }

    fn hold(&mut self, slot: SlotId) {
        let calendar = self.calendar(None, None);
        if let Ok(bid) = calendar.bid(&slot, self.now) {
            let id = Uuid::from_u128(self.holds.len() as u128).into();
            let claims = claims(bid.claimed().parts());
            self.holds
                .push((Hold::place(id, slot, self.now), Some(claims)));
        }
    }

    fn redeem(&mut self, which: usize) {
        let (hold, claims) = &self.holds[which];
        let (slot, redeemed) = (hold.slot, hold.redeem(self.now));
        if let (Ok(as_of), Some(_)) = (redeemed, claims) {
            let calendar = self.calendar(Some(which), None);
            self.book(slot, &calendar, as_of);
            self.holds[which].1 = None;
        }
    }

    fn shift(&mut self, which: usize, slot: SlotId) {
        let calendar = self.calendar(None, Some(which));
        let one = self.appointments[which].0.clone();
        let Ok(bid) = calendar.bid(&slot, self.now) else {
            return;
        };
        let place = bid.place(None).expect("a way");
        let moved = one.reschedule(&Actor::Visitor, place, Minutes::NONE, self.now);
        if let Ok(moved) = moved {
            self.appointments[which] = (moved, claims(bid.claimed().parts()));
        }
    }
}

fn claims(parts: impl Iterator<Item = (ResourceId, Span)>) -> Claims {
    parts
        .map(|(resource, span)| (Reason::Claim(resource), span))
        .collect()
}

impl StateMachineTest for World {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(_: &Model) -> Self {
        let now = instant("2026-11-01T00:00:00Z");
        let slots = calendar(FederalState::LowerSaxony, false).slots(week(), now);
        Self {
            slots: slots.iter().map(|offered| offered.slot.id).collect(),
            now,
            holds: Vec::new(),
            appointments: Vec::new(),
        }
    }

    fn apply(mut world: Self, _: &Model, step: Step) -> Self {
        let (holds, appointments) = (world.holds.len(), world.appointments.len());
        match step {
            Step::Book(slot) => {
                let (calendar, slot) = (world.calendar(None, None), world.slots[slot]);
                world.book(slot, &calendar, world.now);
            }
            Step::Hold(slot) => world.hold(world.slots[slot]),
            Step::Redeem(which) if holds > 0 => world.redeem(which % holds),
            Step::Release(which) if holds > 0 => world.holds[which % holds].1 = None,
            Step::Move(which, slot) if appointments > 0 => {
                world.shift(which % appointments, world.slots[slot]);
            }
            Step::Cancel(which) if appointments > 0 => {
                let one = &mut world.appointments[which % appointments].0;
                let cancelled = one
                    .clone()
                    .cancel(&Actor::Visitor, Minutes::NONE, world.now);
                *one = cancelled.unwrap_or_else(|_| one.clone());
            }
            Step::Redeem(_) | Step::Release(_) | Step::Move(..) | Step::Cancel(_) => {}
            Step::WaitMinutes(minutes) => world.now += TimeDelta::minutes(minutes),
        }
        world
    }

    fn check_invariants(world: &Self, model: &Model) {
        let offered = world.calendar(None, None).slots(week(), world.now);
        let offered: Vec<_> = offered.iter().map(|offered| offered.slot.id).collect();
        let free = world.slots.iter().enumerate();
        let free: Vec<_> = free
            .filter(|(slot, _)| model.is_free(*slot))
            .map(|(_, id)| *id)
            .collect();
        assert_eq!(offered, free, "offered, and free by the model");
        let booked = world
            .appointments
            .iter()
            .map(|(one, _)| (one.slot().expect("a slot"), one.status.is_open()));
        let expected = model
            .appointments
            .iter()
            .map(|(slot, stands)| (world.slots[*slot], *stands));
        assert!(
            booked.eq(expected),
            "{:?} is not {:?}",
            world.appointments,
            model.appointments
        );
    }
}

prop_state_machine! {
    #![proptest_config(Config { cases: 256, failure_persistence: None, ..Config::default() })]

    #[test]
    fn every_slot_is_offered_that_nobody_has_and_no_other(sequential 1..60 => World);
}
