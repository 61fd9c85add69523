use chrono::{DateTime, Offset, TimeDelta, Utc};
use chrono_tz::Tz;
use persistence::cluster::{ServerFacts, offsets, server_facts};
use persistence::migrations;
use serde::Serialize;
use tokio::runtime::Runtime;

use super::ProgramError;
use super::home::{Home, Stay};
use super::start::assemble;
use crate::clock::Clock;
use crate::config::Config;

/// How far the clock of Postgres may be from ours.
const SKEW: TimeDelta = TimeDelta::seconds(2);

/// Zones in which sites are, and some that change their clocks on other days.
const ZONES: [Tz; 4] = [
    Tz::Europe__Berlin,
    Tz::Europe__London,
    Tz::Europe__Istanbul,
    Tz::America__New_York,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    Warn,
    Fail,
}

/// What was found of one thing that has to be right.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    state: State,
    detail: String,
}

/// Looks at everything that has to be right, and says of each whether it is. Ends well if all is.
#[expect(clippy::print_stdout, reason = "the operator reads it")]
pub(super) fn doctor(config: &Config, runtime: &Runtime, json: bool) -> Result<(), ProgramError> {
    let mut findings = Findings(Vec::new());
    if let Err(why) = findings.look(config, runtime) {
        findings.add("reached", State::Fail, why.to_string());
    }
    let failed = findings
        .0
        .iter()
        .filter(|it| it.state == State::Fail)
        .count();
    if json {
        let told = serde_json::json!({"ok": failed == 0, "findings": findings.0});
        println!("{told:#}");
    } else {
        for Finding {
            check,
            state,
            detail,
        } in &findings.0
        {
            let state = match state {
                State::Ok => "ok  ",
                State::Warn => "WARN",
                State::Fail => "FAIL",
            };
            println!("{state}  {check}: {detail}");
        }
    }
    match failed {
        0 => Ok(()),
        1 => Err(ProgramError::Refused("one thing is not right".to_owned())),
        _ => Err(ProgramError::Refused(format!(
            "{failed} things are not right"
        ))),
    }
}

struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, check: &'static str, state: State, detail: impl ToString) {
        let detail = detail.to_string();
        self.0.push(Finding {
            check,
            state,
            detail,
        });
    }

    /// Until something fails without which nothing more can be seen.
    fn look(&mut self, config: &Config, runtime: &Runtime) -> Result<(), ProgramError> {
        let base_url = config.base_url()?;
        let insecure = base_url.starts_with("http://") && !config.listen()?.ip().is_loopback();
        if insecure {
            let advice = format!("{base_url} is not https: what travels can be read on the way");
            self.add("base URL", State::Warn, advice);
        } else {
            self.add("base URL", State::Ok, base_url);
        }
        let home = Home::open(config, runtime, Stay::Visiting)?;
        let clock = Clock::default();
        let before = clock.now();
        let server = runtime.block_on(server_facts(&home.url))?;
        self.server(&server, home.is_private(), (before, clock.now()));
        self.time_zones(&runtime.block_on(offsets(&home.url, &names(), before))?);
        let pending = runtime.block_on(migrations::pending(&home.url))?;
        if pending.is_empty() {
            self.add("schema", State::Ok, "up to date");
        } else {
            let advice = format!(
                "{} migrations are pending: `sprechstunde migrate`",
                pending.len()
            );
            self.add("schema", State::Fail, advice);
        }
        let (app, _) = runtime.block_on(assemble(config, &home))?;
        self.add("keys", State::Ok, "the master key opens the signing key");
        runtime.block_on(app.database.ping())?;
        self.add("roles", State::Ok, "the program can take them on");
        Ok(())
    }

    fn server(
        &mut self,
        server: &ServerFacts,
        private: bool,
        (before, after): (DateTime<Utc>, DateTime<Utc>),
    ) {
        self.add("Postgres", State::Ok, &server.version);
        if server.superuser && !private {
            let advice =
                "the user of DATABASE_URL is a superuser: give the program one that owns nothing";
            self.add("user", State::Warn, advice);
        }
        let extension = if server.has_btree_gist {
            (State::Ok, "installed")
        } else {
            (State::Fail, "is missing: CREATE EXTENSION btree_gist")
        };
        self.add("btree_gist", extension.0, extension.1);
        let (early, late) = (before - server.now, server.now - after);
        let skew = early.max(late).max(TimeDelta::zero());
        let tenths = skew.num_milliseconds() / 100;
        let told = format!("{}.{} seconds from ours", tenths / 10, tenths % 10);
        let state = if skew > SKEW { State::Warn } else { State::Ok };
        self.add("clock of Postgres", state, told);
    }

    /// Whether both know the same rules of the clocks for the next years.
    fn time_zones(&mut self, told: &[(String, DateTime<Utc>, i32)]) {
        let differs = told.iter().find(|(name, at, seconds)| {
            name.parse::<Tz>().is_ok_and(|zone| {
                let ours = at.with_timezone(&zone).offset().fix().local_minus_utc();
                ours != *seconds
            })
        });
        match differs {
            None => {
                let told = format!("as in ours ({})", chrono_tz::IANA_TZDB_VERSION);
                self.add("time zones of Postgres", State::Ok, told);
            }
            Some((name, at, _)) => {
                let told = format!(
                    "{name} differs from ours on {}: update both",
                    at.date_naive()
                );
                self.add("time zones of Postgres", State::Warn, told);
            }
        }
    }
}

fn names() -> Vec<String> {
    ZONES.iter().map(|zone| zone.name().to_owned()).collect()
}
