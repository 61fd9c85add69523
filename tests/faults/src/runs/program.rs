use super::scene::Scene;
use super::{Order, Row};

/// At any moment of any call, also soon after the start.
pub(super) async fn killed(order: &Order) -> Row {
    let mut scene = Scene::set(order).await;
    scene.ground.may_die = true;
    for _ in scene.ground.rounds() {
        scene.ground.pause(50..1200).await;
        scene.program.kill().await;
        scene.ground.pause(0..100).await;
        scene.program.start_again().await;
        scene.recovers().await;
    }
    scene.finish().await
}
