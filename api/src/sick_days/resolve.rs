use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::{Actor, Staff};
use domain::appointment::Place;
use domain::booking::Claimed;
use domain::calendar::{Calendar, OfferedSlot};
use domain::ids::{OrganisationId, ProposalId};
use domain::line::Line;
use domain::minutes::Minutes;
use domain::modality::Modality;
use domain::permission::Permission;
use domain::proposal::{Answer, Choice, Proposal, Stranded, Wanted, choose};
use domain::reason::CommonReason;
use domain::span::Span;
use persistence::Transaction;
use persistence::acting::Reader;
use persistence::appointments::Found;
use persistence::audit::Entry;
use persistence::proposals::{self, NewProposal};
use persistence::slots::{self, Filter, Stretch, Subject};
use uuid::Uuid;

use super::SickDayItem;
use crate::app::App;
use crate::appointments::contact::{doorstep, seal_reason};
use crate::problems::{Code, Problem};
use crate::proposals::ProposalView;
use crate::stranded::StrandedView;

type Resolved = (Transaction, Vec<SickDayItem>);

/// How far ahead other slots are looked for, and in how many sessions of a service.
const AHEAD: TimeDelta = TimeDelta::days(62);
const SESSIONS: i64 = 400;

pub(super) fn cancel(
    app: &App,
    mut transaction: Transaction,
    staff: Staff,
    stranded: Vec<Found>,
    reason: Option<&Line>,
    now: DateTime<Utc>,
) -> Result<Resolved, Problem> {
    let actor = Actor::Staff(staff);
    let away = CommonReason::CounsellorAway.code();
    let mut items = Vec::with_capacity(stranded.len());
    for found in stranded {
        let appointment = found.appointment.give_up(&actor, now)?;
        transaction.save_cancelled_for(&appointment, found.version, Some(&away), now);
        if let Some(sealed) = seal_reason(&app.vault, &appointment, reason)? {
            transaction.keep_cancel_reason(&appointment, sealed);
        }
        transaction.audit(Entry::of_appointment("cancel", &appointment, &actor, now));
        let found = Found {
            appointment,
            ..found
        };
        items.push(SickDayItem {
            appointment: StrandedView::of(&found, &app.vault)?,
            outcome: "cancelled",
            proposals: Vec::new(),
        });
    }
    Ok((transaction, items))
}

pub(super) async fn propose(
    app: &App,
    mut transaction: Transaction,
    staff: Staff,
    stranded: Vec<Found>,
    (each, within): (u8, Minutes),
    now: DateTime<Utc>,
) -> Result<Resolved, Problem> {
    let Some(organisation) = stranded.first().map(|it| it.appointment.organisation_id) else {
        return Ok((transaction, Vec::new()));
    };
    let ids: Vec<_> = stranded.iter().map(|it| it.appointment.id).collect();
    let open = proposals::open_of(&mut transaction, organisation, &ids, now).await?;
    let waiting: BTreeSet<_> = open.iter().map(|it| it.proposal.appointment_id).collect();
    let wanting = stranded
        .iter()
        .filter(|found| !waiting.contains(&found.appointment.id))
        .map(|found| what_is_wanted(app, found));
    let wanting = wanting.collect::<Result<Vec<_>, Problem>>()?;
    let kinds = wanting
        .iter()
        .map(|it| (it.service_id, it.doorstep))
        .collect();
    let (mut transaction, mut calendars) =
        calendars(transaction, &staff, organisation, kinds, now).await?;
    let free = free(&calendars, &staff, organisation, now)?;
    let take = |wanted, offered: &OfferedSlot, way| take(&mut calendars, wanted, offered, way, now);
    let choices = choose(&wanting, &free, take, each, within, now);
    let new = choices
        .into_iter()
        .map(|choice| proposal(organisation, choice, now));
    let new: Vec<NewProposal> = new.collect();
    proposals::insert_all(&mut transaction, organisation, &new, now);
    let actor = Actor::Staff(staff);
    for new in &new {
        let entry = Entry::of_proposal("propose", &new.found.proposal, &actor, now);
        transaction.audit(entry);
    }
    let made: Vec<_> = new.into_iter().map(|new| new.found).collect();
    let item = |found: &Found| {
        let id = found.appointment.id;
        let before: Vec<_> = proposals::among(&open, id).collect();
        let after: Vec<_> = proposals::among(&made, id).collect();
        let outcome = match (before.is_empty(), after.is_empty()) {
            (false, _) => "already_proposed",
            (true, false) => "proposed",
            (true, true) => "no_slot",
        };
        let shown = before.into_iter().chain(after);
        Ok(SickDayItem {
            appointment: StrandedView::of(found, &app.vault)?,
            outcome,
            proposals: shown.map(|it| ProposalView::of(it, now)).collect(),
        })
    };
    let items: Result<_, Problem> = stranded.iter().map(item).collect();
    Ok((transaction, items?))
}

