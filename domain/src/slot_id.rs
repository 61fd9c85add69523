//! The name of a slot. Slots are computed, not stored: the name alone must say which one is meant.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::crockford::{self, Case};
use crate::ids::{OrganisationId, ServiceId, SessionId, SiteId};
use crate::minutes::WholeMinute;

/// Which start of which session for which service. It grants nothing and promises nothing: the
/// slot may be taken, or never have existed.
///
/// As text: 85 letters of lower-case Crockford base32, over one byte for the version, the three
/// ids and the minutes since 1970 in four bytes, most significant first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotId {
    pub organisation_id: OrganisationId,
    pub session_id: SessionId,
    pub service_id: ServiceId,
    pub starts_at: WholeMinute,
}

/// Not exactly the text that [`SlotId`] writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a slot id is the 85 characters that the list of slots gave, unchanged")]
pub struct MalformedSlotId;

const VERSION: u8 = 1;
const BYTES: usize = 1 + 3 * 16 + 4;
const LETTERS: usize = (BYTES * 8).div_ceil(5);

/// A start of a service at a site, with whichever counsellor is free. As text: like that of a slot,
/// with another version and the site in the place of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AnySlotId {
    pub organisation_id: OrganisationId,
    pub site_id: SiteId,
    pub service_id: ServiceId,
    pub starts_at: WholeMinute,
}

const OF_ANY_COUNSELLOR: u8 = 2;

/// What both are written with: the organisation, the session or site, and the service.
type Parts = ([Uuid; 3], WholeMinute);

fn write(version: u8, (ids, starts_at): Parts) -> String {
    let mut bytes = [version; BYTES];
    for (place, id) in bytes[1..].chunks_exact_mut(16).zip(ids) {
        place.copy_from_slice(id.as_bytes());
    }
    bytes[49..].copy_from_slice(&starts_at.epoch_minutes().to_be_bytes());
    crockford::encode(&bytes, Case::Lower)
}

fn read(version: u8, text: &str) -> Result<Parts, MalformedSlotId> {
    if text.len() != LETTERS {
        return Err(MalformedSlotId);
    }
    let bytes = crockford::decode_strict(text, Case::Lower).map_err(|_| MalformedSlotId)?;
    let parts = |bytes: &[u8]| {
        let (found, rest) = bytes.split_first()?;
        let (organisation, rest) = rest.split_first_chunk()?;
        let (session, rest) = rest.split_first_chunk()?;
        let (service, minutes) = rest.split_first_chunk()?;
        let minutes = minutes.try_into().ok()?;
        let ids = [organisation, session, service].map(|id| Uuid::from_bytes(*id));
        let starts_at = WholeMinute::since_epoch(u32::from_be_bytes(minutes));
        (*found == version).then_some((ids, starts_at))
    };
    parts(&bytes).ok_or(MalformedSlotId)
}

impl AnySlotId {
    /// The slot of one session that it could be.
    #[must_use]
    pub const fn in_session(self, session_id: SessionId) -> SlotId {
        SlotId {
            organisation_id: self.organisation_id,
            session_id,
            service_id: self.service_id,
            starts_at: self.starts_at,
        }
    }
}

impl fmt::Display for SlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = [
            self.organisation_id.uuid(),
            self.session_id.uuid(),
            self.service_id.uuid(),
        ];
        f.write_str(&write(VERSION, (ids, self.starts_at)))
    }
}

impl fmt::Display for AnySlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = [
            self.organisation_id.uuid(),
            self.site_id.uuid(),
            self.service_id.uuid(),
        ];
        f.write_str(&write(OF_ANY_COUNSELLOR, (ids, self.starts_at)))
    }
}

impl FromStr for SlotId {
    type Err = MalformedSlotId;

    fn from_str(text: &str) -> Result<Self, MalformedSlotId> {
        let ([organisation, session, service], starts_at) = read(VERSION, text)?;
        Ok(Self {
            organisation_id: organisation.into(),
            session_id: session.into(),
            service_id: service.into(),
            starts_at,
        })
    }
}

impl FromStr for AnySlotId {
    type Err = MalformedSlotId;

    fn from_str(text: &str) -> Result<Self, MalformedSlotId> {
        let ([organisation, site, service], starts_at) = read(OF_ANY_COUNSELLOR, text)?;
        Ok(Self {
            organisation_id: organisation.into(),
            site_id: site.into(),
            service_id: service.into(),
            starts_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::*;

    fn slot_id(organisation: u128, session: u128, service: u128, minutes: u32) -> SlotId {
        SlotId {
            organisation_id: Uuid::from_u128(organisation).into(),
            session_id: Uuid::from_u128(session).into(),
            service_id: Uuid::from_u128(service).into(),
            starts_at: WholeMinute::since_epoch(minutes),
        }
    }

    /// Links to slots live outside the program: this text must never change its meaning.
    const PUBLISHED: &str = concat!(
        "040000000000000000000000000g00000000000000000000000040000000",
        "000000000000000000r1rk800",
    );

    #[test]
    fn the_text_is_stable() {
        assert_eq!(slot_id(1, 2, 3, 29_675_520).to_string().len(), LETTERS);
        assert_eq!(slot_id(1, 2, 3, 29_675_520).to_string(), PUBLISHED);
    }

    #[test]
    fn only_the_canonical_text_is_read() {
        let text = slot_id(0xA1, 0xB2, 0xC3, 29_675_520).to_string();
        assert!(text.parse::<SlotId>().is_ok());
        let another_version = format!("0g{}", &text[2..]);
        let trailing_bit = format!("{}1", &text[..LETTERS - 1]);
        let others = [
            String::new(),
            text.to_uppercase(),
            format!("{text}0"),
            format!(" {}", &text[1..]),
            text.replacen('0', "o", 1),
            text[1..].to_owned(),
            another_version,
            trailing_bit,
        ];
        for other in others {
            assert_eq!(other.parse::<SlotId>(), Err(MalformedSlotId), "{other}");
        }
    }

    proptest! {
        #[test]
        fn every_id_comes_back(ids: (u128, u128, u128), minutes: u32) {
            let id = slot_id(ids.0, ids.1, ids.2, minutes);
            let text = id.to_string();
            assert_eq!(text.parse(), Ok(id));
            assert!(text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
        }

        #[test]
        fn a_slot_of_any_counsellor_is_no_other_slot(ids: (u128, u128, u128), minutes: u32) {
            let id = slot_id(ids.0, ids.1, ids.2, minutes);
            let any = AnySlotId {
                organisation_id: id.organisation_id,
                site_id: id.session_id.uuid().into(),
                service_id: id.service_id,
                starts_at: id.starts_at,
            };
            assert_eq!(any.to_string().parse(), Ok(any));
            assert_eq!(any.in_session(id.session_id), id);
            assert_eq!(any.to_string().parse::<SlotId>(), Err(MalformedSlotId));
            assert_eq!(id.to_string().parse::<AnySlotId>(), Err(MalformedSlotId));
        }

        #[test]
        fn what_is_read_is_written_the_same(text in "0[4-7][0-9a-hjkmnp-tv-z]{83}") {
            if let Ok(id) = text.parse::<SlotId>() {
                assert_eq!(id.to_string(), text);
            }
        }

        #[test]
        fn no_text_panics(text in any::<String>(), long in "\\PC{60,90}") {
            let _ = text.parse::<SlotId>();
            let _ = long.parse::<SlotId>();
        }
    }
}
