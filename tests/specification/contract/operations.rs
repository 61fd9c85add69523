use std::collections::BTreeSet;

use serde_json::Value;

use super::super::operations;
use super::schemas::{Direction, Schemas};

/// Every way in which a client of the old document would fail with the new one, as a sentence.
pub(super) fn compare(old: &Value, new: &Value) -> BTreeSet<String> {
    let mut schemas = Schemas::new(old, new);
    for (path, method, before) in operations(old) {
        let name = format!("{} {path}", method.to_uppercase());
        let Some(after) = new["paths"][path].get(method) else {
            schemas.found(format!("{name} is gone"));
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
        compare_bodies(&name, before, after, &mut schemas);
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

fn compare_bodies(name: &str, before: &Value, after: &Value, schemas: &mut Schemas<'_>) {
    let (before, after) = (&before["requestBody"], &after["requestBody"]);
    if before["required"] != true && after["required"] == true {
        schemas.found(format!("{name} wants a body now"));
    }
    compare_contents(name, before, after, Direction::Asked, schemas);
}

/// What refuses is a problem document, whatever its status; what succeeds has its own shape.
fn compare_answers(name: &str, before: &Value, after: &Value, schemas: &mut Schemas<'_>) {
    let of = |operation: &Value| {
        let statuses = operation["responses"].as_object().into_iter().flatten();
        let succeeding = statuses.filter(|(status, _)| status.starts_with('2'));
        succeeding
            .map(|(status, _)| status.clone())
            .collect::<BTreeSet<_>>()
    };
    for status in of(before).difference(&of(after)) {
        schemas.found(format!("{name} never answers {status} any more"));
    }
    for status in of(after).difference(&of(before)) {
        schemas.found(format!("{name} can answer {status} now"));
    }
    for (status, old) in before["responses"].as_object().into_iter().flatten() {
        if let Some(new) = after["responses"].get(status) {
            let place = format!("{name}: {status}");
            compare_contents(&place, old, new, Direction::Answered, schemas);
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
