//! A story of booking, told with the client that progenitor generates.

#![deny(warnings)]

use std::error::Error as StdError;
use std::fmt::Debug;
use std::num::NonZeroU32;

use chrono::{Days, Utc};
use futures::TryStreamExt;
use progenitor_client::{Error, ResponseValue};
use serde_json::{Value, json};
use story::Client;
use story::types::{
    AppointmentView, BookBody, CancelBody, CounsellorBody, HoldBody, ProblemDocument,
    RescheduleBody, ScheduleBody, ServiceBody, ServiceView, SlotView, TextMap, TokenBody,
};
use uuid::Uuid;

const SITE: Uuid = Uuid::from_u128(0x01900000_0001_7002_8000_000000000001);

type Told<T> = Result<T, Box<dyn StdError>>;

fn key() -> String {
    Uuid::new_v4().to_string()
}

/// The problem that an answer should be.
#[track_caller]
fn refused<T: Debug>(
    status: u16,
    answer: Result<ResponseValue<T>, Error<ProblemDocument>>,
) -> ProblemDocument {
    match answer {
        Err(Error::ErrorResponse(problem)) if problem.status() == status => problem.into_inner(),
        other => panic!("{status} was expected: {other:?}"),
    }
}

async fn staff(api: &str, role: &str) -> Told<Client> {
    let body = TokenBody::builder()
        .email(format!("{role}@poliklinik-leipzig.example"))
        .password("sprechstunde-demo".to_owned());
    let token = Client::new(api).create_token().body(body).send().await?;
    let bearer = format!("Bearer {}", token.access_token);
    let headers = [(reqwest::header::AUTHORIZATION, bearer.try_into()?)];
    let http = reqwest::Client::builder().default_headers(headers.into_iter().collect());
    Ok(Client::new_with_client(api, http.build()?))
}

async fn set_up(administrator: &Client, coordinator: &Client) -> Told<ServiceView> {
    let me = coordinator.get_me().send().await?;
    let organisation = me.memberships[0].organisation_id;
    let service = ServiceBody::builder()
        .organisation_id(organisation)
        .name(TextMap(
            [("de".to_owned(), "Sprechstunde in Rust".to_owned())].into(),
        ))
        .topic("rust")
        .format("individual")
        .modalities(["phone".to_owned(), "in_person".to_owned()].to_vec())
        .length_minutes(30)
        .minimum_notice_minutes(0)
        .cancellation_deadline_minutes(0)
        .published(true);
    let making = administrator.create_service().idempotency_key(key());
    let service = making.body(service).send().await?.into_inner();
    let counsellor = CounsellorBody::builder()
        .organisation_id(organisation)
        .display_name("Ferris Beispiel");
    let making = administrator.create_counsellor().idempotency_key(key());
    let counsellor = making.body(counsellor).send().await?;
    let schedule = ScheduleBody::builder()
        .organisation_id(organisation)
        .counsellor_id(counsellor.id)
        .site_id(SITE)
        .service_ids([service.id].to_vec())
        .modalities(["phone".to_owned()].to_vec())
        .rule("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU")
        .starts("09:00")
        .ends("11:00")
        .valid_from(Utc::now().date_naive() + Days::new(1))
        .opens_on_holidays(true);
    let making = coordinator.create_schedule().idempotency_key(key());
    making.body(schedule).send().await?;
    Ok(service)
}

/// A merge patch sets a field, null removes it, and what is left out stays.
async fn change(administrator: &Client, service: &ServiceView) -> Told<()> {
    assert!(service.description.is_none());
    let patch = |etag: &str, patch: Value| {
        let change = administrator.update_service().id(service.id);
        change.if_match(etag).body(patch).send()
    };
    let described = json!({"description": {"de": "Am Telefon"}, "max_per_week": 100});
    let changed = patch(&service.etag, described).await?;
    assert_eq!(
        changed.description.as_ref().map(|text| text["de"].as_str()),
        Some("Am Telefon")
    );
    let stale = refused(
        412,
        patch(&service.etag, json!({"description": null})).await,
    );
    assert_eq!(stale.code, "version-conflict");
    let left = patch(&changed.etag, json!({"description": null})).await?;
    assert!(left.description.is_none());
    assert_eq!(left.max_per_week, Some(100));
    Ok(())
}

