//! Writes the client from the specification in OpenAPI 3.0, which `sprechstunde openapi` prints.

use std::error::Error;
use std::path::PathBuf;

use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use serde_json::{Value, json};

const SPECIFICATION: &str = "../generated/openapi-3.0.json";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={SPECIFICATION}");
    let mut document: Value = serde_json::from_str(&std::fs::read_to_string(SPECIFICATION)?)?;
    for item in document["paths"].as_object_mut().into_iter().flatten() {
        for (_, operation) in item.1.as_object_mut().into_iter().flatten() {
            rename_media_types(operation);
            keep_one_success(operation);
        }
    }
    let mut settings = GenerationSettings::default();
    settings.with_interface(InterfaceStyle::Builder);
    let document = serde_json::from_value(document)?;
    let tokens = Generator::new(&settings).generate_tokens(&document)?;
    let client = PathBuf::from(std::env::var("OUT_DIR")?).join("client.rs");
    std::fs::write(client, prettyplease::unparse(&syn::parse2(tokens)?))?;
    Ok(())
}

/// progenitor knows JSON under one name. And what a patch leaves out and what it removes are both
/// `None` to it: a patch stays JSON.
fn rename_media_types(operation: &mut Value) {
    let responses = operation["responses"].as_object_mut().into_iter().flatten();
    for (_, response) in responses {
        rename(response.get_mut("content"), "application/problem+json");
    }
    let body = operation.pointer_mut("/requestBody/content");
    if let Some(patch) = rename(body, "application/merge-patch+json") {
        patch["schema"] = json!({});
    }
}

/// Answers what was renamed.
fn rename<'c>(content: Option<&'c mut Value>, name: &str) -> Option<&'c mut Value> {
    let content = content?.as_object_mut()?;
    let found = content.remove(name)?;
    Some(content.entry("application/json").or_insert(found))
}

/// progenitor knows one answer to what succeeds: previews, which are 200, are left out.
fn keep_one_success(operation: &mut Value) {
    let Some(responses) = operation["responses"].as_object_mut() else {
        return;
    };
    if responses
        .keys()
        .filter(|status| status.starts_with('2'))
        .count()
        > 1
    {
        responses.remove("200");
        if let Some(parameters) = operation["parameters"].as_array_mut() {
            parameters.retain(|parameter| parameter["name"] != "dry_run");
        }
    }
}
