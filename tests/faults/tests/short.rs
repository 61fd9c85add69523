//! Every run with few rounds. Each waits until it is alone. `FAULTS_SEED` plays another one.

use std::process::Command;

use faults::runs::{Order, Run};

/// A clone without history has no last release to run beside this one.
#[expect(clippy::print_stderr, reason = "whoever reads the log should know")]
fn lacks_last_release(run: Run) -> bool {
    if !matches!(run, Run::BothReleases | Run::Migrations) {
        return false;
    }
    let commit = include_str!("../last-release").trim();
    let known = Command::new("git")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["cat-file", "-e", &format!("{commit}^{{commit}}")])
        .status();
    let lacks = !known.is_ok_and(|status| status.success());
    if lacks {
        eprintln!("NOT RUN: this clone lacks the last release, {commit}");
    }
    lacks
}

async fn play(run: Run) {
    if lacks_last_release(run) {
        return;
    }
    let seed = std::env::var("FAULTS_SEED")
        .ok()
        .and_then(|text| text.parse().ok());
    let order = Order {
        run,
        seed: seed.unwrap_or(3),
        rounds: run.short_rounds(),
        tell: |_| {},
    };
    let (ordered, replay) = (order.clone(), order.replay());
    let played = tokio::spawn(async move { ordered.play().await }).await;
    let row = played.unwrap_or_else(|broken| panic!("{broken}\nto replay it: {replay}"));
    let (complaints, folder) = (row.complaints.join("\n"), row.folder.display());
    assert!(
        complaints.is_empty(),
        "{row}\n{complaints}\nwhat is left of it: {folder}\nto replay it: {replay}"
    );
}

macro_rules! short {
    ($($name:ident: $run:ident),* $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            play(Run::$run).await;
        })*
    };
}

short! {
    a_program_that_is_killed_keeps_its_word: ProgramKilled,
    a_postgres_that_is_killed_loses_nothing: PostgresKilled,
    a_postgres_that_is_stopped_loses_nothing: PostgresStopped,
    a_back_end_that_is_killed_harms_nobody: BackEndKilled,
    connections_that_are_terminated_are_replaced: BackEndsTerminated,
    a_wire_that_is_cut_is_told_within_seconds: WireCut,
    a_wire_that_is_reset_is_told_within_seconds: WireReset,
    half_a_message_is_no_message: WireHalved,
    a_wire_that_stalls_lets_nobody_wait: WireStalled,
    a_crowd_without_connections_is_told_to_come_again: PoolExhausted,
    locked_tables_let_nobody_wait: TablesLocked,
    a_full_disk_loses_nothing: DiskFull,
    a_clock_that_leaps_confuses_nobody: ClockSet,
    a_standby_has_all_that_was_acknowledged: Failover,
    a_rolling_restart_refuses_no_new_connection: RollingRestart,
    the_last_release_works_beside_this_one: BothReleases,
    a_filled_data_base_is_migrated_under_load: Migrations,
    a_backup_holds_all_from_before_it: Backups,
}
