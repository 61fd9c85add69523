use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::QueryableByName;
use diesel::sql_types::{
    Array, BigInt, Binary, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::code::Code;
use domain::span::Span;
use domain::waitlist::{EntryStatus, SlotOffer, WaitlistEntry, WaitlistWish};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::stored::parsed;

/// An entry with what belongs to its answer.
#[derive(Debug, Clone)]
pub struct Found {
    pub entry: WaitlistEntry,
    /// What the data base keeps of its secret.
    pub secret_hash: [u8; 32],
    /// Of the site of what is offered, if anything is.
    pub time_zone: Option<Tz>,
    pub offers_made: i64,
    /// What the visitor gave, sealed and bound to the entry's id.
    pub sealed_contact: Option<Vec<u8>>,
}

#[derive(QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    code: String,
    #[diesel(sql_type = Binary)]
    secret_hash: Vec<u8>,
    #[diesel(embed)]
    wish: Wished,
    #[diesel(sql_type = Timestamptz)]
    joined_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    queued_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    valid_until: DateTime<Utc>,
    #[diesel(sql_type = Integer)]
    unanswered: i32,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    ended_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    appointment_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Binary>)]
    sealed_contact: Option<Vec<u8>>,
    #[diesel(sql_type = BigInt)]
    offers_made: i64,
    #[diesel(embed)]
    offer: OfferColumns,
}

/// What an entry wishes for.
#[derive(QueryableByName)]
pub(super) struct Wished {
    #[diesel(sql_type = SqlUuid)]
    service_id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    counsellor_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    site_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    language: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    modality: Option<String>,
    #[diesel(sql_type = Array<Timestamptz>)]
    spans_from: Vec<DateTime<Utc>>,
    #[diesel(sql_type = Array<Timestamptz>)]
    spans_before: Vec<DateTime<Utc>>,
}

/// The open offer: all of it is there, or nothing.
#[derive(QueryableByName)]
struct OfferColumns {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    offer_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    session_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    offer_site_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    offer_counsellor_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    starts_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    ends_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    time_zone: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    offer_modality: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    offered_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    expires_at: Option<DateTime<Utc>>,
}

fn corrupt(why: impl std::fmt::Display) -> Error {
    Error::corrupt("waiting-list entry", why)
}

fn span(from: DateTime<Utc>, before: DateTime<Utc>) -> Result<Span> {
    Span::new(from, before).map_err(corrupt)
}

impl Wished {
    pub(super) fn wish(&self) -> Result<WaitlistWish> {
        let language = self.language.as_deref();
        let modality = self.modality.as_deref();
        let spans = self.spans_from.iter().zip(&self.spans_before);
        Ok(WaitlistWish {
            service_id: self.service_id.into(),
            counsellor_id: self.counsellor_id.map(Into::into),
            site_id: self.site_id.map(Into::into),
            language: language.map(|it| parsed("language", it)).transpose()?,
            modality: modality.map(|it| parsed("modality", it)).transpose()?,
            spans: spans
                .map(|(from, before)| span(*from, *before))
                .collect::<Result<_>>()?,
        })
    }
}

impl OfferColumns {
    fn offer(&self) -> Result<Option<SlotOffer>> {
        let Some(id) = self.offer_id else {
            return Ok(None);
        };
        let read = || {
            Some((
                self.session_id?,
                self.offer_site_id?,
                self.offer_counsellor_id?,
                (self.starts_at?, self.ends_at?),
                self.offer_modality.as_deref()?,
                (self.offered_at?, self.expires_at?),
            ))
        };
        let offer = read().ok_or_else(|| corrupt("its offer lacks a part"))?;
        let (session, site, counsellor, (starts_at, ends_at), modality, times) = offer;
        Ok(Some(SlotOffer {
            id: id.into(),
            session_id: session.into(),
            site_id: site.into(),
            counsellor_id: counsellor.into(),
            span: span(starts_at, ends_at)?,
            modality: parsed("modality", modality)?,
            offered_at: times.0,
            expires_at: times.1,
        }))
    }
}

impl Row {
    fn status(&self) -> Result<EntryStatus> {
        let offer = self.offer.offer()?;
        let appointment = self.appointment_id;
        Ok(match (self.status.as_str(), self.ended_at, offer) {
            ("waiting", None, _) => EntryStatus::Waiting,
            ("offered", None, Some(offer)) => EntryStatus::Offered(offer),
            ("booked", Some(at), _) => EntryStatus::Booked {
                appointment_id: appointment
                    .ok_or_else(|| corrupt("it lacks its appointment"))?
                    .into(),
                at,
            },
            ("left", Some(at), _) => EntryStatus::Left { at },
            ("expired", Some(at), _) => EntryStatus::Expired { at },
            _ => return Err(corrupt("its status lacks its facts")),
        })
    }
}

impl TryFrom<Row> for Found {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let zone = row.offer.time_zone.as_deref();
        let time_zone = zone.map(|zone| parsed("time zone", zone)).transpose()?;
        let entry = WaitlistEntry {
            id: row.id.into(),
            organisation_id: row.organisation_id.into(),
            code: row.code.parse::<Code>().map_err(corrupt)?,
            wish: row.wish.wish()?,
            joined_at: row.joined_at,
            queued_at: row.queued_at,
            valid_until: row.valid_until,
            unanswered: u32::try_from(row.unanswered).map_err(corrupt)?,
            status: row.status()?,
        };
        let hash = row.secret_hash.try_into();
        Ok(Self {
            entry,
            secret_hash: hash.map_err(|_| corrupt("its secret's hash has another length"))?,
            time_zone,
            offers_made: row.offers_made,
            sealed_contact: row.sealed_contact,
        })
    }
}
