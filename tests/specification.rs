//! The specification: kept in the repository, fit for generators, and shown to people.

mod contract;
mod current;
mod examples;
mod lint;
mod openapi_3_0;
mod plain;
mod shown;

use serde_json::Value;

fn document() -> Value {
    serde_json::to_value(api::specification::specification()).expect("JSON")
}

/// Every operation, with its path and method.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("operations").iter();
        methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}
