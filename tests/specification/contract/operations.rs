use std::collections::BTreeSet;

use serde_json::Value;

use super::super::operations;
use super::schemas::{Direction, Schemas};

/// What the library does not see, and what becomes of everything inside of bodies and answers.
pub(super) fn compare(old: &Value, new: &Value) -> BTreeSet<String> {
    let mut schemas = Schemas::new(old, new);
    for (path, method, before) in operations(old) {
        let name = format!("{} {path}", method.to_uppercase());
        let Some(after) = new["paths"][path].get(method) else {
            continue;
        };
        let id = &after["operationId"];
        if before["operationId"] != *id {
            schemas.found(format!(
                "{name} is called {} now",
                id.as_str().unwrap_or("nothing")
            ));
        }
        if !needs_token(before) && needs_token(after) {
            schemas.found(format!("{name} asks for a token now"));
        }
        compare_parameters(&name, before, after, &mut schemas);
        let (asked_before, asks) = (&before["requestBody"], &after["requestBody"]);
        compare_contents(&name, asked_before, asks, Direction::Asked, &mut schemas);
        compare_answers(&name, before, after, &mut schemas);
    }
    schemas.breaks
}

fn needs_token(operation: &Value) -> bool {
    let ways = operation["security"].as_array();
    ways.is_some_and(|ways| ways.iter().all(|way| way.get("bearer").is_some()))
}

fn parameters(operation: &Value) -> impl Iterator<Item = &Value> {
    operation["parameters"].as_array().into_iter().flatten()
}

fn same_parameter<'p>(operation: &'p Value, wanted: &Value) -> Option<&'p Value> {
    parameters(operation)
        .find(|parameter| parameter["name"] == wanted["name"] && parameter["in"] == wanted["in"])
}

fn compare_parameters(name: &str, before: &Value, after: &Value, schemas: &mut Schemas<'_>) {
    let place = |parameter: &Value| {
        let parameter = parameter["name"].as_str().unwrap_or_default();
        format!("{name}: {parameter}")
    };
    for old in parameters(before) {
        match same_parameter(after, old) {
            None => schemas.found(format!("{} is gone", place(old))),
            // None is ever null: what is not given is not there.
            Some(new) => schemas.compare_present(
                &place(old),
                &old["schema"],
                &new["schema"],
                Direction::Asked,
            ),
        }
    }
    for new in parameters(after).filter(|parameter| parameter["required"] == true) {
        let before = same_parameter(before, new);
        if before.is_none_or(|before| before["required"] != true) {
            schemas.found(format!("{} has to be given now", place(new)));
        }
    }
}

fn compare_answers(name: &str, before: &Value, after: &Value, schemas: &mut Schemas<'_>) {
    for (status, old) in before["responses"].as_object().into_iter().flatten() {
        match after["responses"].get(status) {
            Some(new) => {
                let place = format!("{name}: {status}");
                compare_contents(&place, old, new, Direction::Answered, schemas);
            }
            None if status.starts_with('2') => {
                schemas.found(format!("{name} never answers {status} any more"));
            }
            None => {}
        }
    }
}

fn compare_contents(
    place: &str,
    before: &Value,
    after: &Value,
    direction: Direction,
    schemas: &mut Schemas<'_>,
) {
    for (media_type, old) in before["content"].as_object().into_iter().flatten() {
        match after["content"].get(media_type) {
            None => schemas.found(format!("{place} is no {media_type} any more")),
            Some(new) => schemas.compare(place, &old["schema"], &new["schema"], direction),
        }
    }
}
