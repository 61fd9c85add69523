use chrono::{DateTime, Utc};
use reqwest::Client;
use serde_json::{Value, json};
use uuid::Uuid;

use super::StartError;
use super::scout::Scout;

/// What everybody of the demo network signs in with.
const PASSWORD: &str = "sprechstunde-demo";

/// How many groups are wanted: few, so that they fill up.
const GROUPS: usize = 3;

/// Who plays with whom: the demo network, or another one whose coordinators sign in like its own.
#[derive(Debug, Clone)]
pub(crate) struct World {
    /// Nobody touches what the last release would leave in halves.
    talks_only: bool,
    pub(crate) organisations: Vec<Organisation>,
    /// Services with talks that can be booked.
    pub(crate) services: Vec<Service>,
    /// Of those, what asks for approval or takes more than a counsellor and a room.
    pub(crate) demanding: Vec<Service>,
    /// Groups that many attend.
    pub(crate) groups: Vec<Service>,
    /// Talks and groups for which one can wait.
    pub(crate) waited_for: Vec<Service>,
    pub(crate) courses: Vec<Course>,
    /// Services that come to people's homes.
    pub(crate) visits: Vec<Service>,
    /// Open hours that are on.
    pub(crate) queues: Vec<Queue>,
}

#[derive(Debug, Clone)]
pub(crate) struct Course {
    pub(crate) id: Uuid,
    pub(crate) service: Service,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Queue {
    /// Of the session.
    pub(crate) id: Uuid,
    pub(crate) organisation_id: Uuid,
}

#[derive(Debug, Clone)]
pub(crate) struct Organisation {
    pub(crate) id: Uuid,
    slug: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Service {
    pub(crate) id: Uuid,
    pub(crate) organisation_id: Uuid,
    pub(crate) contact: ContactRule,
    pub(crate) modalities: Value,
    pub(crate) short_notice: bool,
    pub(crate) has_places: bool,
    pub(crate) books_interpreters: bool,
    pub(crate) takes_equipment: bool,
    pub(crate) wants_approval: bool,
    pub(crate) has_cap: bool,
    pub(crate) keeps_waitlist: bool,
    pub(crate) visits: bool,
}

/// Where every visitor lives who wants to be visited: there somebody goes.
pub(crate) const HOME: (f64, f64) = (51.34, 12.385);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContactRule {
    None,
    Optional,
    Required,
}

impl Organisation {
    pub(crate) fn credentials(&self) -> Value {
        self.credentials_of("coordinator")
    }

    pub(super) fn credentials_of(&self, role: &str) -> Value {
        json!({"email": format!("{role}@{}.example", self.slug), "password": PASSWORD})
    }
}

impl World {
    /// Looks around, and opens sessions in each organisation: one that begins at once, for only who
    /// has an appointment soon can be checked in, or not come; and of what has limits a few that
    /// reach them. Of `talks_only`, the last release knows all.
    pub(crate) async fn discover(
        base: &str,
        now: DateTime<Utc>,
        talks_only: bool,
    ) -> Result<Self, StartError> {
        let scout = Scout {
            http: Client::new(),
            base,
        };
        let mut world = Self {
            talks_only,
            organisations: Vec::new(),
            services: Vec::new(),
            demanding: Vec::new(),
            groups: Vec::new(),
            waited_for: Vec::new(),
            courses: Vec::new(),
            visits: Vec::new(),
            queues: Vec::new(),
        };
        for found in scout.items("/v1/organisations?limit=200").await? {
            let slug = found["slug"].as_str().unwrap_or_default();
            let organisation = Organisation {
                id: id(&found["id"])?,
                slug: slug.to_owned(),
            };
            let services = scout.services(&organisation).await?;
            let (visits, services): (Vec<_>, Vec<_>) =
                services.into_iter().partition(|one| one.visits);
            let (groups, mut talks): (Vec<_>, Vec<_>) =
                services.into_iter().partition(|one| one.has_places);
            // The last release moves a talk without its interpreter.
            talks.retain(|talk| !(talks_only && talk.is_demanding()));
            scout.open_soon(&organisation, &talks, now).await?;
            if !talks_only {
                scout
                    .open_narrow(&organisation, &talks, &groups, now)
                    .await?;
                let waited_for = talks.iter().filter(|one| one.keeps_waitlist);
                world.waited_for.extend(waited_for.cloned());
                if let Some(group) = groups.first() {
                    scout.keep_waitlist(&organisation, group).await?;
                    world.waited_for.push(group.clone());
                }
                let demanding = talks.iter().filter(|one| one.is_demanding());
                world.demanding.extend(demanding.cloned());
                world.groups.extend(groups);
                world.visits.extend(visits);
                world.courses.extend(scout.courses(&organisation).await?);
                world
                    .queues
                    .extend(scout.open_hours(&organisation, now).await?);
            }
            world.services.extend(talks);
            world.organisations.push(organisation);
        }
        if world.organisations.len() < 2 || world.services.is_empty() {
            return Err(StartError::Program(
                "there are too few organisations or services to play with".to_owned(),
            ));
        }
        // What can be booked at once first: it is popular.
        world.services.sort_by_key(|service| !service.short_notice);
        // Who has to give something of themselves comes less often.
        let gives = |group: &Service| group.contact == ContactRule::Required;
        world.groups.sort_by_key(gives);
        world.groups.truncate(GROUPS);
        Ok(world)
    }
}

impl World {
    /// Whether its appointments can be changed by whatever program runs.
    pub(crate) fn is_common(&self, service: Uuid) -> bool {
        !self.talks_only || self.services.iter().any(|one| one.id == service)
    }
}

impl Service {
    pub(crate) const fn is_demanding(&self) -> bool {
        self.books_interpreters || self.takes_equipment || self.wants_approval
    }

    pub(super) fn read(organisation_id: Uuid, item: &Value) -> Result<Self, StartError> {
        let has_some = |name: &str| item[name].as_array().is_some_and(|some| !some.is_empty());
        Ok(Self {
            id: id(&item["id"])?,
            organisation_id,
            contact: match item["contact_rule"].as_str() {
                Some("required") => ContactRule::Required,
                Some("optional") => ContactRule::Optional,
                _ => ContactRule::None,
            },
            modalities: item["modalities"].clone(),
            short_notice: item["minimum_notice_minutes"] == 0,
            has_places: matches!(item["format"].as_str(), Some("group" | "course")),
            books_interpreters: item["books_interpreters"] == true,
            takes_equipment: has_some("equipment"),
            wants_approval: item["approval"].as_str().is_some_and(|rule| rule != "none"),
            has_cap: !item["max_per_week"].is_null(),
            visits: item["format"] == "visit",
            keeps_waitlist: !item["waitlist_offer_minutes"].is_null(),
        })
    }
}

pub(super) fn id(value: &Value) -> Result<Uuid, StartError> {
    let id = value.as_str().and_then(|text| text.parse().ok());
    id.ok_or_else(|| StartError::Program(format!("no id: {value}")))
}
