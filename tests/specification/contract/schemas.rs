use std::collections::BTreeSet;

use serde_json::Value;

/// Who writes a value, and who has to understand it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    /// The client writes it: it may be asked for no more than before.
    Asked,
    /// The client reads it: it may be told nothing else than before, though more.
    Answered,
}

/// Compares schemas of two documents, each pair of named ones once.
pub(super) struct Schemas<'d> {
    old: &'d Value,
    new: &'d Value,
    compared: BTreeSet<(String, Direction)>,
    pub(super) breaks: BTreeSet<String>,
}

/// Bounds, and whether a larger one asks for more.
const BOUNDS: [(&str, bool); 6] = [
    ("minimum", true),
    ("minLength", true),
    ("minItems", true),
    ("maximum", false),
    ("maxLength", false),
    ("maxItems", false),
];

impl<'d> Schemas<'d> {
    pub(super) fn new(old: &'d Value, new: &'d Value) -> Self {
        let (compared, breaks) = Default::default();
        Self {
            old,
            new,
            compared,
            breaks,
        }
    }

    pub(super) fn found(&mut self, sentence: String) {
        self.breaks.insert(sentence);
    }

    pub(super) fn compare(&mut self, place: &str, old: &Value, new: &Value, direction: Direction) {
        self.compare_null(place, old, new, direction);
        self.compare_present(place, old, new, direction);
    }

    /// As [`Self::compare`], for what is never null.
    pub(super) fn compare_present(
        &mut self,
        place: &str,
        old: &Value,
        new: &Value,
        direction: Direction,
    ) {
        let (before, after) = (named(old), named(new));
        let place = match before {
            Some(name) if !self.compared.insert((name.to_owned(), direction)) => return,
            Some(name) => name,
            None => place,
        };
        let before = before.map_or(old, |name| &self.old["components"]["schemas"][name]);
        let after = after.map_or(new, |name| &self.new["components"]["schemas"][name]);
        if (&before["type"], &before["format"]) != (&after["type"], &after["format"]) {
            self.found(format!("{place} is of another type"));
            return;
        }
        self.compare_values(place, before, after, direction);
        self.compare_properties(place, before, after, direction);
        for part in ["items", "additionalProperties"] {
            if before[part].is_object() {
                self.compare(
                    &format!("{place}[]"),
                    &before[part],
                    &after[part],
                    direction,
                );
            }
        }
    }

    fn compare_null(&mut self, place: &str, old: &Value, new: &Value, direction: Direction) {
        match (direction, old["nullable"] == true, new["nullable"] == true) {
            (Direction::Asked, true, false) => {
                self.found(format!("{place} may not be null any more"));
            }
            (Direction::Answered, false, true) => self.found(format!("{place} may be null now")),
            _ => {}
        }
    }

    fn compare_values(&mut self, place: &str, old: &Value, new: &Value, direction: Direction) {
        let values = |schema: &Value| schema["enum"].as_array().cloned();
        let (fewer, more) = match direction {
            Direction::Asked => (values(new), values(old)),
            Direction::Answered => (values(old), values(new)),
        };
        let exceeds = |fewer: &Vec<Value>| {
            more.as_ref()
                .is_none_or(|more| more.iter().any(|value| !fewer.contains(value)))
        };
        if fewer.as_ref().is_some_and(exceeds) {
            self.found(match direction {
                Direction::Asked => format!("{place} takes fewer values"),
                Direction::Answered => format!("{place} has more values"),
            });
        }
        if direction == Direction::Answered {
            return;
        }
        if new["pattern"].is_string() && old["pattern"] != new["pattern"] {
            self.found(format!("{place} is held to another pattern"));
        }
        for (bound, larger_asks_more) in BOUNDS {
            let Some(after) = new[bound].as_f64() else {
                continue;
            };
            let asks_more = |before: f64| {
                if larger_asks_more {
                    after > before
                } else {
                    after < before
                }
            };
            if old[bound].as_f64().is_none_or(asks_more) {
                self.found(format!("{place} is held to another {bound}"));
            }
        }
    }

    fn compare_properties(&mut self, place: &str, old: &Value, new: &Value, direction: Direction) {
        for (name, property) in old["properties"].as_object().into_iter().flatten() {
            let place = format!("{place}.{name}");
            match new["properties"].get(name) {
                None => self.found(format!("{place} is gone")),
                Some(after) => self.compare(&place, property, after, direction),
            }
        }
        let (fewer, more, what) = match direction {
            Direction::Asked => (required(old), required(new), "has to be given now"),
            Direction::Answered => (required(new), required(old), "may be missing now"),
        };
        for name in more.difference(&fewer) {
            self.found(format!("{place}.{name} {what}"));
        }
    }
}

/// The name of the schema that it refers to, alone or with something beside it.
fn named(schema: &Value) -> Option<&str> {
    let reference = schema
        .get("$ref")
        .or_else(|| schema["allOf"][0].get("$ref"));
    reference?.as_str()?.rsplit('/').next()
}

fn required(schema: &Value) -> BTreeSet<&str> {
    let names = schema["required"].as_array().into_iter().flatten();
    names.filter_map(Value::as_str).collect()
}
