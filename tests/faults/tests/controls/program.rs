//! The checker as a program: what it prints, and its exit code.

use std::process::{Command, Output};

use serde_json::Value;

use super::arranged::Played;

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_code_says_whether_the_laws_hold() {
    let played = Played::copy().await;
    let (report, code) = checked(&played);
    assert_eq!(
        (code, &report["violations"]),
        (Some(0), &Value::Array(Vec::new()))
    );
    let id = played.appointment("booked").await;
    played
        .sql(&format!(
            "DELETE FROM outbox_events WHERE subject_id = '{id}'"
        ))
        .await;
    let (report, code) = checked(&played);
    assert_eq!(code, Some(1));
    assert_eq!(report["violations"][0]["law"], "one-trace-each");
    assert_eq!(
        report["violations"][0]["rows"][0],
        format!("appointments {id}")
    );
    std::fs::remove_dir_all(&played.folder.0).expect("the history to be removed");
    assert_eq!(run(&played).status.code(), Some(2));
}

fn checked(played: &Played) -> (Value, Option<i32>) {
    let output = run(played);
    let report = serde_json::from_slice(&output.stdout).expect("a report");
    (report, output.status.code())
}

fn run(played: &Played) -> Output {
    Command::new(env!("CARGO_BIN_EXE_faults-check"))
        .arg(&played.folder.0)
        .args(["--database-url", &played.database_url, "--json"])
        .output()
        .expect("the program to run")
}
