//! What is taken, for whoever decides about several one after the other.

use std::sync::Arc;

use super::Calendar;
use crate::appointment::Place;
use crate::booking::Claimed;
use crate::ids::ResourceId;
use crate::slots::Pool;

impl Calendar {
    /// Counts what is taken for the caps of those who give it.
    pub fn count(&mut self, place: &Place, claimed: &Claimed) {
        let people = [Some(place.counsellor_id), place.second_counsellor_id];
        for person in people.into_iter().flatten() {
            let mut theirs = claimed
                .held()
                .filter(|(it, _)| *it == ResourceId::from(person));
            if let Some((_, span)) = theirs.next() {
                self.talks.entry(person).or_default().push(span);
            }
        }
        self.count_chosen(claimed);
    }

    /// Counts what is taken for the caps and rations of what may be chosen.
    pub(crate) fn count_chosen(&mut self, claimed: &Claimed) {
        for opening in &mut self.openings {
            let is_chosen = |pool: &Pool, id| pool.members.iter().any(|it| it.resource_id == id);
            for (id, span) in claimed.held() {
                if !opening.pools.iter().any(|pool| is_chosen(pool, id)) {
                    continue;
                }
                let pools = Arc::make_mut(&mut opening.pools).iter_mut();
                let members = pools.flat_map(|pool| &mut pool.members);
                for member in members.filter(|it| it.resource_id == id) {
                    member.count(span);
                }
            }
        }
    }
}
