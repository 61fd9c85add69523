use super::ground::Ground;
use super::scene::Scene;
use super::{Order, Row};
use crate::checker::{Law, Violation};
use crate::stage::{Clock, furnished};

/// A little, past the end of holds and of tokens, past both, and back. Not past the day for which
/// answers are kept: after that a key is a new one, as is documented.
const LEAPS: [i64; 9] = [-7200, -3600, -660, -30, 0, 30, 660, 3600, 7200];

/// Only the program's clock: that of Postgres decides nothing.
pub(super) async fn set(order: &Order) -> Row {
    let ground = Ground::clear(order).await;
    let clock = Clock::new(&ground.folder);
    let cluster = furnished(&ground.folder, "postgres").await;
    let environment = clock.environment();
    let change = |settings: &mut crate::stage::Settings| settings.environment = environment;
    let mut scene = Scene::set_on(ground, cluster, change).await;
    for _ in scene.ground.rounds() {
        scene.ground.pause(500..2500).await;
        let leap = LEAPS[scene.ground.random.usize(0..LEAPS.len())];
        clock.set(leap);
        scene.recovers().await;
    }
    clock.set(0);
    scene.finish_but(expired_by_leap).await
}

/// Callers do not know of the leaps, and so not why a hold of a moment ago has expired, or why a
/// slot that was listed a moment ago is over.
fn expired_by_leap(violation: &Violation) -> bool {
    let by_leap = ["`hold-expired`", "`slot-gone`"];
    violation.law == Law::RivalForConflict
        && by_leap.iter().any(|told| violation.what.starts_with(told))
}
