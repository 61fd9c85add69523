//! Where settings come from: a file, and the environment.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::{ConfigError, FILE, SETTINGS, Value};

pub(super) fn read_file(
    path: &Path,
    values: &mut BTreeMap<&'static str, Value>,
) -> Result<(), ConfigError> {
    let unreadable =
        |error: &dyn fmt::Display| ConfigError::Unreadable(path.to_owned(), error.to_string());
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(&error))?;
    let table: toml::Table = text.parse().map_err(|error| unreadable(&error))?;
    for (key, value) in table {
        let unknown = || ConfigError::UnknownKey(path.display().to_string(), key.clone());
        let setting = SETTINGS
            .iter()
            .find(|setting| setting.key == key)
            .ok_or_else(unknown)?;
        let text = match value {
            toml::Value::String(text) => text,
            other => other.to_string(),
        };
        values.insert(
            setting.key,
            Value {
                text,
                source: path.display().to_string(),
            },
        );
    }
    Ok(())
}

pub(super) fn read_environment(
    environment: &BTreeMap<String, String>,
    values: &mut BTreeMap<&'static str, Value>,
) -> Result<(), ConfigError> {
    for (name, text) in environment {
        let bare = name.strip_suffix("_FILE").unwrap_or(name);
        let Some(setting) = SETTINGS.iter().find(|setting| setting.environment == bare) else {
            if name.starts_with("SPRECHSTUNDE_") && name != FILE {
                return Err(ConfigError::UnknownKey(
                    "the environment".to_owned(),
                    name.clone(),
                ));
            }
            continue;
        };
        let text = if bare == name {
            text.clone()
        } else if environment.contains_key(bare) {
            return Err(ConfigError::SetTwice(bare.to_owned()));
        } else {
            let path = PathBuf::from(text);
            let read = std::fs::read_to_string(&path);
            read.map_err(|error| ConfigError::Unreadable(path, error.to_string()))?
                .trim()
                .to_owned()
        };
        values.insert(
            setting.key,
            Value {
                text,
                source: name.clone(),
            },
        );
    }
    Ok(())
}
