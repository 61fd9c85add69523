//! Identities. Every kind of thing has its own type, so that one cannot be passed for another.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// The text is no UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is a UUID in its hyphenated form of 36 characters")]
pub struct MalformedId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            #[must_use]
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = MalformedId;

            fn from_str(text: &str) -> Result<Self, MalformedId> {
                if text.len() != 36 {
                    return Err(MalformedId);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| MalformedId)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.hyphenated(), f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    )+};
}

ids! {
    /// A body of the network: the tenant.
    OrganisationId,
    /// A place with an address, a time zone and a federal state.
    SiteId,
    /// A bookable room of a site. Also the id of the room as a resource.
    RoomId,
    /// A person who gives appointments. Also the id of the counsellor as a resource.
    CounsellorId,
    /// Whoever or whatever can be claimed: a counsellor, a room, a piece of equipment.
    ResourceId,
    /// Something that a talk may need.
    EquipmentId,
    /// What an owner has agreed with a borrower about a room.
    LoanId,
    /// Staff who meet, once or by a rule.
    MeetingId,
    /// One date of a meeting.
    MeetingDateId,
    /// What can be booked. Also the id of the service as a resource, where its weeks have a cap.
    ServiceId,
    /// A recurring rule in local time.
    ScheduleId,
    /// One dated opening.
    SessionId,
    /// A short exclusive claim, not yet an appointment.
    HoldId,
    /// A booked slot.
    AppointmentId,
    /// Appointments that are booked together.
    SeriesId,
    /// Sessions that are booked as one.
    CourseId,
    /// Places that are kept for a partner.
    KeptPlacesId,
    /// Another slot, proposed instead of a booked one.
    ProposalId,
    /// A wish that gets the next fitting slot offered.
    WaitlistEntryId,
    /// A slot that is held for a waiting-list entry's answer.
    WaitlistOfferId,
    /// A counsellor is away.
    AbsenceId,
    /// A site, room or organisation is closed.
    ClosureId,
    /// A number that somebody drew in open hours.
    TicketId,
    /// What is held in person is held on another way.
    ModalitySwitchId,
    /// A network-wide person who signs in.
    AccountId,
    /// An offer of a membership.
    InvitationId,
}

impl From<CounsellorId> for ResourceId {
    fn from(id: CounsellorId) -> Self {
        Self(id.0)
    }
}

impl From<ResourceId> for CounsellorId {
    fn from(id: ResourceId) -> Self {
        Self(id.0)
    }
}

impl From<ResourceId> for RoomId {
    fn from(id: ResourceId) -> Self {
        Self(id.0)
    }
}

impl From<ServiceId> for ResourceId {
    fn from(id: ServiceId) -> Self {
        Self(id.0)
    }
}

impl From<RoomId> for ResourceId {
    fn from(id: RoomId) -> Self {
        Self(id.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_hyphenated_form_is_an_id() {
        let text = "0190d3c4-7b1e-7000-8000-0000000000a1";
        assert_eq!(
            text.parse::<SiteId>().map(|id| id.to_string()),
            Ok(text.to_owned())
        );
        assert!(
            "0190d3c47b1e700080000000000000a1"
                .parse::<SiteId>()
                .is_err()
        );
        assert!(
            "{0190d3c4-7b1e-7000-8000-0000000000}"
                .parse::<SiteId>()
                .is_err()
        );
        assert!("".parse::<SiteId>().is_err());
    }
}
