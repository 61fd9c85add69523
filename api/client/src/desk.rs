//! What the desk does.

mod booking;
mod listing;
mod names;
mod signing;

use std::io;
use std::path::PathBuf;

use chrono::{DateTime, Local, NaiveDate, TimeDelta, TimeZone, Utc};
use sprechstunde_client::Error;

use crate::words::Language;

/// One sentence for whoever sits there.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Call(#[from] Error),
    #[error("{0}")]
    Told(&'static str),
    #[error(transparent)]
    File(#[from] io::Error),
}

#[derive(Debug)]
pub struct Desk {
    pub language: Language,
    pub url: String,
    pub session: PathBuf,
}

impl Desk {
    const fn say(&self, german: &'static str, english: &'static str) -> &'static str {
        self.language.of(german, english)
    }

    fn time<Z: TimeZone>(&self, at: DateTime<Z>) -> String
    where
        Z::Offset: std::fmt::Display,
    {
        let day = self.date(at.date_naive());
        format!("{day} {}", at.format("%H:%M"))
    }

    fn date(&self, date: NaiveDate) -> String {
        date.format(self.say("%d.%m.%Y", "%d/%m/%Y")).to_string()
    }

    /// What went wrong, as whoever sits there can use it.
    pub fn complaint(&self, failure: &Failure) -> String {
        match failure {
            Failure::Call(Error::Refused(problem)) => self
                .language
                .problem(&problem.code, &problem.detail)
                .to_owned(),
            Failure::Call(Error::Unreachable(_)) => {
                let advice = self.say(
                    "Der Dienst antwortet nicht. Ob etwas gespeichert wurde, zeigt der Tag: `day`.",
                    "The service does not answer. Whether anything was stored, the day shows: `day`.",
                );
                advice.to_owned()
            }
            other => other.to_string(),
        }
    }
}

/// By the clock and in the time zone of the desk.
#[expect(
    clippy::disallowed_methods,
    reason = "people at the desk speak of their own day"
)]
fn now() -> DateTime<Local> {
    Local::now()
}

/// When the day begins where the desk is; an hour later where the clocks leap over midnight.
fn midnight(date: NaiveDate) -> DateTime<Utc> {
    let begins = date.and_time(chrono::NaiveTime::MIN);
    let later = begins + TimeDelta::hours(1);
    let local = Local.from_local_datetime(&begins).earliest();
    local
        .or_else(|| Local.from_local_datetime(&later).earliest())
        .map_or_else(|| begins.and_utc(), |local| local.to_utc())
}
