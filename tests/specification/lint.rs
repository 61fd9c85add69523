use std::collections::BTreeSet;

use serde_json::Value;

use super::{document, operations};

/// Fails with everything that was found, not only the first.
#[track_caller]
fn nothing(rule: &str, found: impl IntoIterator<Item = String>) {
    let found: Vec<_> = found.into_iter().collect();
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn it_is_openapi_3_1_with_a_licence_that_programs_know() {
    let document = document();
    assert!(text(&document, "openapi").starts_with("3.1."));
    assert_eq!(
        document["info"]["license"]["identifier"],
        "MIT OR Apache-2.0"
    );
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(
        document["components"]["securitySchemes"]["bearer"]["scheme"],
        "bearer"
    );
}

#[test]
fn every_operation_has_one_name_one_tag_and_says_what_it_does() {
    let document = document();
    let declared: BTreeSet<_> = list(&document, "tags")
        .iter()
        .map(|tag| text(tag, "name"))
        .collect();
    let mut names = BTreeSet::new();
    let mut tags = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let name = text(operation, "operationId");
        let camel_case = name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        assert!(camel_case, "{method} {path} has the operationId {name:?}");
        assert!(names.insert(name), "{name} is the name of two operations");
        let [tag] = list(operation, "tags") else {
            panic!("{name} has not one tag: {}", operation["tags"]);
        };
        let tag = tag.as_str().unwrap_or_default();
        assert!(
            declared.contains(tag),
            "{name} has the tag {tag}, which is not declared"
        );
        tags.insert(tag);
        for field in ["summary", "description"] {
            assert!(!text(operation, field).is_empty(), "{name} has no {field}");
        }
    }
    assert_eq!(tags, declared, "tags that no operation has");
}

#[test]
fn every_response_is_described_and_none_is_a_default() {
    let document = document();
    for (path, _, operation) in operations(&document) {
        let name = text(operation, "operationId");
        let responses = operation["responses"].as_object().expect("responses");
        assert!(
            responses.keys().any(|status| status.starts_with('2')),
            "{name} never succeeds"
        );
        for (status, response) in responses {
            assert!(
                status.parse::<u16>().is_ok(),
                "{name} has the response {status}"
            );
            assert!(
                !text(response, "description").is_empty(),
                "{name}: {status} is not described"
            );
            let refused = status.starts_with('4') || status.starts_with('5');
            let problem = response["content"]
                .get("application/problem+json")
                .is_some();
            assert_eq!(refused, problem, "{name}: {status}");
        }
        assert!(
            !path.starts_with("/v1/") || responses.keys().any(|status| status.starts_with('4')),
            "{name} refuses nothing"
        );
        let bearer = list(operation, "security")
            .iter()
            .any(|way| way.get("bearer").is_some());
        assert!(
            !bearer || responses.contains_key("401"),
            "{name} takes a token and has no 401"
        );
    }
}

#[test]
fn every_parameter_is_documented() {
    let document = document();
    for (path, method, operation) in operations(&document) {
        let parameters = list(operation, "parameters");
        let named = |place: &str| -> BTreeSet<&str> {
            let here = parameters
                .iter()
                .filter(|parameter| parameter["in"] == place);
            here.map(|parameter| text(parameter, "name")).collect()
        };
        let in_path = path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        assert_eq!(named("path"), in_path.collect(), "{method} {path}");
        let silent = parameters
            .iter()
            .filter(|parameter| text(parameter, "description").is_empty());
        nothing(
            "parameters without a description",
            silent.map(|parameter| format!("{method} {path}: {}", text(parameter, "name"))),
        );
    }
}

#[test]
fn every_object_has_a_name() {
    let document = document();
    let mut anonymous = Vec::new();
    find_objects(&document["paths"], "paths", &mut anonymous);
    for (name, schema) in document["components"]["schemas"]
        .as_object()
        .expect("schemas")
    {
        for (part, value) in schema.as_object().expect("a schema") {
            find_objects(value, &format!("{name}/{part}"), &mut anonymous);
        }
    }
    nothing("objects without a name", anonymous);
}

