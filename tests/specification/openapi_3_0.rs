use api::specification::{Notation, specification};
use serde_json::Value;

/// What 3.0.3 knows of a schema, apart from XML.
const KNOWN: [&str; 29] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "default",
    "deprecated",
    "description",
    "enum",
    "example",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "multipleOf",
    "not",
    "nullable",
    "oneOf",
    "pattern",
    "properties",
    "readOnly",
    "required",
    "type",
    "writeOnly",
];

fn translated() -> Value {
    let written = Notation::Json30.write(&specification());
    serde_json::from_str(&written.expect("the document")).expect("JSON")
}

/// Calls back for every schema, with its place.
fn each_schema(place: &str, value: &Value, found: &mut impl FnMut(&str, &Value)) {
    let fields = value.as_object().into_iter().flatten();
    let items = value.as_array().into_iter().flatten().enumerate();
    let numbered = items.map(|(number, item)| (number.to_string(), item));
    let named = fields.map(|(name, value)| (name.clone(), value));
    for (name, value) in named.chain(numbered) {
        let place = format!("{place}/{name}");
        if name == "schema" {
            each_part(&place, value, found);
        } else if name == "schemas" {
            for (name, schema) in value.as_object().expect("schemas") {
                each_part(&format!("{place}/{name}"), schema, found);
            }
        } else {
            each_schema(&place, value, found);
        }
    }
}

fn each_part(place: &str, schema: &Value, found: &mut impl FnMut(&str, &Value)) {
    found(place, schema);
    let lists = ["allOf", "anyOf", "oneOf"].into_iter();
    let listed = lists.filter_map(|name| schema[name].as_array()).flatten();
    let single = [&schema["items"], &schema["additionalProperties"]].into_iter();
    for part in listed.chain(single.filter(|part| part.is_object())) {
        each_part(&format!("{place}/"), part, found);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        each_part(&format!("{place}/{name}"), property, found);
    }
}

#[test]
fn it_says_nothing_that_3_0_does_not_know() {
    let document = translated();
    assert_eq!(document["openapi"], "3.0.3");
    assert!(document["info"]["license"].get("identifier").is_none());
    let mut seen = 0;
    each_schema("", &document, &mut |place, schema| {
        seen += 1;
        let fields = schema.as_object().expect("a schema");
        for name in fields.keys() {
            assert!(KNOWN.contains(&name.as_str()), "{place} has {name}");
        }
        assert!(
            !schema["type"].is_array() && schema["type"] != "null",
            "{place}"
        );
        assert!(
            fields.len() == 1 || !fields.contains_key("$ref"),
            "{place}: what stands beside a reference is overlooked"
        );
        for name in ["exclusiveMinimum", "exclusiveMaximum"] {
            assert!(!schema[name].is_number(), "{place}: {name} is a flag");
        }
    });
    assert!(seen > 1000, "{seen} schemas");
}

#[test]
fn what_may_be_null_says_so_and_keeps_its_type() {
    let document = translated();
    let fields = &document["components"]["schemas"]["AppointmentView"]["properties"];
    assert_eq!(fields["note"]["type"], "string");
    assert_eq!(fields["note"]["nullable"], true);
    let client = &fields["client"];
    assert_eq!(
        client["allOf"][0]["$ref"],
        "#/components/schemas/ClientView"
    );
    assert_eq!(
        (&client["nullable"], &client["type"]),
        (&Value::from(true), &Value::from("object"))
    );
    assert!(client["description"].is_string());
    assert!(fields["id"].get("nullable").is_none());
    let near = &document["components"]["schemas"]["VisitingArea"]["properties"]["within_km"];
    assert_eq!(
        (&near["minimum"], &near["exclusiveMinimum"]),
        (&Value::from(0), &Value::from(true))
    );
}
