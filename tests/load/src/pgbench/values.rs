//! From the values that were bound once to expressions that give each transaction its own.

mod wire;

use chrono::{DateTime, TimeDelta, Utc};
use domain::waitlist::WAITS;
use uuid::Uuid;

use super::shapes::Shape;
use crate::Failure;
use crate::network::number_of;
use crate::recorder::Value;
use crate::subjects::OFFSET;
use wire::{
    BOOL, BYTEA, BYTEAS, EPOCH_MICROS, FLOAT8, INT2, INT4, INT4S, INT8, TEXT, TEXTS, TIMESTAMPTZ,
    TIMESTAMPTZS, UUID, UUIDS, VARCHAR, elements, hashes, hex, number, type_name,
};

/// Writes values of one call as expressions. What the program made up (ids, hashes, codes) gets a
/// name by its first appearance, and is made of the number of the transaction: the same value is
/// the same expression.
#[derive(Debug, Clone)]
pub struct Names {
    /// When the call was recorded.
    pub recorded_at: DateTime<Utc>,
    made_up: Vec<Vec<u8>>,
    /// Values that stay the same, given as variables so that Postgres plans as for the program.
    pub constants: Vec<String>,
}

/// How long after the recording began a "now" may lie.
const MOMENT: TimeDelta = TimeDelta::seconds(20);

impl Names {
    #[must_use]
    pub fn new(recorded_at: DateTime<Utc>) -> Self {
        Self {
            recorded_at,
            made_up: Vec::new(),
            constants: Vec::new(),
        }
    }

    /// The expression for a value, of which another recording of the same call had `other`.
    pub fn express(
        &mut self,
        shape: &Shape,
        value: &Value,
        other: &Value,
    ) -> Result<String, Failure> {
        let name = type_name(value.oid)?;
        let Some(bytes) = &value.bytes else {
            if other.bytes.is_some() {
                return Err(format!("a {name} is sometimes NULL").into());
            }
            return Ok(format!("nullif(:nothing::text, '-')::{name}"));
        };
        let is_constant = value == other;
        match value.oid {
            UUID => self.id(shape, Uuid::from_slice(bytes)?),
            UUIDS => array(bytes, name, |id| self.id(shape, Uuid::from_slice(id)?)),
            TIMESTAMPTZS => array(bytes, name, |at| self.instant(shape, number(at)?, false)),
            INT4S if is_constant => array(bytes, name, |it| Ok(number(it)?.to_string())),
            TIMESTAMPTZ => self.instant(shape, number(bytes)?, is_constant),
            TEXT | VARCHAR => {
                let text = std::str::from_utf8(bytes)?;
                if let Some((_, expression)) = shape.texts.iter().find(|(known, _)| *known == text)
                {
                    return Ok(expression.clone());
                }
                if let Some(hashes) = hashes(text) {
                    let hashes = hashes.iter().map(|hash| self.hash(shape, hash));
                    let hashes: Vec<String> = hashes
                        .map(|hash| format!("encode({hash}, 'hex')"))
                        .collect();
                    return Ok(hashes.join(" || ',' || "));
                }
                if let Ok(instant) = text.parse::<DateTime<Utc>>() {
                    let micros = instant.timestamp_micros() - EPOCH_MICROS;
                    let expression = self.instant(shape, micros, is_constant)?;
                    return Ok(format!("({expression})::text"));
                }
                match (is_constant, is_code(text)) {
                    (true, _) => Ok(self.constant(text.to_owned(), name)),
                    (_, true) => Ok("('Z' || upper(lpad(to_hex(:u::bigint), 7, '0')))".to_owned()),
                    _ => Err(format!("nobody knows the text {text:?}").into()),
                }
            }
            BYTEA if is_constant || bytes.len() != 32 => Ok(self.constant(hex(bytes), name)),
            BYTEA => Ok(self.hash(shape, bytes)),
            BYTEAS => array(bytes, name, |hash| Ok(self.hash(shape, hash))),
            INT8 if !is_constant => {
                let place = self.place(bytes);
                Ok(format!("hashtextextended('{place} ' || :u::text, 0)"))
            }
            INT8 | INT4 | INT2 | BOOL if is_constant => {
                let text = match (value.oid, number(bytes)?) {
                    (BOOL, 0) => "false".to_owned(),
                    (BOOL, _) => "true".to_owned(),
                    (_, number) => number.to_string(),
                };
                Ok(self.constant(text, name))
            }
            FLOAT8 if is_constant => {
                let bits = u64::from_be_bytes(bytes.as_slice().try_into()?);
                Ok(self.constant(f64::from_bits(bits).to_string(), name))
            }
            TEXTS => {
                let elements: Option<Vec<&[u8]>> = elements(bytes)?.into_iter().collect();
                self.texts(shape, &elements.ok_or("a text is NULL")?, is_constant)
            }
            _ => Err(format!("a {name} changes from call to call, and nobody knows how").into()),
        }
    }

