//! What Postgres alone could do: pgbench with the statements that the program was heard to send,
//! in the same trips, with the same rights.

mod shapes;
mod values;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use crate::Failure;
use crate::cluster::{Cluster, DATABASE};
use crate::processes;
use crate::recorder::Trip;
pub use shapes::Shape;
pub use values::Names;

/// A script for pgbench, and the values that it needs.
#[derive(Debug, Clone)]
pub struct Script {
    pub role: String,
    pub text: String,
    pub constants: Vec<String>,
}

impl Script {
    /// From two recordings of the same call; the shape and the names are those of the first.
    pub fn new(
        trips: &[Trip],
        others: &[Trip],
        shape: &Shape,
        names: &mut Names,
    ) -> Result<Self, Failure> {
        let role = trips
            .first()
            .ok_or("the call sent nothing to Postgres")?
            .role
            .clone();
        let mut text = shape.lines.clone();
        if trips.len() != others.len() || trips.iter().any(|trip| trip.role != role) {
            let both = [trips, others].map(journeys);
            return Err(
                format!("the call does not travel the same way each time: {both:#?}").into(),
            );
        }
        for (trip, other) in trips.iter().zip(others) {
            if trip.statements.len() != other.statements.len() {
                return Err("the call does not send the same statements each time".into());
            }
            let pipelined = trip.statements.len() > 1;
            text += if pipelined { "\\startpipeline\n" } else { "" };
            for (statement, other) in trip.statements.iter().zip(&other.statements) {
                if statement.sql != other.sql {
                    return Err("the call does not send the same statements each time".into());
                }
                let mut expressions = Vec::new();
                for (value, other) in statement.values.iter().zip(&other.values) {
                    let expression = names.express(shape, value, other);
                    expressions.push(
                        expression.map_err(|error| format!("{error}, in {}", statement.sql))?,
                    );
                }
                text += &filled_in(&statement.sql, &expressions)?;
                text += ";\n";
            }
            text += if pipelined { "\\endpipeline\n" } else { "" };
        }
        Ok(Self {
            role,
            text,
            constants: names.constants.clone(),
        })
    }
}

/// Whether the same statements travelled together.
#[must_use]
pub fn same_journeys(trips: &[Trip], others: &[Trip]) -> bool {
    journeys(trips) == journeys(others)
}

/// For whoever has to find out why.
fn journeys(trips: &[Trip]) -> Vec<String> {
    let beginning = |sql: &str| sql.split_whitespace().take(4).collect::<Vec<_>>().join(" ");
    let of_trip = |trip: &Trip| {
        let statements: Vec<String> = trip
            .statements
            .iter()
            .map(|it| beginning(&it.sql))
            .collect();
        format!("{}: {}", trip.role, statements.join(" | "))
    };
    trips.iter().map(of_trip).collect()
}

/// The statement with an expression for each parameter.
fn filled_in(sql: &str, expressions: &[String]) -> Result<String, Failure> {
    let mut parts = sql.trim().split('$');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        let place: usize = number.parse()?;
        let expression = place
            .checked_sub(1)
            .and_then(|place| expressions.get(place));
        filled += expression.ok_or_else(|| format!("${place} was not bound: {sql}"))?;
        filled += rest;
    }
    Ok(filled)
}

/// What pgbench tells.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    pub per_second: f64,
    pub transactions: u64,
    /// Of Postgres, for each transaction; not where it ended too soon.
    pub cpu: Option<Duration>,
}

/// How long connections of pgbench are new; those of the program are old. Not counted.
const WARM_UP: Duration = Duration::from_secs(2);

/// How long pgbench goes on.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    Over(Duration),
    /// So many transactions of each client.
    Done(u64),
}

/// Runs scripts in equal parts. `base` is the first of the free slots that it may take.
pub fn run(
    cluster: &Cluster,
    folder: &Path,
    scripts: &[Script],
    monday: &str,
    clients: usize,
    base: u64,
    until: Until,
) -> Result<Told, Failure> {
    let mut command = cluster.program("pgbench")?;
    let role = &scripts.first().ok_or("no script")?.role;
    let clients_text = clients.to_string();
    command
        .env("PGOPTIONS", format!("-c role={role}"))
        .args([
            "--no-vacuum",
            "--protocol=prepared",
            "--username=sprechstunde",
        ])
        .arg(format!("--host={}", cluster.socket()?))
        .args([
            "--client",
            &clients_text,
            "--jobs",
            if clients > 1 { "2" } else { "1" },
        ])
        .args(["-D", "i=0", "-D", "nothing=-"])
        .args([
            "-D",
            &format!("clients={clients}"),
            "-D",
            &format!("base={base}"),
        ])
        .args(["-D", &format!("monday={monday}")]);
    match until {
        Until::Over(span) => command.args(["--time", &(WARM_UP + span).as_secs().to_string()]),
        Until::Done(count) => command.args(["--transactions", &count.to_string()]),
    };
    for (place, script) in scripts.iter().enumerate() {
        let path = write(folder, place, script)?;
        command.arg("--file").arg(format!("{}@1", path.display()));
        for (number, constant) in script.constants.iter().enumerate() {
            command.args(["-D", &format!("s{place}constant{number}={constant}")]);
        }
    }
    command.args(["--progress", "1"]).arg(DATABASE);
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    std::thread::sleep(WARM_UP);
    let before = processes::of_family(cluster.process()?)?;
    let output = child.wait_with_output()?;
    let cpu = processes::of_family(cluster.process()?)?.saturating_sub(before);
    let text = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() || complaint.contains("ERROR") || complaint.contains("aborted") {
        return Err(format!("pgbench failed: {complaint}").into());
    }
    let transactions: u64 = told(&text, "number of transactions actually processed: ")?;
    // Per second, from when its connections had opened, planned and read what they need again.
    let warm: Vec<f64> = progress(&complaint)
        .skip(usize::try_from(WARM_UP.as_secs())?)
        .collect();
    if warm.is_empty() {
        return Ok(Told {
            per_second: told(&text, "tps = ")?,
            transactions,
            cpu: None,
        });
    }
    let seconds = f64::from(u32::try_from(warm.len())?);
    let counted: f64 = warm.iter().sum();
    Ok(Told {
        per_second: counted / seconds,
        transactions,
        cpu: Some(cpu.div_f64(counted.max(1.0))),
    })
}

/// How many transactions there were in each second.
fn progress(text: &str) -> impl Iterator<Item = f64> {
    text.lines().filter_map(|line| {
        let (_, rest) = line.strip_prefix("progress: ")?.split_once(" s, ")?;
        rest.split_once(" tps")?.0.parse().ok()
    })
}

/// Variables are shared by all scripts of a run: each gets names of its own for its constants.
fn write(folder: &Path, place: usize, script: &Script) -> Result<PathBuf, Failure> {
    let path = folder.join(format!("script{place}.sql"));
    let text = script
        .text
        .replace(":constant", &format!(":s{place}constant"));
    std::fs::write(&path, text)?;
    Ok(path)
}

fn told<T: std::str::FromStr>(text: &str, name: &str) -> Result<T, Failure> {
    let value = text.split_once(name).and_then(|(_, rest)| {
        let end = rest.find([' ', '\n', '/']).unwrap_or(rest.len());
        rest[..end].parse().ok()
    });
    value.ok_or_else(|| format!("pgbench did not tell {name:?}: {text}").into())
}
