use super::scene::Scene;
use super::{Order, Row, Run};
use crate::stage::Direction;

/// Connections end, with or without half a message before; sometimes nobody gets in for a while.
pub(super) async fn broken(order: &Order) -> Row {
    let mut scene = Scene::set(order).await;
    for _ in scene.ground.rounds() {
        scene.ground.pause(200..1500).await;
        if scene.ground.random.u8(0..3) == 0 {
            scene.wire.refuse();
        }
        match order.run {
            Run::WireCut => scene.wire.cut(),
            Run::WireReset => scene.wire.reset(),
            _ => {
                let ways = [Direction::ToPostgres, Direction::ToProgram];
                let direction = ways[scene.ground.random.usize(0..2)];
                let times = scene.ground.random.usize(1..=6);
                scene.wire.halve(direction, times);
            }
        }
        scene.ground.pause(0..1000).await;
        scene.wire.mend();
        scene.recovers().await;
    }
    scene.finish().await
}

/// Neither answers nor ends, in one direction or both, for longer than anybody waits. Then all of
/// it arrives after all, or all connections break.
pub(super) async fn stalled(order: &Order) -> Row {
    let mut scene = Scene::set(order).await;
    for _ in scene.ground.rounds() {
        scene.ground.pause(200..1500).await;
        match scene.ground.random.u8(0..4) {
            0 => scene.wire.stall(&[Direction::ToPostgres]),
            1 => scene.wire.stall(&[Direction::ToProgram]),
            2 => scene
                .wire
                .stall(&[Direction::ToPostgres, Direction::ToProgram]),
            _ => scene.postgres.freeze(),
        }
        scene.ground.pause(500..6000).await;
        if scene.ground.random.bool() {
            scene.wire.cut();
        }
        scene.wire.mend();
        scene.postgres.thaw();
        scene.recovers().await;
    }
    scene.finish().await
}
