//! What the API answers, as far as this client reads it; all else is passed over.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text by language tag.
#[derive(Debug, Clone, Deserialize)]
pub struct TextMap(pub BTreeMap<String, String>);

impl TextMap {
    /// In that language, else in any.
    #[must_use]
    pub fn in_language(&self, tag: &str) -> &str {
        let text = self.0.get(tag).or_else(|| self.0.get("de"));
        text.or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }
}

#[derive(Debug, Clone, Deserialize)]
pub struct Service {
    pub id: Uuid,
    pub name: TextMap,
    pub length_minutes: u32,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Counsellor {
    pub id: Uuid,
    pub display_name: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Slot {
    pub id: String,
    pub counsellor_id: Option<Uuid>,
    pub starts_at: DateTime<FixedOffset>,
    pub ends_at: DateTime<FixedOffset>,
    pub modalities: Vec<String>,
    pub languages: Vec<String>,
}

/// What a visitor gives of themselves, as far as they like.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Appointment {
    pub id: Uuid,
    pub code: String,
    /// Told once, to whoever books.
    pub secret: Option<String>,
    pub status: String,
    pub service_id: Uuid,
    pub counsellor_id: Uuid,
    pub starts_at: DateTime<FixedOffset>,
    pub ends_at: DateTime<FixedOffset>,
    pub modality: String,
    pub client: Option<Person>,
    pub note: Option<String>,
}