/// Adds the places of object schemas below; maps of a type are no objects of their own.
fn find_objects(value: &Value, place: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            let kind = &value["type"];
            let object =
                *kind == "object" || list(value, "type").iter().any(|kind| *kind == "object");
            let map =
                value.get("properties").is_none() && value["additionalProperties"].is_object();
            if object && !map {
                found.push(place.to_owned());
            }
            for (name, value) in fields
                .iter()
                .filter(|(name, _)| !name.starts_with("example"))
            {
                find_objects(value, &format!("{place}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for item in items {
                find_objects(item, place, found);
            }
        }
        _ => {}
    }
}

/// The names of the schemas that are referred to below, and by those, and so on.
fn reached<'d>(document: &'d Value, value: &'d Value, names: &mut BTreeSet<&'d str>) {
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                let name = value
                    .as_str()
                    .filter(|_| field == "$ref")
                    .and_then(|path| path.rsplit('/').next());
                match name {
                    Some(name) if names.insert(name) => {
                        let schema = &document["components"]["schemas"][name];
                        assert!(schema.is_object(), "{name} is referred to and not there");
                        reached(document, schema, names);
                    }
                    _ => reached(document, value, names),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| reached(document, item, names)),
        _ => {}
    }
}

#[test]
fn every_schema_is_used() {
    let document = document();
    let mut used = BTreeSet::new();
    reached(&document, &document["paths"], &mut used);
    let schemas = document["components"]["schemas"]
        .as_object()
        .expect("schemas");
    let unused = schemas.keys().filter(|name| !used.contains(name.as_str()));
    nothing("schemas that nothing refers to", unused.cloned());
}

#[test]
fn what_is_answered_is_always_there() {
    let document = document();
    let mut answered = BTreeSet::new();
    for (_, _, operation) in operations(&document) {
        reached(&document, &operation["responses"], &mut answered);
    }
    for name in answered {
        let schema = &document["components"]["schemas"][name];
        let required: Vec<_> = list(schema, "required")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let properties = schema["properties"].as_object();
        let missing = properties
            .into_iter()
            .flatten()
            .filter(|(name, _)| !required.contains(&name.as_str()));
        nothing(
            "fields of an answer that may be missing",
            missing.map(|(field, _)| format!("{name}.{field}")),
        );
    }
}

#[test]
fn every_body_has_an_example_and_refuses_what_it_does_not_know() {
    let document = document();
    for (_, _, operation) in operations(&document) {
        let name = text(operation, "operationId");
        let Some(contents) = operation["requestBody"]["content"].as_object() else {
            continue;
        };
        for content in contents.values() {
            let reference = text(&content["schema"], "$ref")
                .rsplit('/')
                .next()
                .unwrap_or_default();
            let schema = &document["components"]["schemas"][reference];
            let example = content.get("example").or_else(|| schema.get("example"));
            let example = example
                .and_then(Value::as_object)
                .unwrap_or_else(|| panic!("{name} has no example of its body"));
            let known = schema["properties"].as_object().expect("properties");
            for field in example.keys() {
                assert!(
                    known.contains_key(field),
                    "the example of {name} has {field}"
                );
            }
            for field in list(schema, "required") {
                let field = field.as_str().unwrap_or_default();
                assert!(
                    example.contains_key(field),
                    "the example of {name} lacks {field}"
                );
            }
            assert_eq!(schema["additionalProperties"], false, "{reference}");
        }
    }
}

#[test]
fn patches_are_there_for_those_who_patch() {
    let document = document();
    for (path, method, operation) in operations(&document) {
        let contents = &operation["requestBody"]["content"];
        let merges = contents.get("application/merge-patch+json").is_some();
        assert_eq!(merges, method == "patch", "{method} {path}");
        let headers = list(operation, "parameters")
            .iter()
            .filter(|parameter| parameter["in"] == "header");
        let conditional = headers
            .map(|header| text(header, "name"))
            .any(|name| name == "If-Match");
        assert!(
            method != "patch" || conditional,
            "{method} {path} takes no If-Match"
        );
    }
}
