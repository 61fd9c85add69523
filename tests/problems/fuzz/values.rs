//! JSON that is nearly right.

use ::fuzz::mutation::{Dice, mutate};
use serde_json::{Value, json};

/// Stands in a body for what no `Value` can say.
const GAP: &str = "@gap@";

/// The body with one to three mistakes, as bytes.
pub fn nearly(good: &Value, dice: &mut Dice) -> Vec<u8> {
    let mut body = good.clone();
    for _ in 0..=dice.below(3) {
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
    match dice.below(8) {
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
        5 | 6 => {
            let strange = strange(dice);
            put(body, pointer, strange);
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

/// What JSON can say, and a field seldom means.
fn strange(dice: &mut Dice) -> Value {
    let texts = [
        "",
        " ",
        "\u{0}",
        "a\u{0}b",
        "\u{1b}[31m",
        "\u{202e}",
        "\u{feff}",
        "İ",
        "💩",
        "'--",
        "%00",
        "-262143-01-01",
        "+262142-12-31",
        "0000-01-01",
        "9999-12-31",
        "2028-02-29",
        "2026-02-29",
        "+262142-12-31T23:59:59.999999999Z",
        "-262143-01-01T00:00:00Z",
        "0000-01-01T00:00:00+23:59",
        "9999-12-31T23:59:60-23:59",
        "1970-01-01T00:00:00Z",
        "9998-12-31T23:59:59Z",
        "2026-03-29T02:30:00+01:00",
        "2016-12-31T23:59:60Z",
        "2026-10-25T02:30:00",
        "00:00",
        "24:00",
        "23:60",
        "FREQ=WEEKLY;INTERVAL=52;BYDAY=MO,TU,WE,TH,FR,SA,SU",
        "FREQ=MONTHLY;BYDAY=5SU",
        "FREQ=SECONDLY",
        "Europe/Berlin",
        "Pacific/Apia",
        "../etc",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "de-simple",
        "x-y",
        "a@b.c",
        "+0",
        "1",
    ];
    match dice.below(4) {
        0 => dice
            .choose(&[
                json!(null),
                json!(true),
                json!(-1),
                json!(0),
                json!(1),
                json!(1.5),
                json!(1e300),
                json!(-0.0),
                json!(255),
                json!(65_536),
                json!(u32::MAX),
                json!(i64::MAX),
                json!(i64::MIN),
                json!(u64::MAX),
                json!([]),
                json!({}),
                json!([null]),
                json!([[]]),
                json!({"de": null}),
                json!({"": ""}),
                json!({"de/at~x": "x"}),
                json!({"de": "x", "DE": "y"}),
            ])
            .clone(),
        1 => json!([*dice.choose(&texts), *dice.choose(&texts)]),
        2 => json!({*dice.choose(&texts): *dice.choose(&texts)}),
        _ => json!(*dice.choose(&texts)),
    }
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
