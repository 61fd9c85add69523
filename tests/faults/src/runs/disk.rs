use super::ground::{Ground, remove};
use super::scene::Scene;
use super::{Order, Row};
use crate::stage::{DATABASE, Disk, furnished};

/// Postgres may go on for a while, refuse, or panic; whoever looks after it starts it again.
pub(super) async fn full(order: &Order) -> Row {
    let ground = Ground::clear(order).await;
    let disk = Disk::new(&ground.folder);
    let mut cluster = furnished(disk.folder(), "postgres").await;
    disk.lend_to(&mut cluster);
    let mut scene = Scene::set_on(ground, cluster, |_| {}).await;
    for _ in scene.ground.rounds() {
        scene.ground.pause(200..1500).await;
        disk.fill();
        // The next thing that is written down needs a new file.
        if scene.ground.random.bool() {
            let session = scene.postgres.connect(DATABASE).await;
            let _ = session.batch_execute("SELECT pg_switch_wal()").await;
        }
        scene.ground.pause(500..4000).await;
        disk.clear();
        scene.postgres.revive().await;
        scene.recovers().await;
    }
    let row = scene.finish().await;
    drop(disk);
    if row.complaints.is_empty() {
        remove(&row.folder);
    }
    row
}
