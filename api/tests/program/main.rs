//! The program as an operator meets it: started, stopped, killed and started again.

mod moving;
mod serving;

use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use serving::{Serving, ask, free_port, get, hold, program, refused};

fn folder() -> tempfile::TempDir {
    tempfile::Builder::new()
        .prefix("with spaces ")
        .tempdir()
        .expect("a folder")
}

#[test]
fn it_serves_stops_and_keeps_its_data_even_when_killed() {
    let folder = folder();
    let first = Serving::start(folder.path());
    assert!(first.greeting[0].contains(&format!("http://127.0.0.1:{}", first.port)));
    let commands = first.greeting.join("\n");
    let commands = &commands[commands.find("curl ").expect("commands")..];
    assert_eq!(commands.matches("curl ").count(), 3);
    let said = Command::new("bash")
        .args([
            "-euc",
            &commands.replace("curl ", "curl -sS --fail-with-body "),
        ])
        .output()
        .expect("bash");
    assert!(said.status.success(), "{said:?}");
    assert!(String::from_utf8_lossy(&said.stdout).contains("access_token"));
    let organisations = get(first.port, "/v1/organisations").expect("an answer");
    assert_eq!(organisations.0, 200);
    assert_eq!(get(first.port, "/docs/").expect("the docs").0, 200);

    let second = program(folder.path(), free_port())
        .output()
        .expect("the program");
    assert!(
        refused(&second).contains("another sprechstunde already serves"),
        "{second:?}"
    );
    let beside = program(folder.path(), first.port)
        .args(["doctor", "--json"])
        .output()
        .expect("the program");
    assert!(beside.status.success(), "{beside:?}");
    let told: serde_json::Value = serde_json::from_slice(&beside.stdout).expect("JSON");
    assert_eq!(told["ok"], true, "{told}");
    let findings = told["findings"].as_array().expect("findings");
    assert!(
        findings.iter().all(|finding| finding["state"] == "ok"),
        "{told}"
    );

    assert_eq!(first.end(Signal::SIGTERM), Some(0));
    let log = folder.path().join("log");
    let again = std::fs::File::create(&log).expect("a file");
    let again = Serving::logging(folder.path(), "json", again.into());
    assert_eq!(
        get(again.port, "/v1/organisations").expect("an answer"),
        organisations
    );
    hold(again.port);
    again.end(Signal::SIGKILL);
    let lines = std::fs::read_to_string(log).expect("the log");
    let lines = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")));
    let lines: Vec<serde_json::Value> = lines.collect();
    let answered = lines
        .iter()
        .find(|line| line["route"] == "/v1/organisations");
    let answered = answered.expect("a line for the request");
    assert_eq!(answered["method"], "GET");
    assert_eq!(answered["status"], 200);
    assert_eq!(answered["tenant"], "-");
    let held = lines.iter().find(|line| line["route"] == "/v1/holds");
    let tenant = held.expect("a line for the hold")["tenant"].as_str();
    assert!(
        tenant.is_some_and(|id| id.starts_with("01900000-000")),
        "{tenant:?}"
    );
    assert!(
        answered["ms"].is_number() && answered["id"].is_string(),
        "{answered}"
    );

    let started = Instant::now();
    let recovered = Serving::start(folder.path());
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(
        get(recovered.port, "/v1/organisations").expect("an answer"),
        organisations
    );
    assert_eq!(recovered.end(Signal::SIGINT), Some(0));
}

/// A line of the kernel's account of the process, in MB.
#[cfg(target_os = "linux")]
fn megabytes(serving: &Serving, name: &str) -> u32 {
    let path = format!("/proc/{}/status", serving.child.id());
    let status = std::fs::read_to_string(path).expect("the account");
    let line = status.lines().find(|line| line.starts_with(name));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes
        .and_then(|text| text.parse::<u32>().ok())
        .expect("a number")
        / 1024
}

