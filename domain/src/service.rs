//! What can be booked.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::approval::Approval;
use crate::caps::Talks;
use crate::ids::{OrganisationId, ServiceId};
use crate::minutes::Minutes;
use crate::modality::Modality;
use crate::needs::Needs;
use crate::places::{Capacity, Minimum};
use crate::slots::Timing;
use crate::texts::{LanguageTag, Texts};
use crate::visits::VisitRules;
use crate::waitlist::OfferLasts;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    pub id: ServiceId,
    pub organisation_id: OrganisationId,
    pub name: Texts,
    pub description: Option<Texts>,
    pub topic: Topic,
    pub format: Format,
    pub modalities: BTreeSet<Modality>,
    pub languages: BTreeSet<LanguageTag>,
    pub contact_rule: ContactRule,
    pub approval: Approval,
    /// How long the organisation has to answer a request, where approval is required.
    pub approval_within: Minutes,
    pub timing: Timing,
    /// How long before its start a visitor may still cancel.
    pub cancellation_deadline: Minutes,
    /// How long before its start a visitor may still move; as for cancelling where there is none.
    pub reschedule_deadline: Option<Minutes>,
    /// How many talks of it are given in a week.
    pub max_per_week: Option<Talks>,
    /// How many places a session has, of a group or a course.
    pub capacity: Option<Capacity>,
    pub minimum: Option<Minimum>,
    pub needs: Needs,
    /// Whether visitors can wish for the gender of the counsellor.
    pub allows_gender_wish: bool,
    /// How ways are reckoned, of a visit.
    pub visits: Option<VisitRules>,
    /// How long who waits has to answer an offer, where it keeps a waiting list.
    pub waitlist: Option<OfferLasts>,
    /// Whether visitors draw numbers of its open hours by themselves.
    pub draws_online: bool,
    pub published: bool,
}

/// What a service is about: an open list of snake_case words (`psychosocial`, `social`, …).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a topic is a word of 1 to 63 lower-case letters, digits and underscores that starts with a letter"
)]
pub struct MalformedTopic;

/// Whether it is a word of an open list: snake_case, and not too long.
pub(crate) fn is_word(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let starts = text.starts_with(|first: char| first.is_ascii_lowercase());
    starts && text.len() <= 63 && text.bytes().all(allowed)
}

impl Topic {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Topic {
    type Err = MalformedTopic;

    fn from_str(text: &str) -> Result<Self, MalformedTopic> {
        if is_word(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(MalformedTopic)
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How people meet. Talks, visits and open hours have one visitor at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    Individual,
    Group,
    Course,
    Visit,
    OpenHours,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a format is one of individual, group, course, visit, open_hours")]
pub struct UnknownFormat;

impl Format {
    pub const ALL: [Self; 5] = [
        Self::Individual,
        Self::Group,
        Self::Course,
        Self::Visit,
        Self::OpenHours,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Individual => "individual",
            Self::Group => "group",
            Self::Course => "course",
            Self::Visit => "visit",
            Self::OpenHours => "open_hours",
        }
    }

    /// Whether its slots can be booked: its sessions are cut into slots for one visitor each, or
    /// one slot for many.
    #[must_use]
    pub const fn has_slots(self) -> bool {
        matches!(self, Self::Individual | Self::Visit | Self::Group)
    }

    /// Whether many attend a session at once.
    #[must_use]
    pub const fn has_places(self) -> bool {
        matches!(self, Self::Group | Self::Course)
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        Self::ALL
            .into_iter()
            .find(|format| format.as_str() == text)
            .ok_or(UnknownFormat)
    }
}

/// What a visitor must give of themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContactRule {
    /// Nothing is asked, and nothing is taken.
    None,
    Optional,
    /// An e-mail address or a telephone number.
    Required,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a contact rule is one of none, optional, required")]
pub struct UnknownContactRule;

impl ContactRule {
    pub const ALL: [Self; 3] = [Self::None, Self::Optional, Self::Required];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Optional => "optional",
            Self::Required => "required",
        }
    }
}

impl FromStr for ContactRule {
    type Err = UnknownContactRule;

    fn from_str(text: &str) -> Result<Self, UnknownContactRule> {
        Self::ALL
            .into_iter()
            .find(|rule| rule.as_str() == text)
            .ok_or(UnknownContactRule)
    }
}
