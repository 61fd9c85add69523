//! The desk, with the real program of the command line against the real API.

use std::path::Path;
use std::process::{Command, Output};

use api::demo;
use tests::Server;

struct Desk<'a> {
    server: &'a Server,
    folder: &'a Path,
    language: &'a str,
}

impl Desk<'_> {
    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_sprechstunde-client"))
            .env("SPRECHSTUNDE_URL", &self.server.base_url)
            .env(
                "SPRECHSTUNDE_SESSION",
                self.folder.join("kept/session.json"),
            )
            .env("SPRECHSTUNDE_PASSWORD", "sprechstunde-demo")
            .env("TZ", "Europe/Berlin")
            .args(["--speak", self.language])
            .args(arguments)
            .output()
            .expect("the program")
    }

    /// What it says when all is well.
    fn told(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {complaint}");
        String::from_utf8(output.stdout).expect("text")
    }

    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(output.stdout.is_empty());
        String::from_utf8(output.stderr).expect("text")
    }
}

/// The last word of a line: an id.
fn last(line: &str) -> &str {
    line.split_whitespace().next_back().expect("a word")
}

#[tokio::test(flavor = "multi_thread")]
async fn reception_finds_books_moves_and_cancels() {
    let server = Server::start().await;
    let demo = demo::load(&server.app).await.expect("a demo network");
    let folder = tempfile::tempdir().expect("a folder");
    let desk = Desk {
        server: &server,
        folder: folder.path(),
        language: "de",
    };
    tokio::task::block_in_place(|| story(&desk, &demo));
}

fn story(desk: &Desk<'_>, demo: &demo::Loaded) {
    assert!(desk.refused(&["day"]).starts_with("Niemand ist angemeldet"));
    let signed_in = desk.told(&["sign-in", demo.coordinator()]);
    assert_eq!(signed_in, format!("Angemeldet: {}\n", demo.coordinator()));

    // Its psychosocial counselling, for which a name may be given.
    let service = demo.service.to_string();
    let service = format!("{}1", service.strip_suffix('2').expect("the second"));
    assert!(desk.told(&["services"]).contains(&service));
    let slots = desk.told(&["slots", &service]);
    let lines: Vec<&str> = slots.lines().collect();
    assert!(lines[0].starts_with("Wann") && lines.len() > 3, "{slots}");
    let [slot, other] = [lines[lines.len() - 2], lines[lines.len() - 1]];

    let booked = desk.told(&[
        "book",
        last(slot),
        "--name",
        "Ada Öz",
        "--phone",
        "+49 341 1",
    ]);
    assert!(
        booked.starts_with("Gebucht: ") && booked.contains("Geheimnis"),
        "{booked}"
    );
    let code = booked.split_whitespace().nth(1).expect("a code");
    let complaint = desk.refused(&["book", last(slot)]);
    assert!(complaint.contains("nicht mehr frei"), "{complaint}");

    let date = |line: &str| {
        let day = line.split_whitespace().next().expect("a day");
        let parts: Vec<&str> = day.split('.').collect();
        format!("{}-{}-{}", parts[2], parts[1], parts[0])
    };
    let day = desk.told(&["day", &date(slot)]);
    let line = day.lines().find(|line| line.contains(code));
    let line = line.expect("the appointment is on its day");
    assert!(
        line.contains("gebucht") && line.contains("Ada Öz"),
        "{line}"
    );

    // As somebody says it on the telephone.
    let said = code.to_lowercase().replace('-', " ");
    let moved = desk.told(&["move", &said, last(other)]);
    assert!(moved.starts_with(&format!("Verlegt: {code}")), "{moved}");
    assert!(desk.told(&["day", &date(other)]).contains(code));
    let in_english = Desk {
        language: "en",
        ..*desk
    };
    let cancelled = in_english.told(&["cancel", code, "--reason", "unwell"]);
    assert!(
        cancelled.starts_with(&format!("Cancelled: {code}")),
        "{cancelled}"
    );
    let unknown = in_english.refused(&["cancel", "0000-0000"]);
    assert!(
        unknown.starts_with("From today on there is no"),
        "{unknown}"
    );

    assert_eq!(desk.told(&["sign-out"]), "Abgemeldet.\n");
    assert!(desk.refused(&["day"]).starts_with("Niemand ist angemeldet"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_in_wrongly_is_told_and_nothing_is_kept() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let desk = Desk {
        server: &server,
        folder: folder.path(),
        language: "en",
    };
    tokio::task::block_in_place(|| {
        assert!(!desk.refused(&["sign-in", "nobody@example.org"]).is_empty());
        let kept = std::fs::read(folder.path().join("kept/session.json"));
        assert_eq!(kept.expect("a file").len(), 0);
        for shell in ["bash", "zsh", "fish"] {
            assert!(
                desk.told(&["completion", shell])
                    .contains("sprechstunde-client")
            );
        }
    });
}
