use persistence::migrations::{apply_next, migrate, revert_last};

use super::ground::Ground;
use super::{Order, Row};
use crate::stage::{Cluster, DATABASE, Settings, current, dump, furnish, last_release, restore};

/// The data base of the last release, filled and in use, is brought to this schema while the last
/// release serves; then this program takes its place.
pub(super) async fn migrated(order: &Order) -> Row {
    let mut ground = Ground::clear(order).await;
    let folder = ground.folder.clone();
    ground.may_die = true;
    ground.talks_only = true;
    for round in ground.rounds() {
        let name = format!("postgres-{round}");
        let mut postgres = Cluster::initialise(&folder, &name).await.start().await;
        let url = postgres.cluster.url(DATABASE);
        let old = Settings::new(&last_release().await, &url, &folder);
        furnish(&postgres, &old).await;
        let mut program = old.start().await;
        let mut load = ground.load(vec![program.base_url()], &url).await;
        ground.pause(1500..4000).await;
        let new = Settings::new(&current().await, &url, &folder);
        new.clone().named("migrate").migrate().await;
        ground.recovers(&mut load).await;
        ground.pause(500..2000).await;
        program.terminate().await;
        program.settings = new;
        program.start_again().await;
        ground.recovers(&mut load).await;
        ground.pause(500..2000).await;
        let history = ground.end(load).await;
        for panic in program.panics() {
            ground.findings.complain(panic);
        }
        program.terminate().await;
        ground.check(&history, &url).await;
        std::fs::remove_dir_all(&history.0).expect("the history of this round goes");
        down_and_up(&postgres, &folder.join("dump")).await;
        postgres.kill().await;
    }
    ground.row()
}

/// Takes each migration back from a filled copy, applies it again and takes it back for good, and at
/// last applies them all: what a migration made is lost when it is taken back.
async fn down_and_up(postgres: &crate::stage::Postgres, file: &std::path::Path) {
    dump(postgres, DATABASE, file).await;
    restore(postgres, "copy", file).await;
    let url = postgres.cluster.url("copy");
    let count = "SELECT count(*) FROM __diesel_schema_migrations";
    let all: usize = postgres
        .value("copy", count)
        .await
        .parse()
        .expect("a number");
    for _ in 0..all {
        revert_last(&url).await.expect("a way down");
        apply_next(&url).await.expect("a way up");
        revert_last(&url).await.expect("a way down");
    }
    let applied = migrate(&url).await.expect("a way up");
    assert_eq!(applied.len(), all);
}
