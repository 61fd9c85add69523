//! JSON that is nearly right.

use ::fuzz::mutation::{Dice, mutate};
use serde_json::{Value, json};

use super::samples::{DATES, IDS, INSTANTS, NUMBERS, RULES, TEXTS, TIMES};

/// Stands in a body for what no `Value` can say.
const GAP: &str = "@gap@";

/// The body with one mistake, or three, as bytes.
pub fn nearly(good: &Value, dice: &mut Dice) -> Vec<u8> {
    let mut body = good.clone();
    let mistakes = *dice.choose(&[1, 1, 1, 3]);
    for _ in 0..mistakes {
        let pointers = pointers(&body);
        let pointer = dice.choose(&pointers).clone();
        spoil(&mut body, &pointer, dice);
    }
    let mut bytes = Vec::new();
    let text = body.to_string();
    for (index, piece) in text.split(&format!("\"{GAP}\"")).enumerate() {
        if index > 0 {
            bytes.extend(unsayable(dice));
        }
        bytes.extend_from_slice(piece.as_bytes());
    }
    match dice.below(12) {
        0 => mutate(&bytes, good.to_string().as_bytes(), dice),
        1 => twice(good, &bytes, dice),
        _ => bytes,
    }
}

/// With a field of the good one before those that it has.
fn twice(good: &Value, bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    let fields: Vec<_> = good.as_object().into_iter().flatten().collect();
    if fields.is_empty() {
        return bytes.to_vec();
    }
    let (name, value) = dice.choose(&fields);
    let field = format!("{{{}: {value},", json!(name));
    [field.as_bytes(), &bytes[1.min(bytes.len())..]].concat()
}

/// Where something stands, the whole body excepted.
fn pointers(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(value, "", &mut found);
    if found.is_empty() {
        found.push(String::new());
    }
    found
}

fn collect(value: &Value, at: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, child)| (name.replace('~', "~0").replace('/', "~1"), child))
            .collect(),
        Value::Array(items) => {
            let numbered = items.iter().take(5).enumerate();
            numbered
                .map(|(index, child)| (index.to_string(), child))
                .collect()
        }
        _ => Vec::new(),
    };
    for (segment, child) in children {
        let pointer = format!("{at}/{segment}");
        found.push(pointer.clone());
        collect(child, &pointer, found);
    }
}

fn spoil(body: &mut Value, pointer: &str, dice: &mut Dice) {
    let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
    match dice.below(12) {
        0 => {
            if let Some(Value::Object(fields)) = body.pointer_mut(parent) {
                fields.remove(name);
            }
        }
        1 => {
            if let Some(Value::Object(fields)) = body.pointer_mut(parent) {
                let names = ["unheard_of", "", "\u{0}", "a/b~c", "__proto__", name];
                let name = format!("{}{name}", dice.choose(&names));
                fields.insert(name, json!(dice.below(9)));
            }
        }
        2 => put(body, pointer, json!(GAP)),
        3 => {
            let pointers = pointers(body);
            let other = body.pointer(dice.choose(&pointers).as_str()).cloned();
            put(body, pointer, other.unwrap_or_default());
        }
        4 => {
            if let Some(Value::Array(items)) = body.pointer_mut(pointer) {
                let count = *dice.choose(&[0, 2, 51, 2000]);
                let item = items.first().cloned().unwrap_or(json!("x"));
                *items = vec![item; count];
            }
        }
        5 => {
            let strange = strange(dice);
            put(body, pointer, strange);
        }
        6..=9 => {
            let given = body.pointer(pointer).cloned().unwrap_or_default();
            put(body, pointer, alike(&given, dice));
        }
        _ => {
            let given = body.pointer(pointer).cloned().unwrap_or_default();
            let text = given.as_str().map_or(given.to_string(), str::to_owned);
            let mutated = mutate(text.as_bytes(), b"de", dice);
            put(body, pointer, json!(String::from_utf8_lossy(&mutated)));
        }
    }
}

fn put(body: &mut Value, pointer: &str, value: Value) {
    if let Some(place) = body.pointer_mut(pointer) {
        *place = value;
    }
}

/// Of the same kind as what is there, so that it is read and then meets the rules.
fn alike(given: &Value, dice: &mut Dice) -> Value {
    match given {
        Value::Bool(given) => json!(!given),
        Value::Number(_) => json!(*dice.choose(NUMBERS)),
        Value::String(text) => json!(*dice.choose(texts_like(text))),
        Value::Array(items) if items.is_empty() => json!([*dice.choose(DATES)]),
        _ => strange(dice),
    }
}

fn texts_like(text: &str) -> &'static [&'static str] {
    let bytes = text.as_bytes();
    match bytes.get(4) {
        Some(b'-') if bytes.len() == 10 => DATES,
        Some(b'-') if bytes.contains(&b'T') => INSTANTS,
        _ if bytes.len() == 5 && bytes[2] == b':' => TIMES,
        _ if text.starts_with("FREQ=") => RULES,
        _ if bytes.len() == 36 => IDS,
        _ => TEXTS,
    }
}

/// What JSON can say, and a field seldom means.
fn strange(dice: &mut Dice) -> Value {
    let text = *dice.choose(TEXTS);
    let values = [
        json!(null),
        json!(true),
        json!(1.5),
        json!(1e300),
        json!(-0.0),
        json!(u64::MAX),
        json!(*dice.choose(NUMBERS)),
        json!(text),
        json!(*dice.choose(DATES)),
        json!([]),
        json!([null]),
        json!([[]]),
        json!([text, text]),
        json!({}),
        json!({ text: text }),
        json!({"de": null}),
        json!({"de/at~x": "x"}),
        json!({"de": "x", "DE": "y"}),
    ];
    dice.choose(&values).clone()
}

/// What no `Value` can say.
fn unsayable(dice: &mut Dice) -> Vec<u8> {
    let deep = *dice.choose(&[100, 127, 128, 10_000]);
    let long = *dice.choose(&[201, 10_001, 200_000, 300_000, 1_048_576]);
    match dice.below(12) {
        0 => b"\"\\ud800\"".to_vec(),
        1 => b"\"\\udc00\\ud800\"".to_vec(),
        2 => b"\"\xff\xfe\"".to_vec(),
        3 => b"\"\xed\xa0\x80\"".to_vec(),
        4 => format!("{}{}", "[".repeat(deep), "]".repeat(deep)).into_bytes(),
        5 => format!("{}1{}", "{\"a\":".repeat(deep), "}".repeat(deep)).into_bytes(),
        6 => format!("\"{}\"", "x".repeat(long)).into_bytes(),
        7 => b"1e999".to_vec(),
        8 => "9".repeat(400).into_bytes(),
        9 => b"01".to_vec(),
        10 => b"NaN".to_vec(),
        _ => b"\"\0\"".to_vec(),
    }
}
