mod gone;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::changes::{CANCELLATIONS, MOVES};
use super::claims::{Possible, possible};
use super::facts::Facts;
use super::intent::{Attempt, Intent};
use super::places::{Claim, Place};
use super::report::{Law, Violation};
use super::stored::Stored;
use crate::history::{Call, Operation};

/// Every refusal for the sake of others is explained by what others may have done at that time.
pub(crate) fn check(facts: &Facts, stored: &Stored) -> Vec<Violation> {
    let claims = possible(facts, stored);
    let mut by_resource: BTreeMap<Uuid, Vec<&Possible>> = BTreeMap::new();
    let mut places: BTreeMap<Uuid, Vec<&Possible>> = BTreeMap::new();
    for one in &claims {
        if let Some(session) = one.place_in {
            places.entry(session).or_default().push(one);
        }
        for resource in &one.claim.resources {
            by_resource.entry(*resource).or_default().push(one);
        }
    }
    let known = Known {
        facts,
        stored,
        all: &claims,
        by_resource,
        places,
    };
    let attempts = facts.intents.iter().flat_map(|intent| &intent.attempts);
    attempts
        .filter(|attempt| !known.explains(attempt))
        .map(|attempt| {
            let problem = attempt.problem().unwrap_or_default();
            let what = format!("`{problem}`, and nothing that is known was in the way");
            Violation::of_calls(Law::RivalForConflict, what, vec![attempt.name()])
        })
        .collect()
}

struct Known<'a> {
    facts: &'a Facts,
    stored: &'a Stored,
    all: &'a [Possible],
    by_resource: BTreeMap<Uuid, Vec<&'a Possible>>,
    /// Places, by session.
    places: BTreeMap<Uuid, Vec<&'a Possible>>,
}

