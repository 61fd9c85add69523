//! Organisations that move from one installation to another, as an operator moves them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use nix::sys::signal::Signal;

use crate::folder;
use crate::serving::{Serving, free_port, get, hold, program, refused};

/// Of the installations that know each other's secrets.
const KEY: &str = "bW92ZWQgd2l0aCBhbGwgdGhhdCBpcyBzZWFsZWQhISE=";

fn keyed(folder: &Path, port: u16) -> Command {
    let mut program = program(folder, port);
    program.env("SPRECHSTUNDE_MASTER_KEY", KEY);
    program
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut program = keyed(folder, free_port());
    program.args(arguments).output().expect("the program")
}

fn done(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn exported(folder: &Path, name: &str, arguments: &[&str]) -> String {
    let arguments = [&["export", name], arguments].concat();
    done(&run(folder, &arguments));
    fs::read_to_string(folder.join(name)).expect("the file")
}

#[test]
fn a_network_moves_without_loss_and_what_does_not_fit_changes_nothing() {
    let home = folder();
    done(&run(home.path(), &["seed", "--demo"]));
    let all = exported(home.path(), "all.ndjson", &[]);
    let path = home.path().join("all.ndjson");
    let mode = fs::metadata(&path).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "it is as secret as a backup");
    assert!(refused(&run(home.path(), &["export", "all.ndjson"])).contains("exists"));
    let path = path.to_str().expect("a path");

    let elsewhere = folder();
    let lines: Vec<_> = all.lines().collect();
    let cut = elsewhere.path().join("cut.ndjson");
    fs::write(&cut, lines[..lines.len() - 2].join("\n")).expect("a file");
    let output = run(elsewhere.path(), &["import", "cut.ndjson"]);
    assert!(
        refused(&output).contains("ends in the middle"),
        "{output:?}"
    );
    let without_one = [&lines[..7], &lines[8..]].concat();
    fs::write(&cut, without_one.join("\n")).expect("a file");
    let output = run(elsewhere.path(), &["import", "cut.ndjson"]);
    assert!(!output.status.success(), "{output:?}");
    let nothing = exported(elsewhere.path(), "nothing.ndjson", &[]);
    assert_eq!(nothing.lines().count(), 2, "{nothing}");

    let said = done(&run(elsewhere.path(), &["import", path]));
    assert!(said.contains("poliklinik-leipzig"), "{said}");
    assert_eq!(exported(elsewhere.path(), "again.ndjson", &[]), all);
    let again = run(elsewhere.path(), &["import", path]);
    assert!(refused(&again).contains("here already"), "{again:?}");

    let port = free_port();
    let serving = Serving::spawn(keyed(elsewhere.path(), port), port, "  data ");
    let organisations = get(serving.port, "/v1/organisations").expect("an answer").1;
    assert!(
        organisations.contains("gesundheitsregion-wolfsburg"),
        "{organisations}"
    );
    hold(serving.port);
    assert_eq!(serving.end(Signal::SIGTERM), Some(0));

    let stranger = folder();
    let mut program = program(stranger.path(), free_port());
    let output = program
        .args(["import", path])
        .output()
        .expect("the program");
    assert!(
        refused(&output).contains("another master key"),
        "{output:?}"
    );
}

#[test]
fn one_organisation_moves_with_those_with_whom_it_shares() {
    let home = folder();
    done(&run(home.path(), &["seed", "--demo"]));
    let export = |slug| {
        run(
            home.path(),
            &["export", "one.ndjson", "--organisation", slug],
        )
    };
    let shares = export("poliklinik-leipzig");
    assert!(
        refused(&shares).contains("quartierpflege-leipzig"),
        "{shares:?}"
    );
    assert!(refused(&export("nobody")).contains("there is no organisation"));
    assert!(
        !home.path().join("one.ndjson").exists(),
        "nothing is left of what failed"
    );

    let alone = ["--organisation", "gesundheitsregion-wolfsburg"];
    let one = exported(home.path(), "one.ndjson", &alone);
    let path = home.path().join("one.ndjson");
    let elsewhere = folder();
    let forged = elsewhere.path().join("forged.ndjson");
    let other = "01900000-0001-7000-8000-000000000001";
    let id = one
        .split("\"organisation_id\": \"")
        .nth(1)
        .map(|rest| &rest[..36]);
    let id = id.expect("an organisation");
    let (head, rows) = one.split_once('\n').expect("a head");
    fs::write(&forged, format!("{head}\n{}", rows.replacen(id, other, 9))).expect("a file");
    let output = run(elsewhere.path(), &["import", "forged.ndjson"]);
    assert!(
        refused(&output).contains("another organisation"),
        "{output:?}"
    );
    done(&run(
        elsewhere.path(),
        &["import", path.to_str().expect("a path")],
    ));
    assert_eq!(exported(elsewhere.path(), "again.ndjson", &alone), one);
}
