//! Why a start can or cannot be booked: the rules of the search, told one by one.

use chrono::{DateTime, Utc};

use super::{Calendar, SessionOpening};
use crate::minutes::{WholeMinute, minute_at_or_after};
use crate::modality::Modality;
use crate::service::Service;
use crate::slots::{Limit, Need, Rule, Verdict, verdicts};
use crate::texts::LanguageTag;

/// What a visitor wants of a slot, beside when, where and with whom.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    pub modality: Option<Modality>,
    pub language: Option<LanguageTag>,
    /// Whether somebody has to interpret.
    pub interpreter: bool,
}

/// One start, as somebody asks for it.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    pub starts_at: WholeMinute,
    pub wishes: &'a Wishes,
    /// Whether anybody can find the service.
    pub is_published: bool,
}

/// One session, and what each rule says about a start in it.
#[derive(Debug, Clone)]
pub struct Explained<'a> {
    pub opening: &'a SessionOpening,
    pub verdicts: Vec<Verdict>,
}

/// What anybody is told about a start. Whether somebody is away or busy is nobody's business, so
/// both are the same here. The later an answer stands, the nearer the start was to being free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// Which nobody is told but staff.
    NotPublished,
    /// The service is not booked by slots.
    NotBySlots,
    Past,
    TooSoon,
    TooFar,
    NoSession,
    ModalityNotOffered,
    LanguageNotOffered,
    /// Of a visit.
    OutOfReach,
    OffGrid,
    PublicHoliday,
    Closed,
    Taken,
    CapReached,
    NoInterpreter,
    Free,
}

impl Calendar {
    /// What every rule says about the start, in each of the sessions.
    #[must_use]
    pub fn explain(&self, question: Question<'_>, now: DateTime<Utc>) -> Vec<Explained<'_>> {
        let holidays = self.holidays();
        let capped = self.capped();
        let explained = |opening| {
            let offer = self.offer(opening, &holidays, &capped, now);
            let in_use = offer.is_some() || self.is_out_of_reach(opening);
            let mut verdicts = self.of_wishes(opening, question, in_use);
            if let Some(offer) = offer {
                let start = question.starts_at;
                verdicts.append(&mut self::verdicts(&offer, start, &self.occupied, now));
            }
            Explained { opening, verdicts }
        };
        // What is kept for staff for good is not there for anybody else.
        let is_there = |opening: &&SessionOpening| {
            let kept = opening.kept;
            let for_good = kept.staff_only && kept.opens_to_all.is_none();
            !for_good || self.reader.is_given(opening)
        };
        self.openings
            .iter()
            .filter(is_there)
            .map(explained)
            .collect()
    }

    /// As the search does, before it cuts slots from a session.
    fn of_wishes(
        &self,
        opening: &SessionOpening,
        question: Question<'_>,
        in_use: bool,
    ) -> Vec<Verdict> {
        let wishes = question.wishes;
        let service = self.services.get(&opening.service_id);
        let is_on_way = |way: Modality| opening.modalities.contains(&way);
        let is_spoken = |language: &LanguageTag| {
            let shared = |service| self.shared_languages(opening, service);
            service.is_some_and(|service| shared(service).contains(language))
        };
        let is_interpreted = opening.pools.iter().any(|it| it.need == Need::Interpreter);
        let mut verdicts = vec![
            (Rule::Published, question.is_published),
            (
                Rule::BySlots,
                service.is_some_and(|service| service.format.has_slots()),
            ),
            (Rule::InUse, in_use),
            (Rule::Modality, wishes.modality.is_none_or(is_on_way)),
            (
                Rule::Language,
                wishes.language.as_ref().is_none_or(is_spoken),
            ),
            (Rule::Way, !self.is_out_of_reach(opening)),
        ];
        // Where the service books any, that rule is one of what is needed.
        if !is_interpreted {
            verdicts.push((Rule::Need(Need::Interpreter), !wishes.interpreter));
        }
        let verdict = |(rule, passed): (Rule, bool)| Verdict {
            rule,
            broken: (!passed).then_some(Limit::NotOffered),
        };
        verdicts.into_iter().map(verdict).collect()
    }
}

impl Answer {
    pub const ALL: [Self; 16] = [
        Self::NotPublished,
        Self::NotBySlots,
        Self::Past,
        Self::TooSoon,
        Self::TooFar,
        Self::NoSession,
        Self::ModalityNotOffered,
        Self::LanguageNotOffered,
        Self::OutOfReach,
        Self::OffGrid,
        Self::PublicHoliday,
        Self::Closed,
        Self::Taken,
        Self::CapReached,
        Self::NoInterpreter,
        Self::Free,
    ];