impl Known<'_> {
    fn explains(&self, attempt: &Attempt) -> bool {
        let place = || self.asked_for(attempt);
        match attempt.problem() {
            Some("slot-taken") => place().is_none_or(|place| self.has_rival(attempt, &place)),
            Some("slot-gone") => place().is_none_or(|place| self.is_gone(attempt, &place)),
            Some("hold-expired") => self.is_ended(attempt),
            Some("proposal-answered") => self.is_answered(attempt),
            Some("offer-gone") => self.is_offered_no_more(attempt),
            Some("waitlist-entry-ended") => self.waits_no_more(attempt),
            Some(_) | None => self.explains_dates(attempt),
        }
    }

    /// The slot that the call names, or that was proposed or offered.
    fn asked_for(&self, attempt: &Attempt) -> Option<Place<'_>> {
        let call = &attempt.call;
        let proposal = || self.stored.proposals.get(&call.proposal_id?);
        let slot = self.stored.place(call.slot_id.as_deref());
        let offer = || self.stored.offers.get(&call.offer_id?);
        slot.or_else(|| self.stored.proposed(proposal()?))
            .or_else(|| self.stored.offered(offer()?))
    }

    /// Each date of a series or course that was not to be had: in a refusal, or left out of what fits.
    fn explains_dates(&self, attempt: &Attempt) -> bool {
        attempt
            .refused_dates()
            .into_iter()
            .all(|(starts_at, code)| {
                let places = self.dates_asked_for(attempt, starts_at);
                let is_explained = |place: &Place<'_>| match code {
                    "slot-taken" => self.has_rival(attempt, place),
                    "slot-gone" => self.is_gone(attempt, place),
                    _ => true,
                };
                places.is_empty() || places.iter().any(is_explained)
            })
    }

    /// Where the date of a series or course may have been wanted.
    fn dates_asked_for(&self, attempt: &Attempt, starts_at: DateTime<Utc>) -> Vec<Place<'_>> {
        let call = &attempt.call;
        if let Some(course) = call.course_id.and_then(|id| self.stored.courses.get(&id)) {
            let mut dates = self.stored.dates_of(course);
            dates.retain(|place| place.starts_at == starts_at);
            return dates;
        }
        let first = self.stored.place(call.slot_id.as_deref());
        first.map_or_else(Vec::new, |first| self.stored.places_then(&first, starts_at))
    }

    fn has_rival(&self, attempt: &Attempt, place: &Place<'_>) -> bool {
        let near = self.near(attempt, &place.claim.resources);
        let busy = near
            .filter(|one| one.place_in.is_none())
            // A group has the time of its session to itself.
            .filter(|one| place.group().is_none() || one.holder != place.group())
            .any(|one| one.claim.contends_with(&place.claim));
        busy || self.is_full(attempt, place) || self.lacks(attempt, place)
    }

    /// What may have been claimed of these while the call was under way, by others.
    fn near<'a>(
        &'a self,
        attempt: &'a Attempt,
        resources: &'a [Uuid],
    ) -> impl Iterator<Item = &'a Possible> {
        let near = resources
            .iter()
            .filter_map(|resource| self.by_resource.get(resource))
            .flatten();
        near.copied().filter(|one| is_other(one, attempt))
    }

    /// Others may have had all places of the group.
    fn is_full(&self, attempt: &Attempt, place: &Place<'_>) -> bool {
        let (Some(session), Some(capacity)) = (place.group(), place.session.capacity) else {
            return false;
        };
        let others = self.places.get(&session).into_iter().flatten();
        let taken = others.filter(|one| is_other(one, attempt)).count();
        let all = i64::try_from(taken).is_ok_and(|taken| taken + place.service.kept >= capacity);
        all || place.session.has_desk_places
    }

    /// What the talk takes besides may have been with others: every piece but too few, each room, or
    /// whoever interprets.
    fn lacks(&self, attempt: &Attempt, place: &Place<'_>) -> bool {
        let overlaps = |one: &&Possible| one.claim.overlaps(&place.claim);
        let others = || {
            self.all
                .iter()
                .filter(|one| is_other(one, attempt))
                .filter(overlaps)
        };
        let few = place.service.pieces.iter().any(|(equipment, wanted)| {
            let all = self.stored.equipment.get(equipment).copied().unwrap_or(0);
            let pieces = others().flat_map(|one| &one.pieces);
            let taken = pieces
                .filter(|(of, _)| of == equipment)
                .map(|(_, count)| count);
            taken.sum::<i64>() + wanted > all
        });
        // Whoever comes along to a visit is not known before.
        let takes_any = place.service.needs_room || place.service.visits;
        few || takes_any && others().next().is_some() || self.lacks_interpreter(attempt, place)
    }

    fn lacks_interpreter(&self, attempt: &Attempt, place: &Place<'_>) -> bool {
        let body = attempt.call.body.as_ref();
        let language = match attempt.call.operation {
            Operation::Hold => return false,
            Operation::Book | Operation::BookSeries => {
                let asks = body.filter(|body| body["interpreter_needed"] == true);
                let Some(language) = asks.and_then(|body| body["language"].as_str()) else {
                    return false;
                };
                Some(language)
            }
            _ => self.interpreted_so_far(&attempt.call),
        };
        let candidates = self.stored.interpreters(place, language);
        let is_busy = |one: &Uuid| {
            let claim = Claim {
                resources: vec![*one],
                ..place.claim.clone()
            };
            let mut near = self.near(attempt, &claim.resources);
            near.any(|other| other.claim.contends_with(&claim))
                || self.is_away(&[Some(*one)], place)
        };
        place.service.books_interpreters
            && match language {
                Some(_) => candidates.iter().all(is_busy),
                None => candidates.iter().any(is_busy),
            }
    }

    /// The language of what is moved, where somebody interprets for it.
    fn interpreted_so_far(&self, call: &Call) -> Option<&str> {
        let of_series = || {
            let mut all = self.stored.appointments.values();
            all.find(|one| one.series_id.is_some() && one.series_id == call.series_id)
        };
        let moved = call
            .appointment_id
            .and_then(|id| self.stored.appointments.get(&id));
        moved.or_else(of_series)?.interpreted.as_deref()
    }

    /// Somebody may have answered it, or done something else with its appointment.
    fn is_answered(&self, attempt: &Attempt) -> bool {
        let call = &attempt.call;
        let Some(appointment) = call.appointment_id else {
            return true;
        };
        let moves = self.facts.changes(&MOVES, appointment);
        let ends = moves.chain(self.facts.changes(&CANCELLATIONS, appointment));
        let answers = call
            .proposal_id
            .into_iter()
            .flat_map(|id| self.facts.answers(id));
        // Who does not come is not moved; of these changes nobody knows whose they were.
        let others = ends
            .chain(answers)
            .filter(|one| one.first().intent != call.intent);
        let explained = others
            .filter(|one| one.may_have_happened())
            .any(|one| one.sent() <= attempt.heard());
        let row = self.stored.appointments.get(&appointment);
        explained || row.is_none_or(|row| !matches!(row.status.as_str(), "booked" | "requested"))
    }

    /// Somebody may have answered the offer, or its time was over.
    fn is_offered_no_more(&self, attempt: &Attempt) -> bool {
        let offer = attempt.call.offer_id;
        let Some(offer) = offer.and_then(|id| self.stored.offers.get(&id)) else {
            return false;
        };
        let heard = attempt.outcome.as_ref().map(|outcome| outcome.at.wall);
        let latest = TimeDelta::seconds(1) + self.ahead(attempt);
        offer.state == "expired"
            || heard.is_none_or(|heard| heard + latest >= offer.expires_at)
            || is_forestalled(attempt, self.facts.answers_to_offer(offer))
    }

    /// Somebody may have left, or accepted what was offered; or the entry has waited long enough.
    fn waits_no_more(&self, attempt: &Attempt) -> bool {
        let entry = attempt.call.entry_id;
        let Some(entry) = entry.and_then(|id| self.stored.entries.get(&id)) else {
            return false;
        };
        entry.status == "expired" || is_forestalled(attempt, self.facts.ends_of_entry(entry.id))
    }

    /// How far the program's clock was ahead of the caller's.
    fn ahead(&self, attempt: &Attempt) -> TimeDelta {
        self.facts
            .leaps
            .furthest(attempt.call.at.micros, attempt.heard())
    }

    /// The hold ran out, or somebody may have redeemed it or given it back.
    fn is_ended(&self, attempt: &Attempt) -> bool {
        let call = &attempt.call;
        let Some(hold) = call.hold_id else {
            return true;
        };
        let lasting = self
            .facts
            .intents
            .iter()
            .filter(|one| one.answered_id() == Some(hold));
        let heard = attempt.outcome.as_ref().map(|outcome| outcome.at.wall);
        let expired = lasting
            .filter_map(|one| one.answer()?["expires_at"].as_str()?.parse().ok())
            .all(|expires_at: DateTime<Utc>| {
                let latest = TimeDelta::seconds(1) + self.ahead(attempt);
                heard.is_none_or(|heard| heard + latest >= expires_at)
            });
        let rivals = self
            .facts
            .intents
            .iter()
            .filter(|one| one.first().hold_id == Some(hold));
        let ended = rivals
            .filter(|one| one.first().intent != call.intent && one.may_have_happened())
            .any(|one| one.sent() <= attempt.heard());
        expired || ended
    }
}

/// Whether another one of these may have come before its answer.
fn is_forestalled<'a>(attempt: &Attempt, mut others: impl Iterator<Item = &'a Intent>) -> bool {
    others.any(|one| {
        one.first().intent != attempt.call.intent
            && one.may_have_happened()
            && one.sent() <= attempt.heard()
    })
}

/// Whether somebody else may have had it while the call was under way. Nobody is in their own way.
fn is_other(one: &Possible, attempt: &Attempt) -> bool {
    let call = &attempt.call;
    let own = [
        call.appointment_id,
        call.hold_id,
        call.proposal_id,
        call.offer_id,
    ];
    one.intent != Some(call.intent)
        && (one.holder.is_none() || !own.contains(&one.holder))
        && one.from <= attempt.heard()
        && one.until >= call.at.micros
}
