use std::fs;

use super::arranged::{CLIENTS, Played};

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_broke_holds() {
    let played = Played::copy().await;
    let report = played.check().await;
    assert!(report.holds(), "{report}");
    assert!(report.acknowledged > 20 && report.refused > 0, "{report}");
    assert!(report.snapshots > 5, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_died_before_they_wrote_the_answer_break_nothing() {
    let played = Played::copy().await;
    for client in 0..CLIENTS {
        let path = played.folder.client(client);
        let text = fs::read_to_string(&path).expect("a history");
        let last = text.trim_end().rfind('\n').expect("lines");
        // The last outcome is cut in the middle.
        fs::write(&path, &text[..last + 20]).expect("a shorter history");
    }
    let report = played.check().await;
    assert!(report.holds(), "{report}");
}
