//! Why an appointment is cancelled or moved: words of a list, for figures. They tell nothing of a
//! person, and nobody has to give one.

use std::fmt;
use std::str::FromStr;

use crate::actor::Actor;
use crate::service::is_word;
use crate::texts::Texts;

/// A word of a list of reasons.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReasonCode(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reason is 1 to 63 lower-case letters, digits and underscores, and begins with a letter")]
pub struct MalformedReason;

/// A reason of which the figures of the whole network are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CommonReason {
    Ill,
    NoLongerNeeded,
    OtherHelpFound,
    CannotGetThere,
    OtherReason,
    CounsellorAway,
    RoomNotAvailable,
}

/// A reason of one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnReason {
    pub code: ReasonCode,
    pub text: Texts,
    /// Whether no visitor can give it.
    pub staff_only: bool,
}

/// The reasons of one organisation, beside the common ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnReasons(Vec<OwnReason>);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OwnReasonsError {
    #[error("an organisation has at most {} reasons of its own", OwnReasons::MOST)]
    TooMany,
    #[error("`{0}` is a reason of the whole network already")]
    Common(ReasonCode),
    #[error("`{0}` is listed twice")]
    Twice(ReasonCode),
}

/// Why a reason cannot be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReasonError {
    #[error("is none of the reasons that /v1/cancellation-reasons lists for this organisation")]
    Unknown,
    #[error("is a reason that only staff give")]
    StaffOnly,
}

impl CommonReason {
    pub const ALL: [Self; 7] = [
        Self::Ill,
        Self::NoLongerNeeded,
        Self::OtherHelpFound,
        Self::CannotGetThere,
        Self::OtherReason,
        Self::CounsellorAway,
        Self::RoomNotAvailable,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ill => "ill",
            Self::NoLongerNeeded => "no_longer_needed",
            Self::OtherHelpFound => "other_help_found",
            Self::CannotGetThere => "cannot_get_there",
            Self::OtherReason => "other",
            Self::CounsellorAway => "counsellor_away",
            Self::RoomNotAvailable => "room_not_available",
        }
    }

    #[must_use]
    pub fn code(self) -> ReasonCode {
        ReasonCode(self.as_str().to_owned())
    }

    /// In German, in plain German, and in English.
    #[must_use]
    pub const fn texts(self) -> [(&'static str, &'static str); 3] {
        let [german, plain, english] = match self {
            Self::Ill => ["krank", "Ich bin krank.", "ill"],
            Self::NoLongerNeeded => [
                "nicht mehr nötig",
                "Ich brauche den Termin nicht mehr.",
                "no longer needed",
            ],
            Self::OtherHelpFound => [
                "andere Hilfe gefunden",
                "Jemand anderes hilft mir.",
                "found help elsewhere",
            ],
            Self::CannotGetThere => [
                "Weg nicht möglich",
                "Ich kann nicht hinkommen.",
                "cannot get there",
            ],
            Self::OtherReason => ["anderer Grund", "Ein anderer Grund.", "another reason"],
            Self::CounsellorAway => [
                "Beratungsperson verhindert",
                "Die Person in der Beratung ist nicht da.",
                "the counsellor is away",
            ],
            Self::RoomNotAvailable => [
                "Raum nicht verfügbar",
                "Der Raum ist nicht frei.",
                "the room is not available",
            ],
        };
        [("de", german), ("de-simple", plain), ("en", english)]
    }

    /// Whether no visitor can give it: it is about the organisation.
    #[must_use]
    pub const fn is_of_staff(self) -> bool {
        matches!(self, Self::CounsellorAway | Self::RoomNotAvailable)
    }
}

impl ReasonCode {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The reason of the whole network that it is, if it is one.
    #[must_use]
    pub fn common(&self) -> Option<CommonReason> {
        CommonReason::ALL
            .into_iter()
            .find(|reason| reason.as_str() == self.0)
    }
}

impl OwnReasons {
    pub const MOST: usize = 20;

