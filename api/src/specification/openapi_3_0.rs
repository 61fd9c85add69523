//! The same document for readers of OpenAPI 3.0, whose schemas are no JSON Schema yet.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

/// Translates what the document uses of 3.1; a linter would find what is missing here.
pub fn openapi_3_0(document: &OpenApi) -> serde_json::Result<Value> {
    let mut document = serde_json::to_value(document)?;
    document["openapi"] = json!("3.0.3");
    // A licence is named by its address there, and SPDX expressions have none.
    if let Some(licence) = document["info"]["license"].as_object_mut() {
        licence.remove("identifier");
    }
    let types = Types::of(&document);
    translate(&mut document, &types);
    Ok(document)
}

/// The type of each named schema, by the reference to it.
struct Types(BTreeMap<String, Value>);

impl Types {
    fn of(document: &Value) -> Self {
        let schemas = document["components"]["schemas"].as_object();
        let named = schemas.into_iter().flatten().map(|(name, schema)| {
            let reference = format!("#/components/schemas/{name}");
            (reference, schema["type"].clone())
        });
        Self(named.collect())
    }
}

fn translate(value: &mut Value, types: &Types) {
    match value {
        Value::Object(fields) => {
            translate_alternatives(fields);
            // Examples are data, not schemas.
            let inner = fields.iter_mut().filter(|(name, _)| *name != "example");
            inner.for_each(|(_, value)| translate(value, types));
            translate_type(fields);
            translate_reference(fields, types);
            translate_bound(fields);
            fields.remove("propertyNames");
        }
        Value::Array(items) => items.iter_mut().for_each(|item| translate(item, types)),
        _ => {}
    }
}

/// `type: [string, null]` is `type: string` that is nullable.
fn translate_type(schema: &mut Map<String, Value>) {
    let Some(Value::Array(types)) = schema.get("type") else {
        return;
    };
    let single = types.iter().find(|kind| **kind != "null").cloned();
    schema.extend(single.map(|kind| ("type".to_owned(), kind)));
    schema.insert("nullable".to_owned(), Value::Bool(true));
}

/// What is a schema or null is that schema, nullable.
fn translate_alternatives(schema: &mut Map<String, Value>) {
    let Some(Value::Array(alternatives)) = schema.get_mut("oneOf") else {
        return;
    };
    let null = json!({"type": "null"});
    if let [Value::Object(only), other] = alternatives.as_mut_slice()
        && *other == null
    {
        let mut only = std::mem::take(only);
        schema.remove("oneOf");
        schema.append(&mut only);
        schema.insert("nullable".to_owned(), Value::Bool(true));
    }
}

/// Whatever stands beside a `$ref` is overlooked: the reference has to stand alone. And what is
/// nullable has to repeat its type.
fn translate_reference(schema: &mut Map<String, Value>, types: &Types) {
    if schema.len() == 1 {
        return;
    }
    let Some(Value::String(reference)) = schema.remove("$ref") else {
        return;
    };
    let of_type = types.0.get(&reference).cloned();
    let nullable = schema.contains_key("nullable");
    schema.extend(
        of_type
            .filter(|_| nullable)
            .map(|kind| ("type".to_owned(), kind)),
    );
    schema.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
}

/// A bound is exclusive by a flag beside it.
fn translate_bound(schema: &mut Map<String, Value>) {
    if let Some(bound) = schema.remove("exclusiveMinimum") {
        schema.insert("minimum".to_owned(), bound);
        schema.insert("exclusiveMinimum".to_owned(), Value::Bool(true));
    }
}
