//! From what `visited` answers to who could come.

use chrono_tz::Tz;
use domain::slots::{BusySpans, Capped, Member};
use domain::visits::{Companion, VisitingArea, Visits};
use serde_json::Value;

use super::needs::{id, malformed};
use crate::counsellors::{caps_of, visiting_area};
use crate::error::Result;
use crate::services::visit_rules;
use crate::spans::spans;
use crate::stored::parsed;

pub(super) fn read(told: &Value) -> Result<Visits> {
    let number = |name: &str| told[name].as_i64().ok_or_else(malformed);
    let others = told["others"].as_array().into_iter().flatten();
    Ok(Visits {
        rules: visit_rules(
            number("volunteers")?,
            number("minutes_per_km")?,
            number("minimum_minutes")?,
        )?,
        area: area(&told["area"])?,
        others: others.map(companion).collect::<Result<_>>()?,
    })
}

fn area(told: &Value) -> Result<Option<VisitingArea>> {
    let number = |place: usize| told[place].as_f64();
    visiting_area(number(0), number(1), number(2))
}

fn companion(told: &Value) -> Result<Companion> {
    let claims = spans(&told["claims"])?;
    Ok(Companion {
        area: area(&told["area"])?.ok_or_else(malformed)?,
        member: Member {
            resource_id: id(told)?.into(),
            capped: capped(told, &claims)?,
            claims: BusySpans::from_unsorted(claims),
            unavailable: BusySpans::outside(spans(&told["hours"])?, spans(&told["unavailable"])?),
            timing: None,
            ration: None,
        },
    })
}

/// On the local days of the site.
fn capped(told: &Value, claims: &[domain::span::Span]) -> Result<Option<Capped>> {
    let cap = |place: usize| {
        let count = told["caps"][place].as_i64();
        count.and_then(|count| i32::try_from(count).ok())
    };
    let caps = caps_of::read(cap(0), cap(1), cap(2))?;
    if caps.is_none() {
        return Ok(None);
    }
    let zone: Tz = parsed("site", told["time_zone"].as_str().unwrap_or_default())?;
    Ok(Some(Capped::new(caps, zone, claims.to_vec())))
}
