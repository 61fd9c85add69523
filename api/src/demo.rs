//! The demo network: five organisations with real places and invented persons, from today on.
//!
//! Everything is written down in tables and goes through the rules of the domain on its way in. Each
//! organisation is one transaction; whatever is missing is loaded, and what exists is left alone.

mod accounts;
mod bookings;
mod courses;
mod ids;
mod illness;
mod lending;
mod model;
mod pandemic;
mod partners;
mod policies;
mod tables;

// Tables, a row a line.
#[rustfmt::skip]
mod poliklinik;
#[rustfmt::skip]
mod quartierpflege;
#[rustfmt::skip]
mod selbsthilfe;
#[rustfmt::skip]
mod selbsthilfefreundlichkeit;
#[rustfmt::skip]
mod waiting;
mod wolfsburg;

use std::fmt;

use chrono::{DateTime, Utc};
use domain::ids::{AccountId, OrganisationId, ServiceId};
use domain::membership::Roles;
use domain::permission::Role;
use persistence::stored::Stored;
use persistence::vault::VaultError;
use persistence::{
    Error, counsellors, equipment, installation, memberships, organisations, rooms, schedules,
    services, sites,
};

use crate::app::App;
use crate::problems::{Code, Problem};
use tables::Body;

/// What everybody of the demo network signs in with.
const PASSWORD: &str = "sprechstunde-demo";

static BODIES: [Body; 5] = [
    poliklinik::BODY,
    quartierpflege::BODY,
    selbsthilfe::BODY,
    selbsthilfefreundlichkeit::BODY,
    wolfsburg::BODY,
];

/// Somebody who signs in to the demo network.
#[derive(Debug, Clone)]
pub struct SignIn {
    pub account: AccountId,
    /// The slug; nothing for the network's own.
    pub organisation: Option<&'static str>,
    pub role: Role,
    pub email: String,
    pub name: &'static str,
}

/// Its organisations.
pub fn organisations() -> Vec<OrganisationId> {
    BODIES.iter().map(Body::id).collect()
}

/// What there is to see after loading.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub sign_ins: Vec<SignIn>,
    /// The Poliklinik Leipzig.
    pub organisation: OrganisationId,
    /// Its same-day talk: psychosocial, for nothing, on every day of the year.
    pub service: ServiceId,
}

impl Loaded {
    fn new() -> Self {
        let [first, ..] = &BODIES;
        Self {
            sign_ins: accounts::sign_ins(),
            organisation: first.id(),
            service: first.service_id(2),
        }
    }

    /// The address of the first organisation's coordinator.
    #[must_use]
    pub fn coordinator(&self) -> &str {
        self.sign_ins.first().map_or("", |first| &first.email)
    }

    #[must_use]
    pub const fn password(&self) -> &'static str {
        PASSWORD
    }
}

impl fmt::Display for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the demo network; everybody's password is {PASSWORD}")?;
        for sign_in in &self.sign_ins {
            let of = sign_in.organisation.unwrap_or("the network");
            write!(
                f,
                "\n  {:<28}{:<20}{}",
                of,
                sign_in.role.as_str(),
                sign_in.email
            )?;
        }
        Ok(())
    }
}

