//! The program under test, and plain HTTP to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

pub fn program(folder: &Path, port: u16) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sprechstunde"));
    command
        .current_dir(folder)
        .env_remove("DATABASE_URL")
        .env("SPRECHSTUNDE_LISTEN", format!("127.0.0.1:{port}"))
        .stdin(Stdio::null());
    command
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// A program that serves, with what it printed until it was ready.
pub struct Serving {
    pub child: Child,
    pub port: u16,
    pub greeting: Vec<String>,
}

impl Serving {
    pub fn start(folder: &Path) -> Self {
        Self::logging(folder, "text", Stdio::null())
    }

    pub fn logging(folder: &Path, format: &str, log: Stdio) -> Self {
        let port = free_port();
        let mut program = program(folder, port);
        program.env("SPRECHSTUNDE_LOG_FORMAT", format).stderr(log);
        Self::spawn(program, port, "\"password\"")
    }

    /// `last` stands in the last line that it prints.
    pub fn spawn(mut program: Command, port: u16, last: &str) -> Self {
        let mut child = program.stdout(Stdio::piped()).spawn().expect("the program");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut greeting = Vec::new();
        let deadline = Instant::now() + Duration::from_secs(60);
        while get(port, "/readyz").is_none() {
            assert!(
                Instant::now() < deadline,
                "it never got ready: {greeting:?}"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        // It greets before it answers, and says nothing more afterwards.
        for line in lines.by_ref().map_while(Result::ok) {
            let is_last = line.contains(last);
            greeting.push(line);
            if is_last {
                break;
            }
        }
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            port,
            greeting,
        }
    }

    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).expect("a process id");
        kill(Pid::from_raw(pid), signal).expect("a signal");
    }

    pub fn end(mut self, signal: Signal) -> Option<i32> {
        self.signal(signal);
        self.child.wait().expect("its end").code()
    }
}

/// The status and the body, if somebody answers.
pub fn get(port: u16, path: &str) -> Option<(u16, String)> {
    ask(port, &format!("GET {path} HTTP/1.1"), "")
}

pub fn ask(port: u16, line: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .ok()?;
    write!(
        stream,
        "{line}\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    Some((status, answer.split_once("\r\n\r\n")?.1.to_owned()))
}

pub fn refused(output: &Output) -> String {
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.lines()
        .find(|line| line.starts_with("sprechstunde: "))
        .unwrap_or(&text)
        .to_owned()
}

/// Holds the next slot, always under the same key; answers the id of the hold.
pub fn hold(port: u16) -> serde_json::Value {
    let key = "POST /v1/holds HTTP/1.1\r\nIdempotency-Key: 6f9d0c7e-54b0-4b7e-9d3a-0d4c3b2a1f00";
    let found = get(port, "/v1/slots?topic=psychosocial&limit=1").expect("slots");
    let found: serde_json::Value = serde_json::from_str(&found.1).expect("JSON");
    let wish = serde_json::json!({"slot_id": found["items"][0]["id"]}).to_string();
    let (status, hold) = ask(port, key, &wish).expect("an answer");
    assert_eq!(status, 201, "{hold}");
    let hold: serde_json::Value = serde_json::from_str(&hold).expect("JSON");
    hold["id"].clone()
}
