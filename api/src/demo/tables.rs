//! The columns of the tables in which the demo network is written down.

use domain::approval::Approval;
use domain::holidays::FederalState;
use domain::modality::Modality;
use domain::service::{ContactRule, Format};

/// One text in several languages: pairs of a language and the text in it.
pub(super) type Words = &'static [(&'static str, &'static str)];

/// An organisation with all that belongs to it. Rows refer to each other by number.
pub(super) struct Body {
    pub(super) number: u16,
    pub(super) slug: &'static str,
    pub(super) name: Words,
    pub(super) description: Words,
    pub(super) website: Option<&'static str>,
    pub(super) retention_days: i64,
    pub(super) sites: &'static [Place],
    pub(super) rooms: &'static [Chamber],
    pub(super) counsellors: &'static [Person],
    /// Display names of those who sign in.
    pub(super) coordinator: &'static str,
    pub(super) administrator: &'static str,
    pub(super) services: &'static [Offer],
    pub(super) schedules: &'static [Hours],
    pub(super) appointments: &'static [Visit],
    /// The first of these who has an appointment to come falls ill on its day.
    pub(super) ill: &'static [u16],
    /// In how many days it goes on by video, for a week.
    pub(super) remote_in: Option<u64>,
    pub(super) besides: Besides,
}

/// What talks take beside their counsellor, and courses; pairs begin with the number of whom or what they tell.
pub(super) struct Besides {
    pub(super) features: &'static [(u16, &'static [&'static str])],
    pub(super) interprets: &'static [(u16, &'static [&'static str])],
    /// Number, name and pieces.
    pub(super) equipment: &'static [(u16, &'static str, i64)],
    /// Services that book interpreters, each with its equipment.
    pub(super) services: &'static [(u16, &'static [u16])],
    pub(super) courses: &'static [Run],
    /// Where counsellors set out to visits, and how many kilometres they go: latitude, longitude, radius.
    pub(super) areas: &'static [(u16, (f64, f64, f64))],
    /// Visits, with how many minutes a kilometre takes and how many come.
    pub(super) ways: &'static [(u16, i64, i64)],
}

/// A course, of the next sessions of its service.
pub(super) struct Run {
    pub(super) number: u16,
    pub(super) service: u16,
    pub(super) title: Words,
    pub(super) dates: i64,
    pub(super) joins_late: bool,
    /// How many have booked it.
    pub(super) participants: usize,
}

pub(super) const NO_NEEDS: Besides = Besides {
    features: &[],
    interprets: &[],
    equipment: &[],
    services: &[],
    courses: &[],
    areas: &[],
    ways: &[],
};

/// What a table of pairs tells of a number.
pub(super) fn told<T: Copy>(pairs: &[(u16, &'static [T])], number: u16) -> &'static [T] {
    let mut pairs = pairs.iter();
    pairs
        .find(|(of, _)| *of == number)
        .map_or(&[], |(_, told)| *told)
}

pub(super) struct Place {
    pub(super) number: u16,
    pub(super) name: Words,
    pub(super) street: &'static str,
    pub(super) postal_code: &'static str,
    pub(super) city: &'static str,
    /// Latitude and longitude, to about a kilometre.
    pub(super) coordinates: (f64, f64),
    pub(super) regional_key: &'static str,
    pub(super) federal_state: FederalState,
}

pub(super) struct Chamber {
    pub(super) number: u16,
    pub(super) site: u16,
    pub(super) name: &'static str,
    pub(super) seats: i64,
}

/// A counsellor; the first one signs in.
pub(super) struct Person {
    pub(super) number: u16,
    pub(super) name: &'static str,
    pub(super) languages: &'static [&'static str],
    pub(super) skills: &'static [&'static str],
    /// How many talks a day.
    pub(super) most: Option<u32>,
    pub(super) published: bool,
}

pub(super) struct Offer {
    pub(super) number: u16,
    pub(super) name: Words,
    pub(super) description: Words,
    pub(super) topic: &'static str,
    pub(super) format: Format,
    pub(super) ways: &'static [Modality],
    pub(super) languages: &'static [&'static str],
    pub(super) contact: ContactRule,
    pub(super) approval: Approval,
    pub(super) minutes: Length,
    /// How many minutes before its start a slot can still be booked.
    pub(super) notice: u32,
    pub(super) horizon_days: u32,
    /// How many minutes before the start a visitor may still cancel.
    pub(super) deadline: u32,
    /// How many a week.
    pub(super) most: Option<u32>,
    /// Of a group or a course.
    pub(super) capacity: Option<i64>,
    /// How many minutes who waits has to answer, where it keeps a waiting list.
    pub(super) waits: Option<i64>,
}

