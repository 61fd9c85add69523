//! `sprechstunde-client`: the desk on the command line.

mod desk;
mod table;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use sprechstunde_client::{Person, Session};
use uuid::Uuid;

use desk::{Desk, Failure};
use words::Language;

/// Termine am Empfang: finden, buchen, verlegen, absagen. Appointments at the desk.
#[derive(Debug, Parser)]
#[command(name = "sprechstunde-client", version, about)]
struct Arguments {
    /// Where the service is.
    #[arg(
        long,
        global = true,
        env = "SPRECHSTUNDE_URL",
        default_value = "http://127.0.0.1:8080"
    )]
    url: String,
    /// de or en; as the environment says, unless given.
    #[arg(long, global = true, value_enum)]
    speak: Option<Language>,
    /// Where it is kept who is signed in.
    #[arg(long, global = true, env = "SPRECHSTUNDE_SESSION")]
    session: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Sign in; the password comes from SPRECHSTUNDE_PASSWORD or the input.
    SignIn { email: String },
    /// Sign out: nothing is kept.
    SignOut,
    /// The appointments of a day, as a table.
    Day {
        /// As in 2026-12-24; today, unless given.
        date: Option<NaiveDate>,
    },
    /// What can be booked.
    Services,
    /// Free slots of a service.
    Slots {
        service: Uuid,
        /// From that day on; from now on, unless given.
        #[arg(long)]
        from: Option<NaiveDate>,
        #[arg(long, default_value_t = 14)]
        days: u16,
        /// Which the counsellor speaks, as in ar.
        #[arg(long)]
        language: Option<String>,
    },
    /// Book a slot; without a name it is anonymous.
    Book {
        slot: String,
        #[arg(long)]
        name: Option<String>,
        #[arg(long)]
        phone: Option<String>,
        #[arg(long)]
        email: Option<String>,
        #[arg(long)]
        note: Option<String>,
    },
    /// Move an appointment, named by its code or id, to another slot.
    Move { appointment: String, slot: String },
    /// Cancel an appointment, named by its code or id.
    Cancel {
        appointment: String,
        #[arg(long)]
        reason: Option<String>,
    },
    /// Print what completes these commands in a shell.
    Completion { shell: Shell },
}

#[tokio::main(flavor = "current_thread")]
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "whoever sits there reads it"
)]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let desk = Desk {
        language: arguments.speak.unwrap_or_else(Language::of_environment),
        url: arguments.url.trim_end_matches('/').to_owned(),
        session: arguments
            .session
            .or_else(Session::usual_place)
            .unwrap_or_else(|| PathBuf::from(".sprechstunde-session")),
    };
    match run(&desk, arguments.command).await {
        Ok(told) => {
            print!("{told}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{}", desk.complaint(&failure));
            ExitCode::FAILURE
        }
    }
}

async fn run(desk: &Desk, command: Command) -> Result<String, Failure> {
    match command {
        Command::SignIn { email } => desk.sign_in(&email).await,
        Command::SignOut => desk.sign_out().await,
        Command::Day { date } => desk.day(date).await,
        Command::Services => desk.services().await,
        Command::Slots {
            service,
            from,
            days,
            language,
        } => desk.slots(service, from, days, language).await,
        Command::Book {
            slot,
            name,
            phone,
            email,
            note,
        } => {
            let person = Person { name, phone, email };
            desk.book(slot, person, note).await
        }
        Command::Move { appointment, slot } => desk.reschedule(&appointment, &slot).await,
        Command::Cancel {
            appointment,
            reason,
        } => desk.cancel(&appointment, reason.as_deref()).await,
        Command::Completion { shell } => Ok(completion(shell)),
    }
}

fn completion(shell: Shell) -> String {
    let mut script = Vec::new();
    let mut command = Arguments::command();
    clap_complete::generate(shell, &mut command, "sprechstunde-client", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
