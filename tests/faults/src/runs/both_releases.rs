use super::ground::Ground;
use super::{Order, Row};
use crate::stage::{DATABASE, Settings, current, furnished, last_release};

/// As while a new release is rolled out: both work on the new schema, and on each other's rows.
pub(super) async fn beside(order: &Order) -> Row {
    let mut ground = Ground::clear(order).await;
    let mut postgres = furnished(&ground.folder, "postgres").await.start().await;
    let url = postgres.cluster.url(DATABASE);
    let new = Settings::new(&current().await, &url, &ground.folder).named("this");
    let old = Settings::new(&last_release().await, &url, &ground.folder).named("last-release");
    let (mut old, mut new) = (old.start().await, new.start().await);
    ground.may_die = true;
    ground.talks_only = true;
    let bases = vec![new.base_url(), old.base_url()];
    let mut load = ground.load(bases, &url).await;
    for round in ground.rounds() {
        ground.pause(500..3000).await;
        let one = if round % 2 == 0 { &mut old } else { &mut new };
        one.terminate().await;
        ground.pause(0..500).await;
        one.start_again().await;
        ground.recovers(&mut load).await;
    }
    let history = ground.end(load).await;
    for panic in old.panics().into_iter().chain(new.panics()) {
        ground.findings.complain(panic);
    }
    old.terminate().await;
    new.terminate().await;
    ground.check(&history, &url).await;
    postgres.kill().await;
    ground.row()
}