fn what_is_wanted(app: &App, found: &Found) -> Result<Stranded, Problem> {
    let appointment = &found.appointment;
    Ok(Stranded {
        id: appointment.id,
        service_id: appointment.place.service_id,
        counsellor_id: appointment.place.counsellor_id,
        language: appointment.language.clone(),
        modality: appointment.place.modality,
        doorstep: doorstep(&app.vault, found)?,
    })
}

/// What a slot takes, and a talk more for those who give it: caps hold for what is proposed, too.
fn take(
    calendars: &mut Calendars,
    wanted: Wanted,
    offered: &OfferedSlot,
    way: Modality,
    now: DateTime<Utc>,
) -> Option<(Place, Claimed)> {
    let calendar = calendars.get(&wanted)?;
    let bid = calendar.bid(&offered.slot.id, now).ok()?;
    // What others may not have any more for it is not held on a chance.
    if bid.is_rationed() {
        return None;
    }
    let (place, claimed) = (bid.place(Some(way)).ok()?, bid.claimed());
    for calendar in calendars.values_mut() {
        calendar.count(&place, &claimed);
    }
    Some((place, claimed))
}

type Calendars = BTreeMap<Wanted, Calendar>;

/// The calendar of each service, and of visits to each place. The transaction has locked all resources: what is free stays free
/// until it ends.
async fn calendars(
    transaction: Transaction,
    staff: &Staff,
    organisation: OrganisationId,
    kinds: BTreeSet<Wanted>,
    now: DateTime<Utc>,
) -> Result<(Transaction, Calendars), Problem> {
    let mut reader = Reader::Staff(transaction, staff.clone());
    let services: BTreeSet<_> = kinds.iter().map(|(service, _)| *service).collect();
    let mut calendars = BTreeMap::new();
    for service in services {
        let filter = Filter {
            subject: Subject::Service(service),
            organisation_id: Some(organisation),
            counsellor_id: None,
            site_id: None,
            language: None,
            modality: None,
            interpreter_language: None,
            near: None,
            counsellor_gender: None,
        };
        let stretch = Stretch {
            from: now,
            until: now + AHEAD,
            limit: SESSIONS,
        };
        let read = slots::load(&mut reader, &filter, stretch, now).await?;
        for (_, doorstep) in kinds.iter().filter(|(of, _)| *of == service) {
            let mut calendar = read.calendar.clone();
            if let Some(doorstep) = doorstep {
                calendar.lead_to(*doorstep);
            }
            calendars.insert((service, *doorstep), calendar);
        }
    }
    match reader {
        Reader::Staff(transaction, _) => Ok((transaction, calendars)),
        Reader::Public(_) => Err(Problem::new(Code::Internal)),
    }
}

/// The free slots of each service, of those whose appointments the caller may change.
fn free(
    calendars: &Calendars,
    staff: &Staff,
    organisation: OrganisationId,
    now: DateTime<Utc>,
) -> Result<BTreeMap<Wanted, Vec<OfferedSlot>>, Problem> {
    let window = Span::new(now, now + AHEAD).map_err(|_| Problem::new(Code::Internal))?;
    let free = calendars.iter().map(|(wanted, calendar)| {
        let mut offered = calendar.slots(window, now);
        offered.retain(|offered| {
            let change = Permission::ChangeAppointments;
            staff.may_for(change, organisation, offered.slot.counsellor_id)
        });
        (*wanted, offered)
    });
    Ok(free.collect())
}

fn proposal(organisation: OrganisationId, choice: Choice, now: DateTime<Utc>) -> NewProposal {
    let proposal = Proposal {
        id: ProposalId::new(Uuid::now_v7()),
        organisation_id: organisation,
        appointment_id: choice.appointment_id,
        place: choice.place,
        rank: choice.rank,
        proposed_at: now,
        expires_at: choice.expires_at,
        answer: Answer::Open,
    };
    NewProposal {
        found: proposals::Found {
            proposal,
            time_zone: choice.time_zone,
        },
        claim: choice.claimed,
    }
}