    fn hash(&mut self, shape: &Shape, bytes: &[u8]) -> String {
        if let Some((_, expression)) = shape.hashes.iter().find(|(known, _)| known == bytes) {
            return (*expression).to_owned();
        }
        let place = self.place(bytes);
        format!("sha256(('{place} ' || :u::text)::bytea)")
    }

    fn id(&mut self, shape: &Shape, id: Uuid) -> Result<String, Failure> {
        let Some((kind, number)) = number_of(id) else {
            let place = self.place(id.as_bytes());
            return Ok(format!(
                "('0000000b-{place:04x}-7000-8000-' || lpad(:u::text, 12, '0'))::uuid"
            ));
        };
        let known = shape
            .numbers
            .iter()
            .find(|known| (known.0, known.1) == (kind, number));
        let (_, _, variable) = known.ok_or_else(|| format!("nobody knows the id {id}"))?;
        Ok(format!(
            "('{kind:08x}-0000-7000-8000-' || lpad(:{variable}::text, 12, '0'))::uuid"
        ))
    }

    fn texts(
        &mut self,
        shape: &Shape,
        elements: &[&[u8]],
        is_constant: bool,
    ) -> Result<String, Failure> {
        let texts: Result<Vec<&str>, _> = elements
            .iter()
            .map(|text| std::str::from_utf8(text))
            .collect();
        let texts = texts?;
        let known = |text: &&str| {
            let known = shape.texts.iter().find(|(known, _)| known == text);
            known.map(|(_, expression)| expression.as_str())
        };
        let expressions: Option<Vec<&str>> = texts.iter().map(known).collect();
        match expressions {
            Some(expressions) if !expressions.is_empty() => {
                Ok(format!("ARRAY[{}]::text[]", expressions.join(", ")))
            }
            _ if is_constant => Ok(self.constant(format!("{{{}}}", texts.join(",")), "text[]")),
            _ if texts.iter().all(|text| is_code(text)) => Ok(codes(texts.len())),
            _ => Err(format!("nobody knows the texts {texts:?}").into()),
        }
    }

    /// Microseconds since 2000.
    fn instant(
        &mut self,
        shape: &Shape,
        micros: i64,
        is_constant: bool,
    ) -> Result<String, Failure> {
        let instant = DateTime::from_timestamp_micros(micros + EPOCH_MICROS).ok_or("no instant")?;
        if let Some((_, expression)) = shape.instants.iter().find(|(known, _)| *known == instant) {
            return Ok(expression.clone());
        }
        for (minutes, expression) in [
            (0, "now()"),
            (10, "(now() + interval '10 minutes')"),
            (24 * 60, "(now() + interval '24 hours')"),
            (WAITS.num_minutes(), "(now() + interval '90 days')"),
            (-25 * 60, "(now() - interval '25 hours')"),
        ] {
            let late = instant - self.recorded_at - TimeDelta::minutes(minutes);
            if late >= TimeDelta::zero() && late < MOMENT {
                return Ok(expression.to_owned());
            }
        }
        if is_constant {
            return Ok(self.constant(instant.to_rfc3339(), "timestamptz"));
        }
        Err(format!("nobody knows the instant {instant}").into())
    }

    fn place(&mut self, bytes: &[u8]) -> usize {
        if let Some(place) = self.made_up.iter().position(|known| known == bytes) {
            return place;
        }
        self.made_up.push(bytes.to_vec());
        self.made_up.len() - 1
    }

    fn constant(&mut self, text: String, name: &str) -> String {
        if text.is_empty() {
            // pgbench knows no empty variables.
            return format!("''::{name}");
        }
        let place = self
            .constants
            .iter()
            .position(|known| *known == text)
            .unwrap_or_else(|| {
                self.constants.push(text);
                self.constants.len() - 1
            });
        format!(":constant{place}::{name}")
    }
}

fn is_code(text: &str) -> bool {
    text.len() == 8 && !text.contains(char::is_lowercase)
}

/// The codes of a series: no other one of the same organisation begins with their letter.
fn codes(count: usize) -> String {
    let code = |place| {
        format!("'Y' || upper(lpad(to_hex((:u::bigint % {OFFSET}) * 8 + {place}), 7, '0'))")
    };
    let codes: Vec<String> = (0..count).map(code).collect();
    format!("ARRAY[{}]::text[]", codes.join(", "))
}

/// An array with an expression for each of its elements.
fn array(
    bytes: &[u8],
    name: &str,
    mut express: impl FnMut(&[u8]) -> Result<String, Failure>,
) -> Result<String, Failure> {
    let elements = elements(bytes)?.into_iter();
    let expressions: Result<Vec<String>, Failure> = elements
        .map(|element| element.map_or(Ok("NULL".to_owned()), &mut express))
        .collect();
    Ok(format!("ARRAY[{}]::{name}", expressions?.join(", ")))
}
