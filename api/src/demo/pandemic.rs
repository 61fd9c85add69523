//! A week in which everybody stays at home, and the sessions go on by video.

use chrono::{DateTime, Days, Utc};
use chrono_tz::Europe::Berlin;
use domain::ids::ModalitySwitchId;
use domain::modality::Modality;
use domain::modality_switch::{ModalitySwitch, Remote, SwitchScope};
use domain::schedule::instant_of;
use persistence::audit::Entry;
use persistence::{Transaction, modality_switches};
use uuid::Uuid;

use super::DemoError;
use super::bookings::today;
use super::model::ruled;
use super::tables::Body;

/// Switches the organisation, if it is one that does, from so many days ahead on.
pub(super) async fn load(
    transaction: &mut Transaction,
    body: &Body,
    now: DateTime<Utc>,
) -> Result<(), DemoError> {
    let midnight = |ahead: u64| {
        let day = today(now).checked_add_days(Days::new(ahead))?;
        instant_of(day.into(), Berlin)
    };
    let Some((ahead, starts_at)) = body.remote_in.and_then(|it| Some((it, midnight(it)?))) else {
        return Ok(());
    };
    let switch = ModalitySwitch {
        id: ModalitySwitchId::new(Uuid::now_v7()),
        organisation_id: body.id(),
        scope: SwitchScope::Organisation,
        to: ruled(Remote::new(Modality::Video))?,
        starts_at,
        ends_at: midnight(ahead + 7),
        ended_at: None,
    };
    let subject = ("modality_switch", switch.id.uuid());
    let entry = Entry::by_program(body.id(), "create", subject, now);
    modality_switches::insert(transaction, &switch);
    modality_switches::follow(transaction, &switch, &entry).await?;
    Ok(())
}
