use std::collections::BTreeSet;

use api::specification::{Notation, specification};
use serde_json::{Value, json};

fn plain() -> Value {
    let written = Notation::Plain30.write(&specification());
    serde_json::from_str(&written.expect("the document")).expect("JSON")
}

#[test]
fn each_operation_succeeds_in_one_way() {
    let document = plain();
    let mut without_preview = 0;
    for (path, method, operation) in super::operations(&document) {
        let answers = operation["responses"].as_object().expect("answers");
        let succeeding = answers.keys().filter(|status| status.starts_with('2'));
        assert!(succeeding.count() <= 1, "{method} {path}");
        let whole = &super::document()["paths"][path][method]["parameters"];
        let asks = |parameters: &Value| parameters.to_string().contains("\"dry_run\"");
        without_preview += usize::from(asks(whole) && !asks(&operation["parameters"]));
    }
    assert!(without_preview > 10, "{without_preview}");
    let kept = &document["paths"]["/v1/sick-days"]["post"]["parameters"];
    assert!(kept.to_string().contains("dry_run"), "{kept}");
}

#[test]
fn there_is_one_json_and_other_text_is_a_file() {
    let document = plain();
    let mut names = BTreeSet::new();
    for (path, method, operation) in super::operations(&document) {
        let answers = operation["responses"].as_object().into_iter().flatten();
        let answered = answers.map(|(_, answer)| &answer["content"]);
        let contents = answered.chain([&operation["requestBody"]["content"]]);
        for (name, media_type) in contents.filter_map(Value::as_object).flatten() {
            names.insert(name.clone());
            let is_file = media_type["schema"] == json!({"type": "string", "format": "binary"});
            assert_eq!(
                is_file,
                name != "application/json",
                "{method} {path}: {name}"
            );
        }
    }
    assert!(
        names.len() > 2 && names.iter().all(|name| !name.ends_with("+json")),
        "{names:?}"
    );
}