    pub fn new(reasons: Vec<OwnReason>) -> Result<Self, OwnReasonsError> {
        if reasons.len() > Self::MOST {
            return Err(OwnReasonsError::TooMany);
        }
        for (place, reason) in reasons.iter().enumerate() {
            let code = &reason.code;
            if code.common().is_some() {
                return Err(OwnReasonsError::Common(code.clone()));
            }
            if reasons[..place].iter().any(|other| other.code == *code) {
                return Err(OwnReasonsError::Twice(code.clone()));
            }
        }
        Ok(Self(reasons))
    }

    pub fn iter(&self) -> impl Iterator<Item = &OwnReason> {
        self.0.iter()
    }

    /// Whether somebody can give that reason here.
    pub fn check(&self, code: &ReasonCode, actor: &Actor) -> Result<(), ReasonError> {
        let own = || self.0.iter().find(|reason| reason.code == *code);
        let staff_only = match code.common() {
            Some(common) => common.is_of_staff(),
            None => own().ok_or(ReasonError::Unknown)?.staff_only,
        };
        if staff_only && matches!(actor, Actor::Visitor) {
            return Err(ReasonError::StaffOnly);
        }
        Ok(())
    }
}

impl FromStr for ReasonCode {
    type Err = MalformedReason;

    fn from_str(text: &str) -> Result<Self, MalformedReason> {
        if is_word(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(MalformedReason)
        }
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::actor::Staff;

    fn own(code: &str, staff_only: bool) -> OwnReason {
        let text = [("de".parse().expect("a tag"), "so".to_owned())];
        OwnReason {
            code: code.parse().expect("a code"),
            text: Texts::new(text.into()).expect("a text"),
            staff_only,
        }
    }

    fn staff() -> Actor {
        Actor::Staff(Staff {
            account_id: uuid::Uuid::from_u128(1).into(),
            network_coordinator: false,
            memberships: BTreeSet::new(),
            counsellors: BTreeSet::new(),
        })
    }

    #[test]
    fn common_reasons_have_names_and_texts() {
        for reason in CommonReason::ALL {
            assert_eq!(reason.code().common(), Some(reason));
            assert_eq!(reason.as_str().parse(), Ok(reason.code()));
            assert!(reason.texts().iter().all(|(_, text)| !text.is_empty()));
        }
        assert_eq!("so so".parse::<ReasonCode>(), Err(MalformedReason));
    }

    #[test]
    fn own_reasons_are_few_and_differ() {
        let many = (0..21).map(|number| own(&format!("r{number}"), false));
        let many: Vec<_> = many.collect();
        assert_eq!(OwnReasons::new(many.clone()), Err(OwnReasonsError::TooMany));
        assert!(OwnReasons::new(many[..20].to_vec()).is_ok());
        let twice = OwnReasons::new(vec![own("a", true), own("b", true), own("a", false)]);
        assert_eq!(twice, Err(OwnReasonsError::Twice(own("a", true).code)));
        let common = OwnReasons::new(vec![own("ill", false)]);
        assert_eq!(common, Err(OwnReasonsError::Common(own("ill", true).code)));
    }

    #[test]
    fn visitors_give_what_is_listed_and_is_not_of_staff() {
        let reasons = OwnReasons::new(vec![own("exam", false), own("strike", true)]);
        let reasons = reasons.expect("reasons");
        let check = |code: &str, actor: &Actor| reasons.check(&own(code, true).code, actor);
        for code in ["exam", "ill", "other"] {
            assert_eq!(check(code, &Actor::Visitor), Ok(()), "{code}");
            assert_eq!(check(code, &staff()), Ok(()), "{code}");
        }
        for code in ["strike", "counsellor_away"] {
            let refused = Err(ReasonError::StaffOnly);
            assert_eq!(check(code, &Actor::Visitor), refused, "{code}");
            assert_eq!(check(code, &staff()), Ok(()), "{code}");
        }
        assert_eq!(check("bored", &staff()), Err(ReasonError::Unknown));
    }
}
