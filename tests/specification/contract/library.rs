use std::collections::BTreeSet;

use drift::{Change, ChangeClass};
use serde_json::Value;

/// What the library `drift` sees break, as sentences: operations, parameters, bodies and answers as
/// such. It leaves to others what becomes of a field, of a bound and of a name.
pub(super) fn compare(old: &Value, new: &Value) -> BTreeSet<String> {
    let found = drift::compare(old, new).expect("two documents in OpenAPI 3.0");
    found.iter().flat_map(breaks).collect()
}

fn breaks(change: &Change) -> impl Iterator<Item = String> {
    let place = change
        .paths
        .first()
        .map_or("", |path| path.old.current_pointer());
    let place = place
        .trim_start_matches("#/paths/")
        .trim_start_matches("#/components/schemas/")
        .replace("~1", "/");
    let breaking = change.changes.iter().filter(|one| {
        matches!(
            one.class,
            ChangeClass::BackwardIncompatible | ChangeClass::Incompatible
        )
    });
    breaking.map(move |one| format!("{place}: {}", one.message))
}
