//! The private Postgres, over real server programs.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use persistence::embedded::{EmbeddedError, ServeLock, Server, Settings};
use tempfile::TempDir;

const FOLDER_OF_THE_VICTIM: &str = "FOLDER_OF_THE_VICTIM";

/// A temporary folder with spaces in its path that every user may enter.
fn folder() -> (TempDir, Settings) {
    let temporary = TempDir::with_prefix("a folder with spaces ").expect("a folder");
    fs::set_permissions(temporary.path(), Permissions::from_mode(0o755)).expect("permissions");
    let data_dir = temporary.path().join("the data");
    (
        temporary,
        Settings {
            data_dir,
            durable: false,
        },
    )
}

fn query(server: &Server, sql: &str) -> Result<String, tokio_postgres::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        let words = server.connection_string("postgres");
        let (client, connection) = tokio_postgres::connect(&words, tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        let rows = client.simple_query(sql).await?;
        let first = rows.iter().find_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        Ok(first.unwrap_or_default())
    })
}

fn number_of_the_postmaster(server: &Server) -> String {
    let file = server.data_dir().join("postgres/postmaster.pid");
    let text = fs::read_to_string(file).expect("a number");
    text.lines().next().expect("a line").to_owned()
}

fn kill(number: &str) {
    let status = Command::new("kill")
        .args(["-KILL", number])
        .status()
        .expect("kill");
    assert!(status.success());
}

fn sentence(result: Result<Server, EmbeddedError>) -> String {
    result.expect_err("a refusal").to_string()
}

#[test]
fn what_was_stored_is_there_after_a_restart() {
    let (_temporary, settings) = folder();
    let settings = Settings {
        durable: true,
        ..settings
    };
    let server = Server::start(&settings).expect("a server");
    assert!(server.is_owner());
    assert_eq!(server.relocated_to(), None);
    let setting = |name: &str| query(&server, &format!("SHOW {name}")).expect("a setting");
    assert_eq!(setting("fsync"), "on");
    assert_eq!(setting("data_checksums"), "on");
    assert_eq!(setting("server_encoding"), "UTF8");
    assert_eq!(setting("timezone"), "UTC");
    assert_eq!(setting("listen_addresses"), "");
    query(&server, "CREATE EXTENSION btree_gist").expect("the extension");
    query(&server, "CREATE TABLE kept AS SELECT 'yes' AS it").expect("a table");
    let number = number_of_the_postmaster(&server);
    server.stop();
    assert!(
        !Path::new("/proc").join(&number).exists(),
        "the server still runs"
    );

    let server = Server::start(&settings).expect("a server");
    assert_eq!(query(&server, "SELECT it FROM kept").expect("a row"), "yes");
}

#[test]
fn whoever_starts_meanwhile_shares_the_server() {
    let (_temporary, settings) = folder();
    let servers: Vec<Server> = thread::scope(|scope| {
        let starts = [0; 3].map(|_| scope.spawn(|| Server::start(&settings).expect("a server")));
        starts
            .into_iter()
            .map(|start| start.join().expect("no panic"))
            .collect()
    });
    assert_eq!(servers.iter().filter(|server| server.is_owner()).count(), 1);
    let numbers: Vec<String> = servers.iter().map(number_of_the_postmaster).collect();
    assert!(numbers.iter().all(|number| number == &numbers[0]));

    let (owners, guests): (Vec<_>, Vec<_>) = servers.into_iter().partition(Server::is_owner);
    thread::scope(|scope| {
        let stopping = scope.spawn(|| drop(owners));
        thread::sleep(Duration::from_millis(200));
        let answer = query(&guests[0], "SELECT 'still here'").expect("an answer");
        assert_eq!(answer, "still here", "the owner waits for its guests");
        drop(guests);
        stopping.join().expect("no panic");
    });
}

#[test]
fn a_new_owner_waits_for_the_end_of_the_old_one() {
    let (_temporary, settings) = folder();
    let old = Server::start(&settings).expect("a server");
    thread::scope(|scope| {
        let new = scope.spawn(|| Server::start_as_owner(&settings).expect("a server"));
        thread::sleep(Duration::from_millis(100));
        assert!(!new.is_finished());
        drop(old);
        assert!(new.join().expect("no panic").is_owner());
    });
}

#[test]
fn a_killed_server_recovers_at_the_next_start() {
    let (_temporary, settings) = folder();
    let settings = Settings {
        durable: true,
        ..settings
    };
    let server = Server::start(&settings).expect("a server");
    query(&server, "CREATE TABLE kept AS SELECT 'yes' AS it").expect("a table");
    kill(&number_of_the_postmaster(&server));
    drop(server);
    let server = Server::start(&settings).expect("a server");
    assert_eq!(query(&server, "SELECT it FROM kept").expect("a row"), "yes");
    drop(server);

    // After a restart of the machine the number may belong to anybody, such as this test.
    let stale = settings.data_dir.join("postgres/postmaster.pid");
    fs::write(&stale, format!("{}\n", std::process::id())).expect("a stale file");
    Server::start(&settings).expect("a server");
}

