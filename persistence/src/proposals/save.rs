//! Proposals are written in sets: one statement for the claims and one for the rows, however many
//! a day strands.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use domain::booking::Claimed;
use domain::ids::{AppointmentId, OrganisationId, ProposalId, RoomId};
use domain::proposal::Proposal;
use domain::span::Span;
use uuid::Uuid;

use super::Found;
use crate::claims::{clear_lent, release};
use crate::statement::Statement;
use crate::stored::uuids_of;
use crate::transaction::Transaction;

/// A proposal with what is held for it.
#[derive(Debug, Clone)]
pub struct NewProposal {
    pub found: Found,
    pub claim: Claimed,
}

/// Holds the slots and stores the proposals, all of one organisation. Its resources are locked, and
/// the appointments. What was proposed before and is still open, though nobody answered in time,
/// falls away first.
pub fn insert_all(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    new: &[NewProposal],
    now: DateTime<Utc>,
) {
    if new.is_empty() {
        return;
    }
    let whose: Vec<AppointmentId> = each(new, |proposal| proposal.appointment_id);
    transaction.queue(
        Statement::new(REPLACE_OPEN)
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<Array<SqlUuid>, _>(uuids_of(&whose)),
    );
    claim_all(transaction, organisation, new, now);
    let ids: Vec<ProposalId> = each(new, |proposal| proposal.id);
    let times = |time: fn(Span) -> DateTime<Utc>| each(new, |it| time(it.place.span));
    let zones = new.iter().map(|new| new.found.time_zone.name().to_owned());
    transaction.queue(
        Statement::new(INSERT)
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<Array<SqlUuid>, _>(uuids_of(&ids))
            .bind::<Array<SqlUuid>, _>(uuids_of(&whose))
            .bind::<Array<SqlUuid>, _>(each(new, |it| it.place.session_id.uuid()))
            .bind::<Array<SqlUuid>, _>(each(new, |it| it.place.service_id.uuid()))
            .bind::<Array<SqlUuid>, _>(each(new, |it| it.place.site_id.uuid()))
            .bind::<Array<SqlUuid>, _>(each(new, |it| it.place.counsellor_id.uuid()))
            .bind::<Array<Nullable<SqlUuid>>, _>(each(new, |it| it.place.room_id.map(RoomId::uuid)))
            .bind::<Array<Timestamptz>, _>(times(Span::from))
            .bind::<Array<Timestamptz>, _>(times(Span::before))
            .bind::<Array<Text>, _>(zones.collect::<Vec<_>>())
            .bind::<Array<Text>, _>(each(new, |it| it.place.modality.to_string()))
            .bind::<Array<SmallInt>, _>(each(new, |it| i16::from(it.rank)))
            .bind::<Array<Timestamptz>, _>(each(new, |it| it.proposed_at))
            .bind::<Array<Timestamptz>, _>(each(new, |it| it.expires_at)),
    );
    for id in ids {
        happened(transaction, organisation, "proposal.made", id, now);
    }
}

/// Stores the answer to a locked proposal, and frees what was held for it. A claim in its place has
/// to come behind it.
pub fn save_answer(transaction: &mut Transaction, proposal: &Proposal, now: DateTime<Utc>) {
    let organisation = proposal.organisation_id;
    release(transaction, organisation, proposal.id.uuid());
    transaction.write(
        Statement::new("UPDATE proposals SET state = $3 WHERE organisation_id = $1 AND id = $2")
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<SqlUuid, _>(proposal.id.uuid())
            .bind::<Text, _>(proposal.answer.as_str()),
    );
    let kind = match proposal.answer.as_str() {
        "accepted" => "proposal.accepted",
        _ => "proposal.declined",
    };
    happened(transaction, organisation, kind, proposal.id, now);
}

fn each<T>(new: &[NewProposal], of: impl Fn(&Proposal) -> T) -> Vec<T> {
    new.iter().map(|new| of(&new.found.proposal)).collect()
}