#[derive(Debug, thiserror::Error)]
enum DemoError {
    #[error("the demo network breaks a rule: {0}")]
    BreaksARule(String),
    #[error(transparent)]
    Failed(#[from] Error),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Refused(#[from] Problem),
}

impl From<DemoError> for Problem {
    fn from(error: DemoError) -> Self {
        match error {
            DemoError::BreaksARule(_) => Self::because(Code::Internal, error),
            DemoError::Failed(error) => error.into(),
            DemoError::Vault(error) => error.into(),
            DemoError::Refused(problem) => problem,
        }
    }
}

/// Loads the demo network where nobody has an account yet; finishes what was begun before. Answers
/// nothing where the data base serves in earnest.
pub async fn load_if_empty(app: &App) -> Result<Option<Loaded>, Problem> {
    let prepared = installation::prepare(&app.database, &app.vault, app.clock.now()).await;
    let installation = prepared.map_err(|error| Problem::because(Code::Internal, error))?;
    if installation.demo || installation.setup_token.is_some() {
        Ok(Some(load(app).await?))
    } else {
        Ok(None)
    }
}

/// Loads what is missing of the demo network, beside whatever else the data base holds.
pub async fn load(app: &App) -> Result<Loaded, Problem> {
    load_telling(app, &mut |_, _| ()).await
}

/// As [`load`], and tells how many of its organisations are there, of how many.
pub(crate) async fn load_telling(
    app: &App,
    told: &mut dyn FnMut(u64, u64),
) -> Result<Loaded, Problem> {
    let now = app.clock.now();
    accounts::load(app, now).await?;
    let mut reader = app.database.public_reader().await?;
    for (done, body) in (1..).zip(&BODIES) {
        if organisations::find(&mut reader, body.id()).await?.is_none() {
            load_organisation(app, body, now).await?;
        }
        told(done, BODIES.len() as u64);
    }
    lending::load(app, now).await?;
    partners::load(app).await?;
    Ok(Loaded::new())
}

/// Somebody was faster, or has archived the organisation since.
const EXISTS: &str = "organisations_pkey";

async fn load_organisation(app: &App, body: &Body, now: DateTime<Utc>) -> Result<(), DemoError> {
    match enter(app, body, now).await {
        Err(DemoError::Failed(error)) if error.is_refused_by(EXISTS) => Ok(()),
        entered => entered,
    }
}

async fn enter(app: &App, body: &Body, now: DateTime<Utc>) -> Result<(), DemoError> {
    let mut transaction = app.database.program(body.id()).await?;
    organisations::insert(&mut transaction, &Stored::new(body.organisation()?));
    for (account, role) in body.roles() {
        let roles = model::ruled(Roles::new([role].into()))?;
        memberships::grant(&mut transaction, body.id(), account, &roles);
    }
    for place in body.sites {
        sites::insert(&mut transaction, &Stored::new(body.site(place)?));
    }
    for equipment in body.equipment() {
        equipment::insert(&mut transaction, &Stored::new(equipment?));
    }
    for chamber in body.rooms {
        rooms::insert(&mut transaction, &Stored::new(body.room(chamber)?));
    }
    for person in body.counsellors {
        counsellors::insert(&mut transaction, &Stored::new(body.counsellor(person)?));
    }
    for offer in body.services {
        services::insert(&mut transaction, &Stored::new(body.service(offer)?));
    }
    for hours in body.schedules {
        let schedule = body.schedule(hours, bookings::today(now))?;
        schedules::insert(&mut transaction, &Stored::new(schedule.clone()));
        schedules::publish(&mut transaction, &schedule, now).await?;
    }
    let mut transaction = bookings::load(app, transaction, body, now).await?;
    courses::load(app, &mut transaction, body, now).await?;
    illness::load(&mut transaction, body, now).await?;
    pandemic::load(&mut transaction, body, now).await?;
    waiting::load(app, &mut transaction, body, now)?;
    Ok(transaction.commit().await?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_keeps_the_rules_and_refers_to_rows() {
        let today = "2028-02-29".parse().expect("a date");
        for body in &BODIES {
            body.organisation().expect(body.slug);
            let sites = body.sites.iter().map(|place| body.site(place));
            let sites: BTreeSet<_> = sites.map(|site| site.expect(body.slug).id).collect();
            assert_eq!(sites.len(), body.sites.len());
            for chamber in body.rooms {
                assert!(sites.contains(&body.room(chamber).expect(chamber.name).site_id));
            }
            let services = body.services.iter().map(|offer| body.service(offer));
            let services: BTreeSet<_> = services.map(|one| one.expect(body.slug).id).collect();
            assert_eq!(services.len(), body.services.len());
            let schedules = body
                .schedules
                .iter()
                .map(|hours| body.schedule(hours, today));
            let mut ids = BTreeSet::new();
            for schedule in schedules {
                let schedule = schedule.expect(body.slug);
                assert!(schedule.service_ids.is_subset(&services) && ids.insert(schedule.id));
            }
        }
    }

    #[test]
    fn every_visitor_gives_what_the_service_asks_for() {
        for body in &BODIES {
            for visit in body.appointments {
                let offer = body
                    .services
                    .iter()
                    .find(|offer| offer.number == visit.service);
                let offer = offer.expect(body.slug);
                let contact = visit.given.contact().expect(body.slug);
                assert_eq!(contact.satisfies(offer.contact), Ok(()), "{}", body.slug);
                assert!(offer.format.has_slots());
            }
        }
    }
}
