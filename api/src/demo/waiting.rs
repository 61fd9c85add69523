//! Somebody waits for each service that keeps a waiting list: for a Sunday morning, which most never
//! open, so that nobody who tries the demo finds their slots held.

use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, Utc};
use chrono_tz::Europe::Berlin;
use domain::actor::Actor;
use domain::code::{Code, Secret};
use domain::ids::WaitlistEntryId;
use domain::schedule::instant_of;
use domain::span::Span;
use domain::waitlist::{EntryStatus, WaitlistEntry, WaitlistWish};
use persistence::Transaction;
use persistence::audit::Entry;
use persistence::vault::random_bytes;
use persistence::waitlist::Joined;
use uuid::Uuid;

use super::DemoError;
use super::bookings::today;
use super::model::ruled;
use super::tables::Body;
use crate::app::App;
use crate::appointments::access;

/// How many Sundays ahead suit.
const SUNDAYS: i64 = 4;

pub(super) fn load(
    app: &App,
    transaction: &mut Transaction,
    body: &Body,
    now: DateTime<Utc>,
) -> Result<(), DemoError> {
    let kept = body.services.iter().filter(|offer| offer.waits.is_some());
    for offer in kept {
        let spans = sunday_mornings(now)?;
        let entry = WaitlistEntry {
            id: WaitlistEntryId::new(Uuid::now_v7()),
            organisation_id: body.id(),
            code: Code::from_random(random_bytes()?),
            valid_until: spans.iter().map(|span| span.before()).max().unwrap_or(now),
            wish: WaitlistWish {
                service_id: body.service_id(offer.number),
                counsellor_id: None,
                site_id: None,
                language: None,
                modality: None,
                spans,
            },
            joined_at: now,
            queued_at: now,
            unanswered: 0,
            status: EntryStatus::Waiting,
        };
        let secret = Secret::from_random(random_bytes()?);
        let joined = Joined {
            entry: &entry,
            secret_hash: access::hash(&app.vault, &secret),
            key_hash: random_bytes()?,
            contact: None,
            now,
        };
        joined.insert(transaction);
        transaction.audit(Entry::of_entry("join", &entry, &Actor::Visitor, now));
    }
    Ok(())
}

fn sunday_mornings(now: DateTime<Utc>) -> Result<Vec<Span>, DemoError> {
    let tomorrow = today(now) + TimeDelta::days(1);
    let to_sunday = 6 - i64::from(tomorrow.weekday().num_days_from_monday());
    let mornings = (0..SUNDAYS).map(|week| {
        let sunday = tomorrow + TimeDelta::days(to_sunday + 7 * week);
        let at = |hour| {
            let time = NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
            instant_of(sunday.and_time(time), Berlin).unwrap_or(now)
        };
        ruled(Span::new(at(9), at(12)))
    });
    mornings.collect()
}