#[test]
fn a_killed_program_takes_its_server_along_and_loses_nothing() {
    let (temporary, settings) = folder();
    let mut program = Command::new(std::env::current_exe().expect("this test"))
        .args(["--ignored", "--exact", "the_victim"])
        .env(FOLDER_OF_THE_VICTIM, temporary.path())
        .stdout(Stdio::null())
        .spawn()
        .expect("a program");
    while !temporary.path().join("ready").exists() {
        assert!(
            program.try_wait().expect("a state").is_none(),
            "the program ended too early"
        );
        thread::sleep(Duration::from_millis(20));
    }
    program.kill().expect("a kill");
    program.wait().expect("an end");
    let server = Server::start(&settings).expect("a server");
    assert!(server.is_owner());
    assert_eq!(query(&server, "SELECT it FROM kept").expect("a row"), "yes");
}

#[test]
#[ignore = "the program that another test kills"]
fn the_victim() {
    let folder = PathBuf::from(std::env::var_os(FOLDER_OF_THE_VICTIM).expect("a folder"));
    let settings = Settings {
        data_dir: folder.join("the data"),
        durable: false,
    };
    // A thread that ends before the program must not take the server along.
    let started = thread::spawn(move || Server::start(&settings).expect("a server"));
    let server = started.join().expect("no panic");
    thread::sleep(Duration::from_millis(100));
    query(&server, "CREATE TABLE kept AS SELECT 'yes' AS it").expect("a table");
    fs::write(folder.join("ready"), "").expect("a file");
    thread::sleep(Duration::from_secs(60));
}

#[test]
fn data_of_another_version_are_refused_with_both_versions() {
    let (_temporary, settings) = folder();
    drop(Server::start(&settings).expect("a server"));
    let version = settings.data_dir.join("postgres/PG_VERSION");
    let ours = fs::read_to_string(&version)
        .expect("a version")
        .trim()
        .to_owned();
    fs::write(&version, "9.6\n").expect("a version");
    let refusal = sentence(Server::start(&settings));
    assert!(refusal.contains("is of Postgres 9"), "{refusal}");
    assert!(refusal.contains(&format!("are of {ours} (/")), "{refusal}");

    fs::remove_file(&version).expect("no version");
    let refusal = sentence(Server::start(&settings));
    assert!(refusal.contains("holds no data of Postgres"), "{refusal}");
}

#[test]
fn a_preparation_that_was_cut_off_is_begun_anew() {
    let (_temporary, settings) = folder();
    let half = settings.data_dir.join("postgres.unfinished-1");
    fs::create_dir_all(&half).expect("a folder");
    fs::write(half.join("PG_VERSION"), "15\n").expect("a file");
    fs::set_permissions(&settings.data_dir, Permissions::from_mode(0o755)).expect("permissions");
    let server = Server::start(&settings).expect("a server");
    assert!(!half.exists());
    assert_eq!(query(&server, "SELECT 1").expect("a row"), "1");
}

#[test]
fn a_place_that_cannot_be_a_folder_is_named() {
    let (temporary, settings) = folder();
    fs::write(&settings.data_dir, "").expect("a file");
    assert!(sentence(Server::start(&settings)).ends_with("the data is not a folder"));

    let below = settings.data_dir.join("below");
    let refusal = sentence(Server::start(&Settings {
        data_dir: below,
        durable: false,
    }));
    assert!(refusal.starts_with("cannot write to "), "{refusal}");

    let data_dir = PathBuf::from("/proc/sprechstunde");
    let refusal = sentence(Server::start(&Settings {
        data_dir,
        durable: false,
    }));
    assert!(
        refusal.starts_with("cannot write to /proc/sprechstunde: "),
        "{refusal}"
    );
    drop(temporary);
}

#[test]
fn a_socket_folder_of_somebody_else_is_refused() {
    let (temporary, settings) = folder();
    let server = Server::start(&settings).expect("a server");
    let words = server.connection_string("postgres");
    drop(server);
    let socket = words
        .split(' ')
        .next()
        .and_then(|word| word.strip_prefix("host="));
    let socket = Path::new(socket.expect("a host"));
    assert!(!socket.exists(), "nothing is left in the temporary folder");
    std::os::unix::fs::symlink(temporary.path(), socket).expect("a trap");
    let refusal = sentence(Server::start(&settings));
    fs::remove_file(socket).expect("no trap");
    assert!(refusal.ends_with("is not a folder"), "{refusal}");
}

#[test]
fn root_keeps_the_data_elsewhere_when_its_user_cannot_reach_the_folder() {
    let (temporary, settings) = folder();
    fs::set_permissions(temporary.path(), Permissions::from_mode(0o700)).expect("permissions");
    let server = Server::start(&settings).expect("a server");
    let Some(elsewhere) = server.relocated_to().map(Path::to_owned) else {
        return; // Whoever is not root reaches every folder of his own.
    };
    assert!(elsewhere.starts_with("/var/lib/sprechstunde"));
    drop(server);
    fs::set_permissions(temporary.path(), Permissions::from_mode(0o755)).expect("permissions");
    let server = Server::start(&settings).expect("a server");
    assert_eq!(
        server.data_dir(),
        elsewhere,
        "data that exist stay where they are"
    );
    drop(server);
    fs::remove_dir_all(&elsewhere).expect("no data");
}

#[test]
fn one_folder_is_served_once() {
    let (_temporary, settings) = folder();
    let lock = ServeLock::acquire(&settings.data_dir).expect("the lock");
    let refusal = ServeLock::acquire(&settings.data_dir)
        .expect_err("a refusal")
        .to_string();
    assert!(
        refusal.starts_with("another sprechstunde already serves from /"),
        "{refusal}"
    );
    drop(lock);
    let _again = ServeLock::acquire(&settings.data_dir).expect("the lock");
}
