//! Which sessions become dates.

use std::collections::BTreeSet;

use domain::course::Course;
use domain::ids::SessionId;
use persistence::Transaction;
use persistence::courses::{Candidate, candidates};
use uuid::Uuid;

use crate::checks::Checks;
use crate::problems::{Code, Problem};

/// Checks the dates that a course is to have, under the locks of all that it has and gets.
pub(super) async fn check(
    transaction: &mut Transaction,
    course: &Course,
    before: &[SessionId],
    dates: &[SessionId],
) -> Result<(), Problem> {
    let (organisation, service) = (course.organisation_id, course.service_id);
    let both: BTreeSet<SessionId> = before.iter().chain(dates).copied().collect();
    let both: Vec<SessionId> = both.into_iter().collect();
    let known = candidates(transaction, organisation, service, &both).await?;
    let mut checks = Checks::new();
    let is_wanted = |id: Uuid| dates.contains(&id.into());
    if known.iter().filter(|one| is_wanted(one.id)).count() < dates.len() {
        checks.refuse("/session_ids", "not all are sessions of the organisation");
    }
    for one in known.iter().filter(|one| is_wanted(one.id)) {
        if let Some(why) = why_not(one, course, before) {
            checks.refuse("/session_ids", why);
        }
    }
    checks.finish(|| Some(()))?;
    let is_changed = |one: &&Candidate| is_wanted(one.id) != before.contains(&one.id.into());
    let was_enrolled = !before.is_empty() && known.iter().any(|one| one.is_attended);
    if was_enrolled && known.iter().any(|one| is_changed(&one)) {
        let detail = "somebody has booked this course: move or withdraw its sessions one by one, or enter another course";
        return Err(Problem::because(Code::Conflict, detail));
    }
    Ok(())
}

fn why_not(one: &Candidate, course: &Course, before: &[SessionId]) -> Option<String> {
    let id = one.id;
    let is_new = !before.contains(&id.into());
    if one.course_id.is_some_and(|of| of != course.id.uuid()) {
        return Some(format!("{id} is a date of another course"));
    }
    if is_new && !one.is_offered {
        return Some(format!(
            "{id} is not published, or does not offer this course"
        ));
    }
    let is_taken = is_new && one.is_attended;
    is_taken.then(|| format!("somebody has a place in {id}"))
}
