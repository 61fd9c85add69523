//! From a row of a table to the thing it describes. Every rule of the domain is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::str::FromStr;

use chrono::{Days, NaiveDate, NaiveTime};
use chrono_tz::Europe::Berlin;
use domain::caps::{CounsellorCaps, Talks};
use domain::contact::Contact;
use domain::counsellor::Counsellor;
use domain::ids::{CounsellorId, EquipmentId, OrganisationId, RoomId, ServiceId, SiteId};
use domain::kept::Kept;
use domain::line::Line;
use domain::minutes::Minutes;
use domain::needs::{Equipment, Needs, Pieces};
use domain::no_show::NoShowRule;
use domain::organisation::{Organisation, RetentionDays};
use domain::places::Capacity;
use domain::reason::{OwnReason, OwnReasons};
use domain::schedule::{LocalHours, Schedule, Validity};
use domain::service::{Format, Service};
use domain::site::{Address, Coordinates, Room, Seats, Site};
use domain::slots::{Timing, TimingRules};
use domain::texts::Texts;
use domain::visits::{Doorstep, Home, VisitRules, VisitingArea, Volunteers};
use domain::waitlist::OfferLasts;

use super::DemoError;
use super::ids::{Kind, id};
use super::policies;
use super::tables::{
    Address as TableAddress, Body, Chamber, Given, Hours, Offer, Person, Place, Words, told,
};

type Result<T> = std::result::Result<T, DemoError>;

/// What the domain says to a value of a table.
pub(super) fn ruled<T, E: Display>(value: std::result::Result<T, E>) -> Result<T> {
    value.map_err(|error| DemoError::BreaksARule(error.to_string()))
}

pub(super) fn read<T>(text: &str) -> Result<T>
where
    T: FromStr,
    T::Err: Display,
{
    ruled(text.parse())
}

fn read_all<T>(texts: &[&str]) -> Result<BTreeSet<T>>
where
    T: FromStr + Ord,
    T::Err: Display,
{
    texts.iter().map(|text| read(text)).collect()
}

pub(super) fn line(text: &str) -> Result<Line> {
    ruled(Line::new(text))
}

pub(super) fn words(words: Words) -> Result<Texts> {
    let texts: Result<BTreeMap<_, _>> = words
        .iter()
        .map(|(tag, text)| Ok((read(tag)?, (*text).to_owned())))
        .collect();
    ruled(Texts::new(texts?))
}

impl Body {
    pub(super) fn id(&self) -> OrganisationId {
        id(self.number, Kind::Organisation, 1).into()
    }

    pub(super) fn site_id(&self, number: u16) -> SiteId {
        id(self.number, Kind::Site, number).into()
    }

    pub(super) fn room_id(&self, number: u16) -> RoomId {
        id(self.number, Kind::Room, number).into()
    }

    fn equipment_id(&self, number: u16) -> EquipmentId {
        id(self.number, Kind::Equipment, number).into()
    }

    pub(super) fn counsellor_id(&self, number: u16) -> CounsellorId {
        id(self.number, Kind::Counsellor, number).into()
    }

    pub(super) fn service_id(&self, number: u16) -> ServiceId {
        id(self.number, Kind::Service, number).into()
    }

    pub(super) fn organisation(&self) -> Result<Organisation> {
        Ok(Organisation {
            id: self.id(),
            slug: read(self.slug)?,
            name: words(self.name)?,
            description: Some(words(self.description)?),
            website: self.website.map(read).transpose()?,
            retention: ruled(RetentionDays::new(self.retention_days))?,
            reasons: self.reasons()?,
            no_shows: policies::no_shows(self.number)
                .map(|(after, within, days)| ruled(NoShowRule::new(after, within, days)))
                .transpose()?,
            published: true,
        })
    }

    fn reasons(&self) -> Result<OwnReasons> {
        let reasons = policies::reasons(self.number).iter();
        let reasons = reasons.map(|(code, text, staff_only)| {
            Ok(OwnReason {
                code: read(code)?,
                text: words(text)?,
                staff_only: *staff_only,
            })
        });
        ruled(OwnReasons::new(reasons.collect::<Result<_>>()?))
    }

