//! Who is signed in, kept between two commands in a file that nobody else reads.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Of one account at one network.
#[derive(Clone, Serialize, Deserialize)]
pub struct Tokens {
    pub url: String,
    pub access_token: String,
    pub refresh_token: String,
    pub good_until: DateTime<Utc>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Tokens {
    /// Whether the access token will be good for another moment.
    #[must_use]
    pub fn is_good(&self, now: DateTime<Utc>) -> bool {
        now + TimeDelta::seconds(20) < self.good_until
    }
}

/// The file, locked: a refresh token is good for one use, so two commands at once must not both use it.
#[derive(Debug)]
pub struct Session {
    file: File,
}

impl Session {
    /// Where it lies unless somebody says otherwise.
    #[must_use]
    pub fn usual_place() -> Option<PathBuf> {
        let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config"));
        let folder = std::env::var_os("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .or_else(home)?;
        Some(folder.join("sprechstunde").join("session.json"))
    }

    /// Waits for whoever has it.
    pub fn open(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.mode(0o600).open(path)?;
        file.lock()?;
        Ok(Self { file })
    }

    /// Whoever is signed in; nobody, if nobody is, or what stands there cannot be read.
    pub fn read(&mut self) -> io::Result<Option<Tokens>> {
        let mut text = String::new();
        self.file.rewind()?;
        self.file.read_to_string(&mut text)?;
        Ok(serde_json::from_str(&text).ok())
    }

    pub fn write(&mut self, tokens: Option<&Tokens>) -> io::Result<()> {
        self.file.rewind()?;
        self.file.set_len(0)?;
        if let Some(tokens) = tokens {
            self.file.write_all(&serde_json::to_vec(tokens)?)?;
        }
        self.file.sync_all()
    }
}
