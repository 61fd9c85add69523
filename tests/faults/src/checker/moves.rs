use super::facts::Facts;
use super::report::{Law, Violation};
use super::stored::Stored;

/// What the snapshots saw, and what there is at the end.
pub(crate) fn check(facts: &Facts, stored: &Stored) -> Vec<Violation> {
    let snapshots = facts.snapshots.iter().chain([&stored.fit]);
    let misfits =
        snapshots.flat_map(|snapshot| snapshot.misfits.iter().map(move |one| (snapshot, one)));
    misfits
        .map(|(snapshot, misfit)| {
            let (at, resource) = (snapshot.at.wall, misfit.resource);
            let what = format!("at {at}, resource {resource}: {}", misfit.what);
            Violation::of_rows(Law::WholeMoves, what, [format!("claim {}", misfit.claim)])
        })
        .collect()
}