/// Minutes of the talk itself, and those claimed before and after it.
pub(super) struct Length {
    pub(super) talk: u32,
    pub(super) before: u32,
    pub(super) after: u32,
}

pub(super) const fn minutes(before: u32, talk: u32, after: u32) -> Length {
    Length {
        talk,
        before,
        after,
    }
}

/// What most talks are like.
pub(super) const TALK: Offer = Offer {
    number: 0,
    name: &[],
    description: &[],
    topic: "",
    format: Format::Individual,
    ways: &[Modality::InPerson, Modality::Phone, Modality::Video],
    languages: &["de", "en"],
    contact: ContactRule::Optional,
    approval: Approval::None,
    minutes: minutes(0, 50, 10),
    notice: 120,
    horizon_days: 60,
    deadline: 24 * 60,
    most: None,
    capacity: None,
    waits: None,
};

/// A group or a course: several people at once.
pub(super) const CIRCLE: Offer = Offer {
    format: Format::Group,
    ways: &[Modality::InPerson],
    languages: &["de"],
    minutes: minutes(0, 120, 0),
    horizon_days: 90,
    capacity: Some(12),
    ..TALK
};

/// When somebody is where, for which services.
pub(super) struct Hours {
    pub(super) number: u16,
    pub(super) counsellor: u16,
    pub(super) site: u16,
    pub(super) room: Option<u16>,
    pub(super) services: &'static [u16],
    pub(super) ways: &'static [Modality],
    /// RFC 5545.
    pub(super) rule: &'static str,
    pub(super) starts: &'static str,
    pub(super) ends: &'static str,
    /// How many days from now on it applies; every other week counts from there.
    pub(super) from_day: u64,
    pub(super) holidays: bool,
}

/// What most hours are like.
pub(super) const WEEKLY: Hours = Hours {
    number: 0,
    counsellor: 1,
    site: 1,
    room: None,
    services: &[],
    ways: &[Modality::InPerson, Modality::Phone, Modality::Video],
    rule: "",
    starts: "",
    ends: "",
    from_day: 0,
    holidays: false,
};

/// An appointment: the `nth` (from 0) slot of the service that is free from that day on.
pub(super) struct Visit {
    pub(super) service: u16,
    pub(super) day: i64,
    pub(super) nth: usize,
    pub(super) language: Option<&'static str>,
    pub(super) interpreter: bool,
    pub(super) given: Given,
    pub(super) outcome: Outcome,
}

/// What the visitor gave of themselves.
pub(super) struct Given {
    pub(super) name: Option<&'static str>,
    pub(super) email: Option<&'static str>,
    pub(super) phone: Option<&'static str>,
    pub(super) access_needs: Option<&'static str>,
    pub(super) note: Option<&'static str>,
    /// Where a visit is wanted.
    pub(super) home: Option<Address>,
}

#[derive(Clone, Copy)]
pub(super) struct Address {
    pub(super) street: &'static str,
    pub(super) postal_code: &'static str,
    pub(super) city: &'static str,
    pub(super) coordinates: (f64, f64),
    pub(super) hint: Option<&'static str>,
}

pub(super) const NOTHING: Given = Given {
    name: None,
    email: None,
    phone: None,
    access_needs: None,
    note: None,
    home: None,
};

/// What becomes of an appointment, as soon as its time has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Comes,
    Misses,
    /// Soon after the booking already.
    Cancels,
}

/// Somebody who gives nothing of themselves, and comes.
pub(super) const ANONYMOUS: Visit = Visit {
    service: 0,
    day: 0,
    nth: 0,
    language: None,
    interpreter: false,
    given: NOTHING,
    outcome: Outcome::Comes,
};
