use std::path::PathBuf;

use clap::{Parser, Subcommand};
use domain::permission::Role;

use crate::specification::Notation;

/// Appointments for counselling, across the organisations of a network.
#[derive(Debug, Parser)]
#[command(name = "sprechstunde", version, about)]
pub(super) struct Sprechstunde {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve the API; the default.
    Serve {
        /// Bring the schema up to date first, also with DATABASE_URL.
        #[arg(long)]
        migrate: bool,
    },
    /// Bring the schema of the data base up to date.
    Migrate,
    /// Load the demo network.
    Seed {
        /// The five organisations of the demo.
        #[arg(long, required_unless_present = "reset")]
        demo: bool,
        /// Empty the private data base first, if nothing but the demo network is in it.
        #[arg(long)]
        reset: bool,
    },
    /// Write organisations, and all that belongs to them, to a file: as secret as a backup.
    Export {
        /// The slug of an organisation; may be repeated. All of the network without it.
        #[arg(long)]
        organisation: Vec<String>,
        /// A new file: NDJSON.
        file: PathBuf,
    },
    /// Take in what `export` wrote, all of it or nothing: beside other organisations, under the same
    /// master key.
    Import { file: PathBuf },
    /// Print the OpenAPI document.
    Openapi {
        #[arg(long, value_enum, default_value = "yaml")]
        notation: Notation,
    },
    /// Print an access token for somebody who holds a role.
    Token {
        /// The slug of the organisation; not needed for network_coordinator.
        #[arg(long)]
        organisation: Option<String>,
        /// counsellor, coordinator, administrator or network_coordinator.
        #[arg(long)]
        role: Role,
    },
    /// Check data base, schema, keys, clocks and addresses; fails if something is not right.
    Doctor {
        /// As one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Print the configuration in force and where each value comes from.
    Config,
    /// Ask the running program whether it is ready; for containers.
    Healthcheck,
}
