//! Lines of the log: for people, or one JSON object each for whatever collects them.

use std::io::{self, Write};
use std::str::FromStr;

use env_logger::fmt::Formatter;
use log::Record;
use log::kv::{self, Key, Value, VisitSource};
use serde_json::{Map, json};

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Text,
    Json,
}

impl FromStr for Format {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("is text or json"),
        }
    }
}

/// From now on, in that form; what is told decides `RUST_LOG`.
pub(super) fn start(format: Format) {
    let filter = env_logger::Env::default().default_filter_or("info");
    let mut logger = env_logger::Builder::from_env(filter);
    match format {
        Format::Text => logger.format(text),
        Format::Json => logger.format(object),
    };
    logger.init();
}

fn text(out: &mut Formatter, record: &Record<'_>) -> io::Result<()> {
    let (now, level, message) = (out.timestamp(), record.level(), record.args());
    write!(out, "[{now} {level:<5}] {message}")?;
    for (name, value) in fields(record) {
        match value {
            serde_json::Value::String(text) => write!(out, " {name}={text}")?,
            other => write!(out, " {name}={other}")?,
        }
    }
    writeln!(out)
}

fn object(out: &mut Formatter, record: &Record<'_>) -> io::Result<()> {
    let mut line = Map::new();
    line.insert("time".to_owned(), json!(out.timestamp().to_string()));
    line.insert("level".to_owned(), json!(record.level().as_str()));
    line.insert("target".to_owned(), json!(record.target()));
    line.insert("message".to_owned(), json!(record.args().to_string()));
    line.extend(fields(record));
    writeln!(out, "{}", serde_json::Value::Object(line))
}

/// What a line tells beside its message.
fn fields(record: &Record<'_>) -> Map<String, serde_json::Value> {
    let mut fields = Fields(Map::new());
    // Nothing in it refuses anything.
    let _ = record.key_values().visit(&mut fields);
    fields.0
}

struct Fields(Map<String, serde_json::Value>);

impl<'kvs> VisitSource<'kvs> for Fields {
    fn visit_pair(&mut self, name: Key<'kvs>, value: Value<'kvs>) -> Result<(), kv::Error> {
        let told = match (value.to_u64(), value.to_f64()) {
            (Some(whole), _) => json!(whole),
            (None, Some(number)) => json!(number),
            (None, None) => json!(value.to_string()),
        };
        self.0.insert(name.as_str().to_owned(), told);
        Ok(())
    }
}
