use domain::reason::{OwnReason, OwnReasons};
use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::stored::{parsed, texts_from_json, texts_to_json};

pub(super) fn to_json(reasons: &OwnReasons) -> Value {
    let reasons = reasons.iter().map(|reason| {
        json!({
            "code": reason.code.as_str(),
            "text": texts_to_json(&reason.text),
            "staff_only": reason.staff_only,
        })
    });
    reasons.collect()
}

pub(super) fn from_json(stored: Value) -> Result<OwnReasons> {
    let Value::Array(stored) = stored else {
        return Err(Error::corrupt("organisation", "its reasons are no list"));
    };
    let reasons = stored.into_iter().map(|mut reason| {
        Ok(OwnReason {
            code: parsed("organisation", reason["code"].as_str().unwrap_or_default())?,
            text: texts_from_json(reason["text"].take())?,
            staff_only: reason["staff_only"].as_bool().unwrap_or_default(),
        })
    });
    let reasons = OwnReasons::new(reasons.collect::<Result<_>>()?);
    reasons.map_err(|error| Error::corrupt("organisation", error))
}
