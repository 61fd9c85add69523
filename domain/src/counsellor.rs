//! Who gives appointments.

use std::collections::BTreeSet;

use crate::caps::CounsellorCaps;
use crate::gender::Gender;
use crate::ids::{AccountId, CounsellorId, OrganisationId};
use crate::line::Line;
use crate::texts::LanguageTag;
use crate::visits::VisitingArea;

/// A person who gives appointments, paid or volunteer.
#[derive(Debug, Clone, PartialEq)]
pub struct Counsellor {
    pub id: CounsellorId,
    pub organisation_id: OrganisationId,
    /// The account with which the person signs in; makes the calendar their own.
    pub account_id: Option<AccountId>,
    pub display_name: Line,
    pub languages: BTreeSet<LanguageTag>,
    pub skills: BTreeSet<Line>,
    pub caps: CounsellorCaps,
    /// For which languages they are booked as an interpreter beside others.
    pub interprets: BTreeSet<LanguageTag>,
    pub gender: Option<Gender>,
    /// Where they set out to visits, and how far they go; nobody else than staff learns it.
    pub visiting_area: Option<VisitingArea>,
    /// Whether visitors may learn the name.
    pub published: bool,
}

/// What visitors may learn of a counsellor whom the organisation publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedCounsellor {
    pub id: CounsellorId,
    pub organisation_id: OrganisationId,
    pub display_name: Line,
    pub languages: BTreeSet<LanguageTag>,
}
