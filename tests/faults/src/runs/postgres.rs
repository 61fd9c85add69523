use std::time::Duration;

use super::scene::Scene;
use super::{Order, Row, Run};
use crate::stage::DATABASE;

/// Away for a moment or for some seconds, and back with a recovery.
pub(super) async fn ended(order: &Order) -> Row {
    let mut scene = Scene::set(order).await;
    for _ in scene.ground.rounds() {
        scene.ground.pause(200..1500).await;
        match order.run {
            Run::PostgresKilled => scene.postgres.kill().await,
            _ => scene.postgres.stop_immediately().await,
        }
        scene.ground.pause(0..3500).await;
        scene.postgres.start_again().await;
        scene.recovers().await;
    }
    scene.finish().await
}

/// Some of the connections end, of which one may take the whole server with it.
pub(super) async fn back_ends(order: &Order) -> Row {
    let mut scene = Scene::set(order).await;
    for _ in scene.ground.rounds() {
        scene.ground.pause(200..1500).await;
        if order.run == Run::BackEndKilled {
            let random = &mut scene.ground.random;
            scene.postgres.kill_one_back_end(DATABASE, random).await;
            // The postmaster needs a moment to notice, and then restarts everything by itself.
            tokio::time::sleep(Duration::from_millis(100)).await;
            scene.postgres.revive().await;
        } else {
            let at_most = scene.ground.random.u8(1..=8);
            scene.postgres.terminate_back_ends(DATABASE, at_most).await;
        }
        scene.recovers().await;
    }
    scene.finish().await
}
