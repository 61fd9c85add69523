//! The five-minute walk of the README, as written.

use std::process::Command;

use tests::Server;

#[tokio::test(flavor = "multi_thread")]
async fn the_five_minute_walk_works_as_written() {
    let server = Server::start().await;
    api::demo::load(&server.app)
        .await
        .expect("the demo network");
    let readme = include_str!("../README.md");
    let walk = readme
        .split("```sh\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let walk = walk
        .expect("a walk")
        .replace("http://127.0.0.1:8080", &server.base_url);
    let output = tokio::task::spawn_blocking(move || {
        Command::new("bash")
            .args(["-euo", "pipefail", "-c", &walk])
            .output()
    });
    let output = output.await.expect("no panic").expect("bash");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for expected in [
        r#""status":"booked""#,
        "BEGIN:VCALENDAR",
        r#""status":"cancelled""#,
    ] {
        assert!(said.contains(expected), "{expected} is missing in {said}");
    }
    let uid = said
        .split("UID:")
        .nth(1)
        .and_then(|rest| rest.split("\r\n").next());
    let in_the_day = format!(r#""id":"{}""#, uid.expect("a calendar entry"));
    let day = said.split("END:VCALENDAR").nth(1).expect("what follows");
    let (day, _) = day.rsplit_once("\"next_cursor\"").expect("the day's list");
    assert!(
        day.contains(&in_the_day),
        "{in_the_day} is missing in {day}"
    );
}
