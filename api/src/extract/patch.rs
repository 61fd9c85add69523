//! Merge patches (RFC 7396).

use std::pin::Pin;

use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, dev};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::body::{parse, read_body, unreadable};
use crate::problems::{Code, Problem};

/// The fields to change: null removes, what is left out stays.
#[derive(Debug)]
pub struct Patch {
    fields: Map<String, Value>,
    pub bytes: Bytes,
}

impl Patch {
    /// `current` as the patch leaves it, read by the rules of a whole body.
    pub fn apply_to<T: Serialize + DeserializeOwned>(&self, current: &T) -> Result<T, Problem> {
        let internal = |_| Problem::new(Code::Internal);
        let mut patched = serde_json::to_value(current).map_err(internal)?;
        merge(&mut patched, &Value::Object(self.fields.clone()));
        serde_path_to_error::deserialize(patched).map_err(unreadable)
    }

    #[must_use]
    pub fn touches(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// The names of the fields that it touches, for the audit trail.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.fields.keys().cloned().collect()
    }
}

fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(fields) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(object) = target else {
        return;
    };
    for (name, value) in fields {
        if value.is_null() {
            object.remove(name);
        } else {
            merge(object.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

impl FromRequest for Patch {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let media_types = ["application/merge-patch+json", "application/json"];
            let bytes = read_body(&request, payload, &media_types).await?;
            Ok(Self {
                fields: parse(&bytes)?,
                bytes,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_merges_as_in_the_examples_of_rfc_7396() {
        for (target, patch, merged) in [
            (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
            (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (
                r#"{"a":{"b":"c"}}"#,
                r#"{"a":{"b":"d","c":null}}"#,
                r#"{"a":{"b":"d"}}"#,
            ),
            (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"a":1,"e":null}"#),
            ("{}", r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
        ] {
            let mut target: Value = serde_json::from_str(target).expect("JSON");
            merge(&mut target, &serde_json::from_str(patch).expect("JSON"));
            assert_eq!(target, serde_json::from_str::<Value>(merged).expect("JSON"));
        }
    }
}
