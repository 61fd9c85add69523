//! Values as they travel.

use crate::Failure;

/// 2000-01-01, the epoch of Postgres, in that of Unix.
pub(super) const EPOCH_MICROS: i64 = 946_684_800_000_000;

// From pg_type.dat.
pub(super) const BOOL: u32 = 16;
pub(super) const BYTEA: u32 = 17;
pub(super) const INT8: u32 = 20;
pub(super) const INT2: u32 = 21;
pub(super) const INT4: u32 = 23;
pub(super) const TEXT: u32 = 25;
pub(super) const FLOAT8: u32 = 701;
pub(super) const BYTEAS: u32 = 1001;
pub(super) const INT4S: u32 = 1007;
pub(super) const TEXTS: u32 = 1009;
pub(super) const VARCHAR: u32 = 1043;
pub(super) const TIMESTAMPTZ: u32 = 1184;
pub(super) const TIMESTAMPTZS: u32 = 1185;
pub(super) const UUID: u32 = 2950;
pub(super) const UUIDS: u32 = 2951;

pub(super) fn type_name(oid: u32) -> Result<&'static str, Failure> {
    Ok(match oid {
        BOOL => "bool",
        BYTEA => "bytea",
        BYTEAS => "bytea[]",
        INT8 => "int8",
        INT2 => "int2",
        INT4 => "int4",
        TEXT | VARCHAR => "text",
        FLOAT8 => "float8",
        TEXTS => "text[]",
        INT4S => "int4[]",
        TIMESTAMPTZ => "timestamptz",
        TIMESTAMPTZS => "timestamptz[]",
        UUID => "uuid",
        UUIDS => "uuid[]",
        _ => return Err(format!("nobody knows the type with the object id {oid}").into()),
    })
}

pub(super) fn number(bytes: &[u8]) -> Result<i64, Failure> {
    Ok(match bytes {
        [one] => i64::from(*one),
        [a, b] => i64::from(i16::from_be_bytes([*a, *b])),
        [a, b, c, d] => i64::from(i32::from_be_bytes([*a, *b, *c, *d])),
        _ => i64::from_be_bytes(bytes.try_into()?),
    })
}

/// The elements of an array of one dimension, `None` for NULL; see `array_send` in Postgres.
pub(super) fn elements(bytes: &[u8]) -> Result<Vec<Option<&[u8]>>, Failure> {
    let mut rest = bytes.get(12..).ok_or("a broken array")?;
    if rest.is_empty() {
        return Ok(Vec::new());
    }
    rest = rest.get(8..).ok_or("a broken array")?;
    let mut elements = Vec::new();
    while let Some((length, behind)) = rest.split_first_chunk::<4>() {
        let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else {
            elements.push(None);
            rest = behind;
            continue;
        };
        elements.push(Some(behind.get(..length).ok_or("a broken array")?));
        rest = &behind[length..];
    }
    Ok(elements)
}

/// The hashes that a text tells in hexadecimal digits, with commas between them.
pub(super) fn hashes(text: &str) -> Option<Vec<Vec<u8>>> {
    text.split(',').map(hash).collect()
}

fn hash(text: &str) -> Option<Vec<u8>> {
    let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then_some(())?;
    (0..64)
        .step_by(2)
        .map(|place| u8::from_str_radix(&text[place..place + 2], 16).ok())
        .collect()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\\x{digits}")
}
