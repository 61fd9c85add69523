//! From what staff write to what the domain means.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::ids::RoomId;
use domain::line::Line;
use domain::meeting::{MOST_ROOMS, turns};
use domain::minutes::WholeMinute;
use domain::series::{Mode, SeriesRule};
use domain::session::check_span;
use domain::span::Span;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::checks::Checks;
use crate::problems::Problem;

/// A meeting as staff write it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "organisation_id": "01990000-0000-7000-8000-000000000001", "title": "Team",
    "room_ids": ["01990000-0000-7000-8000-000000000005", "01990000-0000-7000-8000-000000000007"],
    "starts_at": "2026-12-02T18:00:00+01:00", "ends_at": "2026-12-02T20:00:00+01:00",
    "rule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;COUNT=12", "mode": "what_fits"}))]
pub struct MeetingBody {
    pub organisation_id: Uuid,
    /// For the staff of the organisation only: whoever lends a room never sees it.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// Rooms of the organisation, also such as it has on loan. They take turns: the first room has the
    /// first date of the rule, the second one the second, and so on around.
    #[schema(min_items = 1, max_items = 10)]
    pub room_ids: Vec<Uuid>,
    /// Of the first date.
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// A part of RFC 5545: weekly or monthly, with COUNT or UNTIL; at most 52 dates in two years, at
    /// the same time on the clocks of the first room's site. Without one it takes place once.
    #[serde(default)]
    #[schema(example = "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;COUNT=12")]
    pub rule: Option<String>,
    /// What to do when some of the dates cannot be had: `all_or_nothing`, which is meant unless
    /// given, or `what_fits`.
    #[serde(default)]
    #[schema(example = "what_fits")]
    pub mode: Option<String>,
}

/// What a body means.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) title: Line,
    pub(crate) rooms: Vec<RoomId>,
    pub(crate) first: Span,
    pub(crate) rule: Option<SeriesRule>,
    pub(crate) mode: Mode,
}

impl MeetingBody {
    pub(super) fn read(self) -> Result<Read, Problem> {
        let mut checks = Checks::new();
        let title = checks.field("/title", Line::new(&self.title));
        checks.count("/room_ids", self.room_ids.len(), 1..=MOST_ROOMS);
        let span = checks.span(self.starts_at, self.ends_at);
        let span = span.and_then(|span| checks.field("/ends_at", check_span(span)));
        let rule = self.rule.map(|text| text.parse::<SeriesRule>());
        let rule = checks.optional("/rule", rule);
        let mode = checks.optional("/mode", self.mode.map(|text| text.parse::<Mode>()));
        checks.finish(|| {
            Some(Read {
                title: title?,
                rooms: self.room_ids.into_iter().map(RoomId::new).collect(),
                first: span?,
                rule: rule?,
                mode: mode?.unwrap_or(Mode::AllOrNothing),
            })
        })
    }
}

impl Read {
    /// Its dates, each with the room whose turn it is.
    pub(super) fn turns(&self, zone: Tz) -> Result<Vec<(RoomId, Span)>, Problem> {
        let first = self.first.from();
        let starts = match &self.rule {
            None => vec![first],
            Some(rule) => {
                let first =
                    WholeMinute::new(first).map_err(|error| Problem::rule("/starts_at", error))?;
                let starts = rule.starts(first, zone);
                let starts = starts.map_err(|error| Problem::rule("/rule", error))?;
                starts.iter().map(|start| start.instant()).collect()
            }
        };
        Ok(turns(&self.rooms, starts, self.first.length()))
    }
}
