//! Configuration: defaults, then a file, then the environment. Nothing is fixed at build time.

mod sources;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::program::LogFormat;
use crate::throttle::Network;

/// What the program runs with.
#[derive(Clone)]
pub struct Config {
    values: BTreeMap<&'static str, Value>,
}

/// A value, and where it comes from.
#[derive(Clone)]
struct Value {
    text: String,
    source: String,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read {0}: {1}")]
    Unreadable(PathBuf, String),
    #[error("{0} has no setting {1}: `sprechstunde config` lists those that exist")]
    UnknownKey(String, String),
    #[error("{0} = {1:?} (from {2}): {3}")]
    Malformed(&'static str, String, String, String),
    #[error("{0} and {0}_FILE are both set: set one of them")]
    SetTwice(String),
}

struct Setting {
    key: &'static str,
    environment: &'static str,
    default: Option<&'static str>,
    secret: bool,
}

const fn setting(
    key: &'static str,
    environment: &'static str,
    default: Option<&'static str>,
) -> Setting {
    Setting {
        key,
        environment,
        default,
        secret: false,
    }
}

/// Every setting that there is.
const SETTINGS: &[Setting] = &[
    setting("listen", "SPRECHSTUNDE_LISTEN", Some("127.0.0.1:8080")),
    setting("data_dir", "SPRECHSTUNDE_DATA_DIR", Some("./.sprechstunde")),
    setting("base_url", "SPRECHSTUNDE_BASE_URL", None),
    Setting {
        secret: true,
        ..setting("database_url", "DATABASE_URL", None)
    },
    setting(
        "database_connections",
        "SPRECHSTUNDE_DATABASE_CONNECTIONS",
        Some("8"),
    ),
    Setting {
        secret: true,
        ..setting("master_key", "SPRECHSTUNDE_MASTER_KEY", None)
    },
    setting("trusted_proxies", "SPRECHSTUNDE_TRUSTED_PROXIES", Some("")),
    setting("workers", "SPRECHSTUNDE_WORKERS", Some("2")),
    setting("log_format", "SPRECHSTUNDE_LOG_FORMAT", Some("text")),
    setting("security_contact", "SPRECHSTUNDE_SECURITY_CONTACT", None),
];

/// Where the file is named.
const FILE: &str = "SPRECHSTUNDE_CONFIG";

impl Config {
    /// Reads the file that `SPRECHSTUNDE_CONFIG` names, and the environment.
    pub fn load(environment: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let environment: BTreeMap<String, String> = environment.collect();
        let mut values = BTreeMap::new();
        for setting in SETTINGS {
            if let Some(default) = setting.default {
                values.insert(
                    setting.key,
                    Value {
                        text: default.to_owned(),
                        source: "default".to_owned(),
                    },
                );
            }
        }
        if let Some(path) = environment.get(FILE) {
            sources::read_file(Path::new(path), &mut values)?;
        }
        sources::read_environment(&environment, &mut values)?;
        let config = Self { values };
        config.check()?;
        Ok(config)
    }

    /// Reads every value once, so that a mistake is told at the start.
    fn check(&self) -> Result<(), ConfigError> {
        self.listen()?;
        self.connections()?;
        self.workers()?;
        self.trusted_proxies()?;
        self.base_url()?;
        self.log_format()?;
        self.security_contact()?;
        Ok(())
    }

    pub fn listen(&self) -> Result<SocketAddr, ConfigError> {
        self.read("listen", |text| {
            text.parse()
                .map_err(|_| "is an address with a port, as in 127.0.0.1:8080")
        })
    }

    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        PathBuf::from(self.text("data_dir").unwrap_or_default())
    }

    /// Without a slash at the end.
    pub fn base_url(&self) -> Result<String, ConfigError> {
        if self.text("base_url").is_none() {
            return Ok(format!("http://{}", self.listen()?));
        }
        self.read("base_url", |text| {
            let web = text.starts_with("http://") || text.starts_with("https://");
            if web {
                Ok(text.trim_end_matches('/').to_owned())
            } else {
                Err("starts with http:// or https://")
            }
        })
    }

    #[must_use]
    pub fn database_url(&self) -> Option<&str> {
        self.text("database_url")
    }

    #[must_use]
    pub fn master_key(&self) -> Option<&str> {
        self.text("master_key")
    }

    pub fn connections(&self) -> Result<usize, ConfigError> {
        self.count("database_connections", 1..=100)
    }

    pub fn workers(&self) -> Result<usize, ConfigError> {
        self.count("workers", 1..=64)
    }

    pub fn trusted_proxies(&self) -> Result<Vec<Network>, ConfigError> {
        self.read("trusted_proxies", |text| {
            let parts = text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty());
            parts
                .map(|part| {
                    part.parse()
                        .map_err(|_| "is a list of addresses or networks such as 10.0.0.0/8, separated by commas")
                })
                .collect()
        })
    }

    pub fn log_format(&self) -> Result<LogFormat, ConfigError> {
        self.read("log_format", str::parse)
    }

    /// Who is told of a weakness, if anybody: as RFC 9116 has it.
    pub fn security_contact(&self) -> Result<Option<String>, ConfigError> {
        if self.text("security_contact").is_none() {
            return Ok(None);
        }
        self.read("security_contact", |text| {
            let is_uri = ["mailto:", "https://", "tel:"]
                .iter()
                .any(|scheme| text.starts_with(scheme));
            if is_uri && text.chars().all(|letter| letter.is_ascii_graphic()) {
                Ok(Some(text.to_owned()))
            } else {
                Err("is an address that starts with mailto:, https:// or tel:")
            }
        })
    }

    fn count(
        &self,
        key: &'static str,
        range: std::ops::RangeInclusive<usize>,
    ) -> Result<usize, ConfigError> {
        self.read(key, |text| match text.parse() {
            Ok(count) if range.contains(&count) => Ok(count),
            _ => Err(format!(
                "is a number from {} to {}",
                range.start(),
                range.end()
            )),
        })
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|value| value.text.as_str())
    }

    fn read<T, E: ToString>(
        &self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, ConfigError> {
        let value = self.values.get(key);
        let text = value.map(|value| value.text.as_str()).unwrap_or_default();
        parse(text).map_err(|why| {
            let source = value.map(|value| value.source.clone()).unwrap_or_default();
            ConfigError::Malformed(key, text.to_owned(), source, why.to_string())
        })
    }
}

/// One line for each setting, secrets hidden.
impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for setting in SETTINGS {
            let (text, source) = match self.values.get(setting.key) {
                Some(_) if setting.secret => ("(hidden)", self.values[setting.key].source.as_str()),
                Some(value) => (value.text.as_str(), value.source.as_str()),
                None => ("(not set)", setting.environment),
            };
            writeln!(f, "{:<22}{text:<28}{source}", setting.key)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