/// A row for each resource of each proposal.
fn claim_all(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    new: &[NewProposal],
    now: DateTime<Utc>,
) {
    let mut rows: Vec<(Uuid, Span, &NewProposal)> = Vec::new();
    for one in new {
        let held = one.claim.held();
        rows.extend(held.map(|(resource, span)| (resource.uuid(), span, one)));
    }
    let resources: Vec<Uuid> = rows.iter().map(|(resource, ..)| *resource).collect();
    let starts: Vec<_> = rows.iter().map(|(_, span, _)| span.from()).collect();
    let ends: Vec<_> = rows.iter().map(|(_, span, _)| span.before()).collect();
    // What is left of expired holds would lie in the way.
    transaction.queue(
        Statement::new(REMOVE_EXPIRED)
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<Array<SqlUuid>, _>(resources.clone())
            .bind::<Array<Timestamptz>, _>(starts.clone())
            .bind::<Array<Timestamptz>, _>(ends.clone())
            .bind::<Timestamptz, _>(now),
    );
    if let Some((first, last)) = starts.iter().min().zip(starts.iter().max()) {
        clear_lent(transaction, organisation, &resources, (*first, *last), now);
    }
    let claims = rows.iter().map(|(.., new)| &new.found.proposal);
    transaction.queue(
        Statement::new(CLAIM)
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<Array<SqlUuid>, _>(resources)
            .bind::<Array<SqlUuid>, _>(claims.clone().map(|it| it.id.uuid()).collect::<Vec<_>>())
            .bind::<Array<Timestamptz>, _>(starts)
            .bind::<Array<Timestamptz>, _>(ends)
            .bind::<Array<Timestamptz>, _>(claims.map(|it| it.expires_at).collect::<Vec<_>>()),
    );
}

fn happened(
    transaction: &mut Transaction,
    organisation: OrganisationId,
    kind: &'static str,
    id: ProposalId,
    now: DateTime<Utc>,
) {
    transaction.write(
        Statement::new(
            "INSERT INTO outbox_events (organisation_id, id, kind, subject_id, occurred_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<SqlUuid, _>(Uuid::now_v7())
        .bind::<Text, _>(kind)
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Timestamptz, _>(now),
    );
}

const REPLACE_OPEN: &str = "
    WITH replaced AS (
        UPDATE proposals SET state = 'withdrawn'
        WHERE organisation_id = $1 AND appointment_id = ANY ($2) AND state = 'open'
        RETURNING organisation_id, id)
    DELETE FROM allocations WHERE (organisation_id, claim_id) IN (SELECT organisation_id, id FROM replaced)";

const REMOVE_EXPIRED: &str = "
    DELETE FROM allocations a USING unnest($2, $3, $4) AS n (resource_id, starts_at, ends_at)
    WHERE a.organisation_id = $1 AND a.resource_id = n.resource_id AND a.expires_at <= $5
      AND a.starts_at > n.starts_at - interval '24 hours' AND a.starts_at < n.ends_at AND a.ends_at > n.starts_at";

const CLAIM: &str = "
    INSERT INTO allocations (organisation_id, resource_id, claim_id, claimed_by_organisation_id, kind,
                             starts_at, ends_at, expires_at)
    SELECT $1, n.resource_id, n.claim_id, $1, 'hold', n.starts_at, n.ends_at, n.expires_at
    FROM unnest($2, $3, $4, $5, $6) AS n (resource_id, claim_id, starts_at, ends_at, expires_at)
    ORDER BY n.resource_id, n.starts_at";

const INSERT: &str = "
    INSERT INTO proposals (organisation_id, id, appointment_id, session_id, service_id, site_id, counsellor_id, room_id,
                           starts_at, ends_at, time_zone, modality, rank, proposed_at, expires_at)
    SELECT $1, n.* FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) AS n";