#[test]
fn the_demo_network_is_brought_back_to_its_beginning() {
    let folder = folder();
    let serving = Serving::start(folder.path());
    let organisations = get(serving.port, "/v1/organisations").expect("an answer");
    let before = hold(serving.port);
    let reset = program(folder.path(), free_port())
        .args(["seed", "--reset"])
        .output()
        .expect("the program");
    assert!(reset.status.success(), "{reset:?}");
    let after = get(serving.port, "/v1/organisations").expect("an answer");
    assert_eq!(after, organisations);
    // Nobody remembers the key.
    assert_ne!(hold(serving.port), before);
    assert_eq!(serving.end(Signal::SIGTERM), Some(0));
    let elsewhere = program(folder.path(), free_port())
        .env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing")
        .env(
            "SPRECHSTUNDE_MASTER_KEY",
            "bG9hZCBpcyBtZWFzdXJlZCB1bmRlciB0aGlzIGtleS4=",
        )
        .args(["seed", "--demo", "--reset"])
        .output()
        .expect("the program");
    assert!(refused(&elsewhere).contains("no other"), "{elsewhere:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn twenty_who_sign_in_at_once_leave_it_small_and_it_starts_again_quickly() {
    let folder = folder();
    let serving = Serving::start(folder.path());
    let greeting = serving.greeting.join("\n");
    let credentials = &greeting[greeting.find("{\"email\"").expect("credentials")..];
    let credentials = &credentials[..=credentials.find('}').expect("their end")];
    let before = megabytes(&serving, "VmRSS");
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                let answer = ask(serving.port, "POST /v1/auth/token HTTP/1.1", credentials);
                assert_eq!(answer.expect("an answer").0, 200);
            });
        }
    });
    let (after, highest) = (megabytes(&serving, "VmRSS"), megabytes(&serving, "VmHWM"));
    println!("{before} MB before, {after} MB after, {highest} MB at most");
    assert!(after < before + 15, "{before} MB, then {after} MB");
    assert!(highest < 80, "{highest} MB");
    assert_eq!(serving.end(Signal::SIGTERM), Some(0));

    let started = Instant::now();
    let again = Serving::start(folder.path());
    let took = started.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(again.end(Signal::SIGTERM), Some(0));
}

#[test]
fn a_port_in_use_is_told_in_one_sentence() {
    let folder = folder();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let output = program(folder.path(), port).output().expect("the program");
    assert!(refused(&output).contains("cannot listen on"), "{output:?}");
}

#[test]
fn a_folder_that_cannot_be_one_is_told_in_one_sentence() {
    let folder = folder();
    let file = folder.path().join("file");
    std::fs::write(&file, "").expect("a file");
    let output = program(folder.path(), free_port())
        .env("SPRECHSTUNDE_DATA_DIR", &file)
        .output()
        .expect("the program");
    assert!(refused(&output).contains("file"), "{output:?}");
}

#[test]
fn a_given_data_base_wants_its_master_key_given_too() {
    let folder = folder();
    let output = program(folder.path(), free_port())
        .env("DATABASE_URL", "postgres://localhost/nothing")
        .output()
        .expect("the program");
    assert!(
        refused(&output).contains("SPRECHSTUNDE_MASTER_KEY"),
        "{output:?}"
    );
}

#[test]
fn the_specification_is_printed_without_a_data_base() {
    let folder = folder();
    let output = program(folder.path(), 1)
        .arg("openapi")
        .output()
        .expect("the program");
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("openapi: 3.1.0"));
    let older = program(folder.path(), 1)
        .args(["openapi", "--notation", "json-3.0"])
        .output()
        .expect("the program");
    assert!(String::from_utf8_lossy(&older.stdout).contains("\"openapi\": \"3.0.3\""));
    assert!(
        std::fs::read_dir(folder.path())
            .expect("the folder")
            .next()
            .is_none()
    );
}

#[test]
fn an_unknown_setting_is_refused_by_its_name() {
    let folder = folder();
    let output = program(folder.path(), 1)
        .arg("config")
        .env("SPRECHSTUNDE_LISTN", "x")
        .output()
        .expect("the program");
    assert!(
        refused(&output).contains("SPRECHSTUNDE_LISTN"),
        "{output:?}"
    );
}
