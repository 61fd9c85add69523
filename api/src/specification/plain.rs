//! The document once more, for generators that know one answer of success, one name for JSON, and
//! no other text than JSON.

use serde_json::{Map, Value, json};

/// Makes plain what is in OpenAPI 3.0.
pub fn plain(mut document: Value) -> Value {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (_, path) in paths {
        let operations = path.as_object_mut().into_iter().flatten();
        for (_, operation) in operations {
            keep_one_success(operation);
            simplify_contents(operation);
        }
    }
    forget_unused_schemas(&mut document);
    document
}

/// What a dry run answers, 200, goes where there is an answer of doing it; and so does asking for it.
fn keep_one_success(operation: &mut Value) {
    let Some(answers) = operation["responses"].as_object_mut() else {
        return;
    };
    let succeeds = |status: &String| status.starts_with('2');
    if answers.keys().filter(|status| succeeds(status)).count() < 2 {
        return;
    }
    answers.remove("200");
    if let Some(parameters) = operation["parameters"].as_array_mut() {
        parameters.retain(|parameter| parameter["name"] != "dry_run");
    }
}

/// What only dry runs answered, and what only that consisted of.
fn forget_unused_schemas(document: &mut Value) {
    loop {
        let text = document.to_string();
        let Some(schemas) = document["components"]["schemas"].as_object_mut() else {
            return;
        };
        let before = schemas.len();
        schemas.retain(|name, _| text.contains(&format!("\"#/components/schemas/{name}\"")));
        if schemas.len() == before {
            return;
        }
    }
}

fn simplify_contents(operation: &mut Value) {
    let answers = operation["responses"].as_object_mut().into_iter().flatten();
    for (_, answer) in answers {
        simplify(answer);
    }
    if let Some(body) = operation.get_mut("requestBody") {
        simplify(body);
    }
}

/// Problems and patches are JSON, and other text is a file.
fn simplify(message: &mut Value) {
    let Some(Value::Object(described)) = message.get_mut("content") else {
        return;
    };
    let mut simple = Map::new();
    for (name, mut media_type) in std::mem::take(described) {
        if name.ends_with("+json") {
            simple.insert("application/json".to_owned(), media_type);
            continue;
        }
        if name != "application/json" {
            media_type["schema"] = json!({"type": "string", "format": "binary"});
        }
        simple.insert(name, media_type);
    }
    *described = simple;
}