    /// That of all sessions together.
    #[must_use]
    pub fn of(explained: &[Explained<'_>], starts_at: WholeMinute, now: DateTime<Utc>) -> Self {
        let is_past = i64::from(starts_at.epoch_minutes()) < minute_at_or_after(now);
        let of_session = |session: &Explained<'_>| {
            let broken = session.verdicts.iter().filter(|it| it.broken.is_some());
            let answers = broken.map(|verdict| Self::of_broken(verdict.rule, is_past));
            answers.min().unwrap_or(Self::Free)
        };
        let nearest = explained.iter().map(of_session).max();
        nearest.unwrap_or(Self::NoSession)
    }

    /// Where no session is open then.
    #[must_use]
    pub fn without_session(service: &Service, starts_at: WholeMinute, now: DateTime<Utc>) -> Self {
        let start = i64::from(starts_at.epoch_minutes());
        let (timing, is_past) = (service.timing, start < minute_at_or_after(now));
        match () {
            () if !service.published => Self::NotPublished,
            () if !service.format.has_slots() => Self::NotBySlots,
            () if is_past => Self::Past,
            () if timing.too_late(start, now).is_some() => Self::TooSoon,
            () if timing.too_early(start, now).is_some() => Self::TooFar,
            () => Self::NoSession,
        }
    }

    const fn of_broken(rule: Rule, is_past: bool) -> Self {
        match rule {
            Rule::Published => Self::NotPublished,
            Rule::BySlots => Self::NotBySlots,
            Rule::InUse | Rule::Session => Self::NoSession,
            Rule::Modality => Self::ModalityNotOffered,
            Rule::Language => Self::LanguageNotOffered,
            Rule::Way => Self::OutOfReach,
            Rule::Grid => Self::OffGrid,
            Rule::Notice if is_past => Self::Past,
            Rule::Notice => Self::TooSoon,
            Rule::Horizon => Self::TooFar,
            Rule::NoHoliday => Self::PublicHoliday,
            Rule::RoomOpen | Rule::SiteOpen | Rule::OrganisationOpen => Self::Closed,
            Rule::CounsellorFree
            | Rule::CounsellorThere
            | Rule::RoomFree
            | Rule::Places
            | Rule::Need(Need::Room | Need::Equipment | Need::Companion) => Self::Taken,
            Rule::TalksOfDay | Rule::Pause | Rule::TalksOfWeek => Self::CapReached,
            Rule::Need(Need::Interpreter) => Self::NoInterpreter,
        }
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotPublished => "not-published",
            Self::NotBySlots => "not-by-slots",
            Self::Past => "past",
            Self::TooSoon => "too-soon",
            Self::TooFar => "too-far",
            Self::NoSession => "no-session",
            Self::ModalityNotOffered => "modality-not-offered",
            Self::LanguageNotOffered => "language-not-offered",
            Self::OutOfReach => "out-of-reach",
            Self::OffGrid => "off-grid",
            Self::PublicHoliday => "public-holiday",
            Self::Closed => "closed",
            Self::Taken => "taken",
            Self::CapReached => "cap-reached",
            Self::NoInterpreter => "no-interpreter",
            Self::Free => "free",
        }
    }
}
