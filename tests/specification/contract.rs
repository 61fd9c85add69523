//! What was released is kept: whoever wrote a client for it need not change it.

mod library;
mod operations;
mod schemas;

use std::collections::BTreeSet;

use api::specification::{Notation, specification};
use serde_json::Value;

const RELEASED: &str = include_str!("../contract/openapi-0.1.0.json");
const DECIDED: &str = include_str!("../contract/decided.txt");
const CHANGELOG: &str = include_str!("../../CHANGELOG.md");

/// Every way in which a client of the old document would fail with the new one, as a sentence.
fn compare(old: &Value, new: &Value) -> BTreeSet<String> {
    let mut found = library::compare(old, new);
    found.append(&mut operations::compare(old, new));
    found
}

fn current() -> Value {
    let written = Notation::Json30.write(&specification());
    serde_json::from_str(&written.expect("the document")).expect("JSON")
}

fn released() -> Value {
    serde_json::from_str(RELEASED).expect("the released contract")
}

#[test]
fn nothing_breaks_that_nobody_decided_to_break() {
    let decided: BTreeSet<String> = DECIDED
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    let found = compare(&released(), &current());
    let breaks: Vec<_> = found.difference(&decided).cloned().collect();
    assert!(
        breaks.is_empty(),
        "clients of the last release would break. Add instead of changing; or, if it must be, write \
         these into tests/contract/decided.txt and tell consumers in CHANGELOG.md what to do:\n{}",
        breaks.join("\n")
    );
    let mended: Vec<_> = decided.difference(&found).cloned().collect();
    assert!(
        mended.is_empty(),
        "no breaks any more:\n{}",
        mended.join("\n")
    );
}

#[test]
fn who_has_to_change_something_is_told() {
    let (_, unreleased) = CHANGELOG.split_once("## Unreleased").expect("a heading");
    let (unreleased, released_since) = unreleased.split_once("\n## ").expect("a release");
    let decided = DECIDED.lines().any(|line| !line.starts_with('#'));
    assert_eq!(
        unreleased.contains("### What consumers have to change"),
        decided,
        "CHANGELOG.md tells it where something breaks, and only there"
    );
    let version = released()["info"]["version"].clone();
    assert!(
        released_since.starts_with(version.as_str().expect("a version")),
        "the contract is not that of the last release: keep what it prints by \
         `sprechstunde openapi --notation json-3.0` in tests/contract, and empty decided.txt"
    );
}

/// Every kind of break, made on purpose in the current document.
#[test]
fn breaks_are_noticed() {
    let before = current();
    let schemas = |name: &str| format!("/components/schemas/{name}");
    let get = "/paths/~1v1~1slots/get".to_owned();
    for (at, change, told) in [
        (
            "/paths".to_owned(),
            gone("/v1/holds"),
            "/v1/holds/post: The operation createHold was removed",
        ),
        (
            get.clone(),
            set("operationId", "slots"),
            "GET /v1/slots is called slots",
        ),
        (
            format!("{get}/parameters/0"),
            set("required", true),
            "has to be given",
        ),
        (
            format!("{get}/parameters/0"),
            set("name", "service"),
            "service_id is gone",
        ),
        (
            format!("{get}/parameters/0/schema"),
            set("type", "integer"),
            "is of another type",
        ),
        (
            format!("{get}/parameters/15/schema"),
            set("maximum", 50),
            "is held to another maximum",
        ),
        (
            format!("{get}/responses"),
            gone("200"),
            "GET /v1/slots never answers 200",
        ),
        (get, gone("security"), ""),
        (
            schemas("HoldBody/properties"),
            gone("language"),
            "HoldBody.language is gone",
        ),
        (
            schemas("HoldBody"),
            set("required", ["slot_id", "language"]),
            "HoldBody.language has to be given",
        ),
        (
            schemas("HoldBody/properties/language"),
            gone("nullable"),
            "HoldBody.language may not be null",
        ),
        (
            schemas("HoldBody/properties/language"),
            set("enum", ["de"]),
            "HoldBody.language takes fewer values",
        ),
        (
            schemas("HoldView/properties"),
            gone("token"),
            "HoldView.token is gone",
        ),
        (
            schemas("HoldView"),
            set("required", ["id"]),
            "HoldView.token may be missing",
        ),
        (
            schemas("HoldView/properties/token"),
            set("nullable", true),
            "HoldView.token may be null",
        ),
        (
            schemas("HoldView/properties/id"),
            gone("format"),
            "HoldView.id is of another type",
        ),
    ] {
        let mut after = before.clone();
        change(after.pointer_mut(&at).unwrap_or_else(|| panic!("{at}")));
        let found = compare(&before, &after);
        if told.is_empty() {
            assert!(found.is_empty(), "{at}: {found:?}");
        } else {
            assert!(
                found.iter().any(|found| found.contains(told)),
                "{told}: {found:?}"
            );
        }
    }
}

type Change = Box<dyn Fn(&mut Value)>;

fn gone(name: &'static str) -> Change {
    Box::new(move |value| {
        value
            .as_object_mut()
            .expect("an object")
            .remove(name)
            .expect(name);
    })
}

fn set(name: &'static str, to: impl Into<Value>) -> Change {
    let to = to.into();
    Box::new(move |value| value[name] = to.clone())
}
