use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::claims::{Possible, possible};
use super::facts::{Attempt, Facts};
use super::places::Place;
use super::report::{Law, Violation};
use super::stored::Stored;

/// Every refusal for the sake of others is explained by what others may have done at that time.
pub(crate) fn check(facts: &Facts, stored: &Stored) -> Vec<Violation> {
    let claims = possible(facts, stored);
    let mut by_resource: BTreeMap<Uuid, Vec<&Possible>> = BTreeMap::new();
    for one in &claims {
        for resource in &one.claim.resources {
            by_resource.entry(*resource).or_default().push(one);
        }
    }
    let known = Known {
        facts,
        stored,
        by_resource,
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
    by_resource: BTreeMap<Uuid, Vec<&'a Possible>>,
}

impl Known<'_> {
    fn explains(&self, attempt: &Attempt) -> bool {
        let place = || self.stored.place(attempt.call.slot_id.as_deref());
        match attempt.problem() {
            Some("slot-taken") => place().is_none_or(|place| self.has_rival(attempt, &place)),
            Some("slot-gone") => place().is_none_or(|place| self.is_gone(attempt, &place)),
            Some("hold-expired") => self.is_ended(attempt),
            _ => true,
        }
    }

    fn has_rival(&self, attempt: &Attempt, place: &Place<'_>) -> bool {
        let call = &attempt.call;
        let resources = place.claim.resources.iter();
        let near = resources
            .filter_map(|resource| self.by_resource.get(resource))
            .flatten();
        near.filter(|one| one.intent != Some(call.intent))
            // Nobody is in their own way.
            .filter(|one| {
                one.holder.is_none() || ![call.appointment_id, call.hold_id].contains(&one.holder)
            })
            .filter(|one| one.from <= attempt.heard() && one.until >= call.at.micros)
            .any(|one| one.claim.contends_with(&place.claim))
    }

    fn is_gone(&self, attempt: &Attempt, place: &Place<'_>) -> bool {
        let sessions = &self.facts.baseline.sessions;
        let before = sessions.iter().find(|(id, _)| *id == place.session_id);
        let edited = before.is_none_or(|(_, version)| *version != place.session.version);
        let ends_at = place.starts_at + TimeDelta::minutes(place.service.length);
        let outside = place.starts_at < place.session.starts_at || ends_at > place.session.ends_at;
        let since = (place.starts_at - place.session.starts_at).num_minutes();
        let off_grid = place.service.every > 0 && since % place.service.every != 0;
        let withdrawn = !place.session.published || !place.service.offered;
        edited
            || outside
            || off_grid
            || withdrawn
            || is_kept(attempt, place)
            || self.too_late(attempt, place)
            || self.away(place, ends_at)
    }

    fn too_late(&self, attempt: &Attempt, place: &Place<'_>) -> bool {
        let heard = attempt.outcome.as_ref().map(|outcome| outcome.at.wall);
        // The program decides in whole minutes.
        let notice = TimeDelta::minutes(place.service.notice + 1);
        let latest = notice + self.ahead(attempt);
        heard.is_none_or(|heard| place.starts_at < heard + latest)
    }

    fn away(&self, place: &Place<'_>, ends_at: DateTime<Utc>) -> bool {
        let session = place.session;
        let concerned = [
            Some(session.counsellor_id),
            session.room_id,
            Some(session.site_id),
            None,
        ];
        self.stored.unavailable.iter().any(|one| {
            one.organisation_id == session.organisation_id
                && concerned.contains(&one.of)
                && one.starts_at < ends_at
                && one.ends_at > place.starts_at
        })
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

/// It is for staff yet: nobody who plays books a slot for a visitor at the desk.
fn is_kept(attempt: &Attempt, place: &Place<'_>) -> bool {
    let opens_to_all = place.session.opens_to_all.map(TimeDelta::minutes);
    opens_to_all.is_some_and(|before| attempt.call.at.wall < place.starts_at - before)
}
