use super::ground::Ground;
use super::{Order, Row};
use crate::stage::{DATABASE, Pair, Settings, current};

/// Whatever was acknowledged is on both, so it survives the loss of one.
pub(super) async fn failover(order: &Order) -> Row {
    let mut ground = Ground::clear(order).await;
    let mut pair = Pair::form(&ground.folder).await;
    let url = pair.url(DATABASE);
    let settings = Settings::new(&current().await, &url, &ground.folder);
    let mut program = settings.start().await;
    let mut load = ground.load(vec![program.base_url()], &url).await;
    for _ in ground.rounds() {
        ground.pause(500..2000).await;
        if ground.random.bool() {
            // Commits wait for an answer that never comes.
            pair.standby.freeze();
            ground.pause(200..3500).await;
        }
        pair.primary.kill().await;
        pair.standby.thaw();
        ground.pause(0..1500).await;
        pair.promote().await;
        ground.recovers(&mut load).await;
        pair.renew().await;
    }
    let history = ground.end(load).await;
    for panic in program.panics() {
        ground.findings.complain(panic);
    }
    program.terminate().await;
    ground.check(&history, &url).await;
    pair.standby.kill().await;
    pair.primary.kill().await;
    ground.row()
}