    pub(super) fn site(&self, place: &Place) -> Result<Site> {
        let (latitude, longitude) = place.coordinates;
        Ok(Site {
            id: self.site_id(place.number),
            organisation_id: self.id(),
            name: words(place.name)?,
            address: Address {
                street: line(place.street)?,
                postal_code: line(place.postal_code)?,
                city: line(place.city)?,
            },
            coordinates: Some(ruled(Coordinates::new(latitude, longitude))?),
            regional_key: Some(read(place.regional_key)?),
            federal_state: place.federal_state,
            time_zone: Berlin,
            published: true,
        })
    }

    pub(super) fn room(&self, chamber: &Chamber) -> Result<Room> {
        Ok(Room {
            id: self.room_id(chamber.number),
            organisation_id: self.id(),
            site_id: self.site_id(chamber.site),
            name: line(chamber.name)?,
            seats: Some(ruled(Seats::new(chamber.seats))?),
            features: read_all(told(self.besides.features, chamber.number))?,
            on_loan: None,
        })
    }

    pub(super) fn counsellor(&self, person: &Person) -> Result<Counsellor> {
        let skills: Result<_> = person.skills.iter().map(|skill| line(skill)).collect();
        let signs_in = person.number == 1;
        Ok(Counsellor {
            id: self.counsellor_id(person.number),
            organisation_id: self.id(),
            account_id: signs_in.then(|| self.counsellor_account()),
            display_name: line(person.name)?,
            languages: read_all(person.languages)?,
            skills: skills?,
            caps: CounsellorCaps {
                max_per_day: talks(person.most)?,
                pause: None,
            },
            interprets: read_all(told(self.besides.interprets, person.number))?,
            gender: policies::gender(self.number, person.number),
            visiting_area: self.area(person)?,
            published: person.published,
        })
    }

    fn area(&self, person: &Person) -> Result<Option<VisitingArea>> {
        let mut areas = self.besides.areas.iter();
        let area = areas.find(|(of, _)| *of == person.number);
        let area = area.map(|(_, (latitude, longitude, radius))| {
            let base = ruled(Coordinates::new(*latitude, *longitude))?;
            ruled(VisitingArea::new(base, *radius))
        });
        area.transpose()
    }

    fn ways(&self, offer: &Offer) -> Result<Option<VisitRules>> {
        if offer.format != Format::Visit {
            return Ok(None);
        }
        let mut ways = self.besides.ways.iter();
        let Some((_, minutes_per_km, come)) = ways.find(|(of, ..)| *of == offer.number) else {
            return Ok(Some(VisitRules::default()));
        };
        let come = ruled(Volunteers::new(*come))?;
        ruled(VisitRules::new(*minutes_per_km, 10, come)).map(Some)
    }

    pub(super) fn equipment(&self) -> impl Iterator<Item = Result<Equipment>> {
        self.besides.equipment.iter().map(|(number, name, pieces)| {
            Ok(Equipment {
                id: self.equipment_id(*number),
                organisation_id: self.id(),
                site_id: None,
                name: line(name)?,
                pieces: ruled(Pieces::new(*pieces))?,
            })
        })
    }

    fn needs(&self, offer: &Offer) -> Result<Needs> {
        let piece = |number: &u16| Ok((self.equipment_id(*number), ruled(Pieces::new(1))?));
        let mut services = self.besides.services.iter();
        let told = services.find(|(of, _)| *of == offer.number);
        Ok(Needs {
            interpreters: told.is_some(),
            equipment: told
                .into_iter()
                .flat_map(|(_, equipment)| equipment.iter().map(piece))
                .collect::<Result<_>>()?,
            ..Needs::default()
        })
    }

