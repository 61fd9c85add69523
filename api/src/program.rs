//! The command line: one command each for those who run the service.

mod command;
mod doctor;
mod greeting;
mod healthcheck;
mod home;
mod logging;
mod progress;
mod serve;
mod start;
mod transfer;
mod workers;

use std::process::ExitCode;

use clap::Parser;

use crate::config::{Config, ConfigError};
use crate::problems::Problem;
use command::{Command, Sprechstunde};
pub use logging::Format as LogFormat;

/// One sentence for the operator. The program ends with it.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Embedded(#[from] persistence::embedded::EmbeddedError),
    #[error(transparent)]
    Persistence(#[from] persistence::Error),
    #[error(transparent)]
    Installation(#[from] persistence::installation::InstallationError),
    #[error(transparent)]
    Vault(#[from] persistence::vault::VaultError),
    #[error(transparent)]
    Transfer(#[from] persistence::transfer::TransferError),
    #[error(transparent)]
    Issuer(#[from] crate::authentication::IssuerError),
    #[error("{}", .0.detail)]
    Problem(#[from] Problem),
    #[error("cannot listen on {0}: {1}. Set SPRECHSTUNDE_LISTEN to another address")]
    Listen(std::net::SocketAddr, std::io::Error),
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    #[error("{0}")]
    Refused(String),
}

impl From<std::io::Error> for ProgramError {
    fn from(error: std::io::Error) -> Self {
        Self::Refused(error.to_string())
    }
}

/// Runs the command that the arguments name.
#[must_use]
#[expect(clippy::print_stderr, reason = "the operator reads it")]
pub fn run() -> ExitCode {
    crate::memory::be_frugal();
    let arguments = Sprechstunde::parse();
    match execute(
        arguments
            .command
            .unwrap_or(Command::Serve { migrate: false }),
    ) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sprechstunde: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "the operator reads it")]
fn execute(command: Command) -> Result<(), ProgramError> {
    if let Command::Openapi { notation } = command {
        let written = notation.write(&crate::specification::specification());
        print!("{}", written.map_err(ProgramError::Refused)?);
        return Ok(());
    }
    let config = Config::load(std::env::vars())?;
    logging::start(config.log_format()?);
    // Kept on this thread to the end: it is the parent of the private Postgres.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    match command {
        Command::Serve { migrate } => serve::serve(&config, &runtime, migrate),
        Command::Migrate => start::migrate(&config, &runtime),
        Command::Seed { demo: _, reset } => start::seed(&config, &runtime, reset),
        Command::Export { organisation, file } => {
            transfer::export(&config, &runtime, &organisation, &file)
        }
        Command::Import { file } => transfer::import(&config, &runtime, &file),
        Command::Token { organisation, role } => {
            start::token(&config, &runtime, organisation.as_deref(), role)
        }
        Command::Doctor { json } => doctor::doctor(&config, &runtime, json),
        Command::Config => {
            print!("{config}");
            Ok(())
        }
        Command::Healthcheck => healthcheck::healthcheck(config.listen()?),
        Command::Openapi { .. } => Ok(()),
    }
}
