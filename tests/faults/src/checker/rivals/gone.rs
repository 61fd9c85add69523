//! Why a slot is not to be had, whoever else wants it.

use chrono::{Days, TimeDelta};
use domain::holidays::holidays_between;
use uuid::Uuid;

use super::Known;
use crate::checker::intent::Attempt;
use crate::checker::places::Place;

impl Known<'_> {
    pub(super) fn is_gone(&self, attempt: &Attempt, place: &Place<'_>) -> bool {
        let sessions = &self.facts.baseline.sessions;
        let before = sessions.iter().find(|(id, _)| *id == place.session_id);
        let edited = before.is_none_or(|(_, version)| *version != place.session.version);
        let outside =
            place.starts_at < place.session.starts_at || place.ends_at > place.session.ends_at;
        let since = (place.starts_at - place.session.starts_at).num_minutes();
        let off_grid = place.service.every > 0 && since % place.service.every != 0;
        let withdrawn = !place.session.published || !place.service.offered;
        edited
            || outside
            || off_grid
            || withdrawn
            || is_kept(attempt, place)
            || self.too_late(attempt, place)
            || too_early(attempt, place)
            || is_closed(place)
            || self.away(place)
    }

    fn too_late(&self, attempt: &Attempt, place: &Place<'_>) -> bool {
        let heard = attempt.outcome.as_ref().map(|outcome| outcome.at.wall);
        // The program decides in whole minutes.
        let notice = TimeDelta::minutes(place.service.notice + 1);
        let latest = notice + self.ahead(attempt);
        heard.is_none_or(|heard| place.starts_at < heard + latest)
    }

    fn away(&self, place: &Place<'_>) -> bool {
        let session = place.session;
        let concerned = [
            Some(session.counsellor_id),
            session.room_id,
            Some(session.site_id),
            None,
        ];
        self.is_away(&concerned, place)
    }

    pub(super) fn is_away(&self, concerned: &[Option<Uuid>], place: &Place<'_>) -> bool {
        self.stored.unavailable.iter().any(|one| {
            one.organisation_id == place.session.organisation_id
                && concerned.contains(&one.of)
                && one.starts_at < place.ends_at
                && one.ends_at > place.starts_at
        })
    }
}

/// Nothing can be booked from its horizon on; a day is for midnight, and one for the program's clock.
fn too_early(attempt: &Attempt, place: &Place<'_>) -> bool {
    let horizon = TimeDelta::days(place.service.horizon_days - 2);
    place.starts_at >= attempt.call.at.wall + horizon
}

/// On a public holiday, by whichever state it is one.
fn is_closed(place: &Place<'_>) -> bool {
    let day = place.starts_at.date_naive();
    let days = holidays_between(day - Days::new(1), day + Days::new(2));
    !place.session.opens_on_holidays && !days.is_empty()
}

/// It is for staff yet: nobody who plays books a slot for a visitor at the desk.
fn is_kept(attempt: &Attempt, place: &Place<'_>) -> bool {
    let opens_to_all = place.session.opens_to_all.map(TimeDelta::minutes);
    opens_to_all.is_some_and(|before| attempt.call.at.wall < place.starts_at - before)
}