    pub(super) fn service(&self, offer: &Offer) -> Result<Service> {
        let minutes = |count| ruled(Minutes::new(count));
        let length = &offer.minutes;
        let rules = TimingRules {
            length: minutes(length.talk)?,
            start_every: minutes(length.before + length.talk + length.after)?,
            buffer_before: minutes(length.before)?,
            buffer_after: minutes(length.after)?,
            minimum_notice: minutes(offer.notice)?,
            horizon: minutes(offer.horizon_days * Minutes::DAY.count())?,
        };
        let capacity = offer.capacity.filter(|_| offer.format.has_places());
        let capacity = capacity.map(|count| ruled(Capacity::new(count)));
        let waitlist = offer.waits.map(|lasts| ruled(OfferLasts::new(lasts)));
        Ok(Service {
            id: self.service_id(offer.number),
            organisation_id: self.id(),
            name: words(offer.name)?,
            description: Some(words(offer.description)?),
            topic: read(offer.topic)?,
            format: offer.format,
            modalities: offer.ways.iter().copied().collect(),
            languages: read_all(offer.languages)?,
            contact_rule: offer.contact,
            approval: offer.approval,
            approval_within: minutes(4 * Minutes::DAY.count())?,
            timing: ruled(Timing::new(rules))?,
            cancellation_deadline: minutes(offer.deadline)?,
            reschedule_deadline: policies::move_deadline(self.number, offer.number)
                .map(minutes)
                .transpose()?,
            max_per_week: talks(offer.most)?,
            capacity: capacity.transpose()?,
            minimum: None,
            needs: self.needs(offer)?,
            draws_online: offer.format == Format::OpenHours,
            allows_gender_wish: policies::allows_gender_wish(self.number, offer.number),
            visits: self.ways(offer)?,
            waitlist: waitlist.transpose()?,
            published: true,
        })
    }

    pub(super) fn schedule(&self, hours: &Hours, today: NaiveDate) -> Result<Schedule> {
        let [starts, ends] = [hours.starts, hours.ends].map(read::<NaiveTime>);
        let services = hours.services.iter();
        Ok(Schedule {
            id: id(self.number, Kind::Schedule, hours.number).into(),
            organisation_id: self.id(),
            counsellor_id: self.counsellor_id(hours.counsellor),
            site_id: self.site_id(hours.site),
            room_id: hours.room.map(|room| self.room_id(room)),
            service_ids: services.map(|number| self.service_id(*number)).collect(),
            modalities: hours.ways.iter().copied().collect(),
            hours: ruled(LocalHours::new(starts?, ends?))?,
            recurrence: read(hours.rule)?,
            validity: ruled(Validity::new(today + Days::new(hours.from_day), None))?,
            exceptions: BTreeSet::new(),
            opens_on_holidays: hours.holidays,
            kept: Kept {
                staff_only: policies::is_for_emergencies(self.number, hours.number),
                opens_to_all: policies::opens_to_all(self.number, hours.number)
                    .map(|count| ruled(Minutes::new(count)))
                    .transpose()?,
                ..Kept::default()
            },
        })
    }
}

fn talks(most: Option<u32>) -> Result<Option<Talks>> {
    let most = most.map(|most| ruled(Talks::new(most.into())));
    most.transpose()
}

impl TableAddress {
    fn read(&self) -> Result<Home> {
        let (latitude, longitude) = self.coordinates;
        Ok(Home {
            street: line(self.street)?,
            postal_code: line(self.postal_code)?,
            city: line(self.city)?,
            doorstep: ruled(Doorstep::new(latitude, longitude))?,
            hint: self.hint.map(line).transpose()?,
        })
    }
}

impl Given {
    pub(super) fn contact(&self) -> Result<Contact> {
        Ok(Contact {
            name: self.name.map(line).transpose()?,
            email: self.email.map(read).transpose()?,
            phone: self.phone.map(read).transpose()?,
            access_needs: self.access_needs.map(ToOwned::to_owned),
            note: self.note.map(ToOwned::to_owned),
            home: self.home.map(|home| home.read()).transpose()?,
        })
    }
}
