use chrono::TimeDelta;

use super::ground::Ground;
use super::scene::Scene;
use super::{Order, Row};
use crate::checker::Leaps;
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
    let stopwatch = scene.load.workload.stopwatch();
    let mut leaps = Leaps::default();
    let mut leap = |seconds| {
        leaps.set(stopwatch.now().micros, TimeDelta::seconds(seconds));
        clock.set(seconds);
    };
    for _ in scene.ground.rounds() {
        scene.ground.pause(500..2500).await;
        leap(LEAPS[scene.ground.random.usize(0..LEAPS.len())]);
        scene.recovers().await;
    }
    leap(0);
    scene.finish_after_leaps(leaps).await
}
