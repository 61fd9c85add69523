//! Offers what is free to those who wait. Every instance does it; the data base shares the work out.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::calendar::OfferedSlot;
use domain::ids::{OrganisationId, ServiceId, WaitlistOfferId};
use domain::kept::Reader::Public;
use domain::span::Span;
use domain::waitlist::{Assigned, SlotOffer, Waiting, assign};
use persistence::acting::Reader;
use persistence::appointments::{Booking, open_booking};
use persistence::audit::Entry;
use persistence::slots::{Filter, Subject};
use persistence::{Result, waitlist};
use uuid::Uuid;

use crate::app::App;
use crate::slots::search::{Wanted, search};

/// How often somebody asks whether there is anything to do.
pub const PAUSE: Duration = Duration::from_secs(1);

/// How often one round tries again when others were faster.
const TRIES: usize = 5;

/// How many slots are read at once.
const PAGE: usize = 200;

/// As far as slots are ever looked for.
const FOREVER: TimeDelta = TimeDelta::days(800);

/// Looks at all waiting lists at which somebody has to look.
pub async fn offer_all(app: &App) -> Result<()> {
    while offer_next(app).await? {}
    Ok(())
}

/// Looks at one waiting list; answers whether there was one to look at.
pub async fn offer_next(app: &App) -> Result<bool> {
    let Some(round) = waitlist::begin_round(&app.database, app.clock.now()).await? else {
        return Ok(false);
    };
    let organisation = round.organisation_id;
    waitlist::pass_time(&app.database, organisation, app.clock.now()).await?;
    let mut done = false;
    for _ in 0..TRIES {
        if offer_what_is_free(app, organisation).await? {
            done = true;
            break;
        }
    }
    round.end(&app.database, done, app.clock.now()).await?;
    Ok(true)
}

/// Serves the line once; answers whether everybody got what they should.
async fn offer_what_is_free(app: &App, organisation: OrganisationId) -> Result<bool> {
    let now = app.clock.now();
    let line = waitlist::line(&app.database, organisation, now).await?;
    if line.is_empty() {
        return Ok(true);
    }
    let free = free_slots(app, &line, now).await?;
    let mut all = true;
    for assigned in assign(&line, &free, now) {
        all &= offer(app, &assigned).await?;
    }
    Ok(all)
}

/// What the public sees, of each service for which somebody waits.
async fn free_slots(
    app: &App,
    line: &[Waiting],
    now: DateTime<Utc>,
) -> Result<BTreeMap<ServiceId, Vec<OfferedSlot>>> {
    let mut reader = app.database.public_reader().await?;
    let services: BTreeSet<ServiceId> = line.iter().map(|it| it.wish.service_id).collect();
    let mut free = BTreeMap::new();
    for service in services {
        let waiting = line.iter().filter(|it| it.wish.service_id == service);
        let waiting: Vec<Waiting> = waiting.cloned().collect();
        let slots = slots_for(&mut reader, service, &waiting, now).await?;
        free.insert(service, slots);
    }
    Ok(free)
}

/// The slots of a service in their order, as many as are enough for all who wait, or all.
async fn slots_for(
    reader: &mut Reader,
    service: ServiceId,
    waiting: &[Waiting],
    now: DateTime<Utc>,
) -> Result<Vec<OfferedSlot>> {
    let filter = Filter {
        subject: Subject::Service(service),
        organisation_id: None,
        counsellor_id: None,
        site_id: None,
        language: None,
        modality: None,
        interpreter_language: None,
        near: None,
        counsellor_gender: None,
    };
    let ends = waiting.iter().map(|it| it.wish.ends());
    let ends = ends.map(|ends| ends.unwrap_or(now + FOREVER)).max();
    let Ok(window) = Span::new(now, ends.unwrap_or(now)) else {
        return Ok(Vec::new());
    };
    let wanted = Wanted {
        filter: &filter,
        doorstep: None,
        window,
        count: PAGE,
    };
    let mut slots: Vec<OfferedSlot> = Vec::new();
    loop {
        let after = slots.last().map(|last| last.slot.id);
        let found = search((&mut *reader, &Public), &wanted, after, now).await?;
        let is_last = found.items.len() <= PAGE;
        slots.extend(found.items);
        let free = BTreeMap::from([(service, slots)]);
        let all_served = assign(waiting, &free, now).len() == waiting.len();
        slots = free.into_values().flatten().collect();
        if is_last || all_served {
            return Ok(slots);
        }
    }
}

/// Holds the slot for the entry, under the locks that every booking takes. Answers whether it could:
/// somebody else may have been faster.
async fn offer(app: &App, assigned: &Assigned) -> Result<bool> {
    let (now, slot) = (app.clock.now(), assigned.slot);
    let mut transaction = app.database.program(slot.organisation_id).await?;
    let opened = open_booking(&mut transaction, &Booking::of(slot), None, now).await?;
    let waiting = waitlist::lock_waiting(&mut transaction, assigned.entry_id).await?;
    let decided = waiting.and_then(|found| {
        let bid = opened.calendar.bid(&slot, now).ok()?;
        let place = bid.place(Some(assigned.modality)).ok()?;
        let offer = SlotOffer {
            id: WaitlistOfferId::new(Uuid::now_v7()),
            session_id: place.session_id,
            site_id: place.site_id,
            counsellor_id: place.counsellor_id,
            span: place.span,
            modality: place.modality,
            offered_at: now,
            expires_at: assigned.expires_at,
        };
        let entry = found.entry.offer(offer)?;
        Some((entry, offer, bid.claimed(), bid.time_zone))
    });
    let Some((entry, offer, claimed, zone)) = decided else {
        transaction.rollback().await;
        return Ok(false);
    };
    waitlist::insert_offer(&mut transaction, &entry, (&offer, zone), &claimed, now);
    let subject = ("waitlist_entry", entry.id.uuid());
    transaction.audit(Entry::by_program(
        slot.organisation_id,
        "offer",
        subject,
        now,
    ));
    match transaction.commit().await {
        Err(error) if error.is_lost_race() => Ok(false),
        outcome => outcome.map(|()| true),
    }
}
