//! Open consultation hours: which are on, and the queue of each.

mod call_next;
mod draw;
mod list;

use chrono::{DateTime, FixedOffset, Utc};
use domain::minutes::Minutes;
use persistence::tickets::OpenHours;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use call_next::{CalledNext, call_next_ticket};
pub(crate) use draw::entry;
pub use draw::{DrawnTicket, draw_ticket};
pub use list::{list_open_hours, list_tickets};

use crate::pages::page;
use crate::views::local;

/// Open hours of today, and how many wait.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenHoursView {
    pub session_id: Uuid,
    pub service_id: Uuid,
    pub organisation_id: Uuid,
    pub site_id: Uuid,
    /// With the offset of the site.
    pub starts_at: DateTime<FixedOffset>,
    pub ends_at: DateTime<FixedOffset>,
    #[schema(example = "Europe/Berlin")]
    pub time_zone: &'static str,
    /// Whether a number can be drawn now: they are on, and whoever comes would still have their turn.
    pub takes_numbers: bool,
    /// Whether visitors draw numbers by themselves; otherwise at the desk.
    pub draws_online: bool,
    /// How many wait.
    #[schema(minimum = 0)]
    pub waiting: usize,
    /// How long whoever comes now would wait.
    #[schema(minimum = 0, example = 20)]
    pub estimated_wait_minutes: u32,
}

page!(
    /// Open hours, in the order of their starts.
    OpenHoursPage of OpenHoursView
);

impl OpenHoursView {
    fn at(open: &OpenHours, now: DateTime<Utc>) -> Self {
        let waiting = open.queue.waiting().len();
        Self {
            session_id: open.session_id.uuid(),
            service_id: open.service_id.uuid(),
            organisation_id: open.organisation_id.uuid(),
            site_id: open.site_id.uuid(),
            starts_at: local(open.queue.open.from(), open.time_zone),
            ends_at: local(open.queue.open.before(), open.time_zone),
            time_zone: open.time_zone.name(),
            takes_numbers: open.queue.takes(now).is_ok(),
            draws_online: open.draws_online,
            waiting,
            estimated_wait_minutes: Minutes::count(open.queue.estimate(waiting, now)),
        }
    }
}