/// All free slots, page by page.
async fn free(visitor: &Client, service: &ServiceView) -> Told<Vec<SlotView>> {
    let mut slots = Vec::new();
    let mut cursor: Option<String> = None;
    let mut pages = 0;
    loop {
        let mut search = visitor.list_slots().service_id(service.id);
        search = search.limit(NonZeroU32::try_from(5)?);
        if let Some(cursor) = cursor {
            search = search.cursor(cursor);
        }
        let page = search.send().await?;
        assert_eq!(
            page.next_cursor.is_some(),
            page.headers().contains_key("link")
        );
        let page = page.into_inner();
        slots.extend(page.items);
        pages += 1;
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert!(pages > 2);
    assert!(slots.is_sorted_by_key(|slot| slot.starts_at));
    Ok(slots)
}

async fn book(visitor: &Client, slot: &SlotView) -> Told<AppointmentView> {
    let hold = visitor.create_hold().idempotency_key(key());
    let hold = hold
        .body(HoldBody::builder().slot_id(slot.id.as_str()))
        .send()
        .await?;
    assert_eq!(hold.slot.starts_at, slot.starts_at);
    let once = key();
    let request = || {
        let body = BookBody::builder()
            .hold_id(hold.id)
            .hold_token(hold.token.clone());
        visitor
            .book_appointment()
            .idempotency_key(&once)
            .body(body)
            .send()
    };
    let appointment = request().await?.into_inner();
    let again = request().await?;
    assert_eq!(
        (again.id, &again.secret),
        (appointment.id, &appointment.secret)
    );
    assert!(appointment.client.is_none());
    assert_eq!(appointment.status, "booked");
    Ok(appointment)
}

async fn is_listed(
    coordinator: &Client,
    appointment: &AppointmentView,
    statuses: &[&str],
) -> Told<bool> {
    let statuses: Vec<String> = statuses.iter().map(|status| (*status).to_owned()).collect();
    let day = coordinator.list_appointments().status(statuses);
    let day = day.limit(NonZeroU32::try_from(200)?).send().await?;
    Ok(day.items.iter().any(|listed| listed.id == appointment.id))
}

#[tokio::main]
async fn main() -> Told<()> {
    let api = std::env::args().nth(1).ok_or("where is the API?")?;
    let administrator = staff(&api, "administrator").await?;
    let coordinator = staff(&api, "coordinator").await?;
    let service = set_up(&administrator, &coordinator).await?;
    change(&administrator, &service).await?;
    let visitor = Client::new(&api);
    let slots = free(&visitor, &service).await?;
    let appointment = book(&visitor, &slots[0]).await?;
    let secret = appointment.secret.clone().ok_or("no secret")?;

    let taken = visitor.book_appointment().idempotency_key(key());
    let taken = taken
        .body(BookBody::builder().slot_id(slots[0].id.clone()))
        .send()
        .await;
    let problem = refused(409, taken);
    assert_eq!((problem.code.as_str(), problem.status), ("slot-taken", 409));

    let moved = visitor.reschedule_appointment().id(appointment.id);
    let moved = moved.appointment_secret(&secret).idempotency_key(key());
    let moved = moved
        .body(RescheduleBody::builder().slot_id(slots[1].id.as_str()))
        .send()
        .await?;
    assert_eq!(moved.starts_at, slots[1].starts_at);
    let entry = visitor.get_appointment_calendar().id(appointment.id);
    let entry = entry.appointment_secret(&secret).send().await?.into_inner();
    let entry: Vec<_> = entry.into_inner().try_collect().await?;
    assert!(entry.concat().starts_with(b"BEGIN:VCALENDAR"));

    let cancelled = visitor.cancel_appointment().id(appointment.id);
    let cancelled = cancelled.appointment_secret(&secret);
    let reason = CancelBody::builder().reason(Some("another time".parse()?));
    let cancelled = cancelled.body(reason).send().await?;
    assert_eq!(cancelled.status, "cancelled");
    assert_eq!(cancelled.cancelled_by.as_deref(), Some("visitor"));
    assert!(is_listed(&coordinator, &appointment, &["booked", "cancelled"]).await?);
    assert!(!is_listed(&coordinator, &appointment, &["booked", "completed"]).await?);
    Ok(())
}
