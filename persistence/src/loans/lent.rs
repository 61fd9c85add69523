//! What the function `lent` answers of a room on loan.

use chrono::NaiveDate;
use domain::loan::{Lent, Terms};
use serde_json::Value;

use super::StoredTerms;
use crate::error::{Error, Result};
use crate::spans::{instant, span, spans};
use crate::stored::parsed;

pub(crate) fn lent(told: &Value) -> Result<Lent> {
    let window = span(instant(&told["after"])?, instant(&told["before"])?)?;
    let is_over = told["ended"].as_bool().unwrap_or(true);
    Ok(Lent {
        terms: (!is_over).then(|| terms(told)).transpose()?,
        // Of whatever begins or ends in it, buffers included: nothing is longer than a day.
        window: window.widened(chrono::TimeDelta::hours(48), chrono::TimeDelta::hours(48)),
        used: spans(&told["used"])?,
        claims: spans(&told["claims"])?,
        closed: spans(&told["closed"])?,
    })
}

fn terms(told: &Value) -> Result<Terms> {
    let text = |name: &str| told[name].as_str().ok_or_else(malformed);
    let day = |text: &str| parsed::<NaiveDate>("loan", text);
    let hours = told["hours"].as_array().into_iter().flatten();
    let hours = hours.map(|line| line.as_str().map(str::to_owned).ok_or_else(malformed));
    let quota = match told["quota"].as_i64() {
        Some(limit) => Some((limit, text("quota_unit")?, text("quota_per")?)),
        None => None,
    };
    let stored = StoredTerms {
        time_zone: text("time_zone")?,
        hours: &hours.collect::<Result<Vec<_>>>()?,
        valid_from: day(text("valid_from")?)?,
        valid_until: told["valid_until"].as_str().map(day).transpose()?,
        quota,
    };
    stored.read()
}

fn malformed() -> Error {
    Error::corrupt("loan", "its shape is another")
}
