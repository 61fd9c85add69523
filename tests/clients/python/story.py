"""A story of booking, told with the client that openapi-python-client generates."""

import sys
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sprechstunde import AuthenticatedClient, Client
from sprechstunde.api.appointments import list_appointments
from sprechstunde.api.auth import create_token, get_me
from sprechstunde.api.booking import (
    book_appointment,
    cancel_appointment,
    create_hold,
    find_appointment,
    get_appointment_calendar,
    list_slots,
    reschedule_appointment,
)
from sprechstunde.api.directory import get_service
from sprechstunde.api.setup import (
    create_counsellor,
    create_schedule,
    create_service,
    update_service,
)
from sprechstunde.models import (
    AppointmentPage,
    AppointmentView,
    BookBody,
    CancelBody,
    CounsellorBody,
    CounsellorView,
    FindBody,
    HoldBody,
    HoldView,
    MeView,
    ProblemDocument,
    RescheduleBody,
    ScheduleBody,
    ScheduleView,
    ServiceBody,
    ServicePatch,
    ServiceView,
    SlotPage,
    SlotView,
    TextMap,
    TokenBody,
    TokenView,
)
from sprechstunde.types import UNSET, Response, Unset

SITE = UUID("01900000-0001-7002-8000-000000000001")
T = TypeVar("T")


def expect(status: int, kind: type[T], answer: Response[Any]) -> T:
    assert (answer.status_code, type(answer.parsed)) == (status, kind), answer
    assert isinstance(answer.parsed, kind)
    return answer.parsed


def key() -> str:
    return str(uuid4())


def text(german: str) -> TextMap:
    return TextMap.from_dict({"de": german})


def sign_in(api: str, role: str) -> AuthenticatedClient:
    body = TokenBody(f"{role}@poliklinik-leipzig.example", "sprechstunde-demo")
    answer = create_token.sync_detailed(client=Client(api), body=body)
    return AuthenticatedClient(api, expect(200, TokenView, answer).access_token)


def nobody(api: str) -> AuthenticatedClient:
    """The generator asks for a token wherever one may be given; here a request id takes its place."""
    return AuthenticatedClient(api, key(), prefix="", auth_header_name="X-Request-Id")


def set_up(administrator: AuthenticatedClient, coordinator: AuthenticatedClient) -> ServiceView:
    me = expect(200, MeView, get_me.sync_detailed(client=coordinator))
    organisation = me.memberships[0].organisation_id
    service = expect(
        201,
        ServiceView,
        create_service.sync_detailed(
            client=administrator,
            idempotency_key=key(),
            body=ServiceBody(
                organisation_id=organisation,
                name=text("Sprechstunde in Python"),
                topic="python",
                format_="individual",
                modalities=["phone", "in_person"],
                length_minutes=30,
                minimum_notice_minutes=0,
                cancellation_deadline_minutes=0,
                published=True,
            ),
        ),
    )
    counsellor = CounsellorBody(organisation_id=organisation, display_name="Guido Beispiel")
    talks_with = expect(
        201,
        CounsellorView,
        create_counsellor.sync_detailed(
            client=administrator, body=counsellor, idempotency_key=key()
        ),
    )
    schedule = ScheduleBody(
        organisation_id=organisation,
        counsellor_id=talks_with.id,
        site_id=SITE,
        service_ids=[service.id],
        modalities=["phone"],
        rule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU",
        starts="09:00",
        ends="11:00",
        valid_from=date.today() + timedelta(days=1),
        opens_on_holidays=True,
    )
    made = create_schedule.sync_detailed(
        client=coordinator, body=schedule, idempotency_key=key()
    )
    expect(201, ScheduleView, made)
    return service


def change(administrator: AuthenticatedClient, service: ServiceView) -> None:
    """A merge patch sets a field, null removes it, and what is left out stays."""
    assert service.description is None
    described = update_service.sync_detailed(
        service.id,
        client=administrator,
        if_match=service.etag,
        body=ServicePatch(description=text("Am Telefon"), max_per_week=100),
    )
    changed = expect(200, ServiceView, described)
    assert changed.description is not None and changed.description["de"] == "Am Telefon"
    patch = ServicePatch(description=None)
    stale = update_service.sync_detailed(
        service.id, client=administrator, if_match=service.etag, body=patch
    )
    assert expect(412, ProblemDocument, stale).code == "version-conflict"
    removed = update_service.sync_detailed(
        service.id, client=administrator, if_match=changed.etag, body=patch
    )
    left = expect(200, ServiceView, removed)
    assert (left.description, left.max_per_week) == (None, 100)
    read = get_service.sync_detailed(service.id, client=administrator)
    assert expect(200, ServiceView, read).etag == left.etag


def free(visitor: AuthenticatedClient, service: ServiceView) -> list[SlotView]:
    """All free slots, page by page."""
    slots: list[SlotView] = []
    cursor: str | Unset | None = UNSET
    pages = 0
    while cursor is not None:
        answer = list_slots.sync_detailed(
            client=visitor, service_id=service.id, limit=5, cursor=cursor
        )
        page = expect(200, SlotPage, answer)
        assert (page.next_cursor is None) == ("link" not in answer.headers)
        slots += page.items
        cursor = page.next_cursor
        pages += 1
    assert pages > 2 and len({slot.id for slot in slots}) == len(slots)
    assert slots == sorted(slots, key=lambda slot: slot.starts_at)
    return slots


def book(visitor: AuthenticatedClient, slot: SlotView) -> AppointmentView:
    held = create_hold.sync_detailed(
        client=visitor, body=HoldBody(slot.id), idempotency_key=key()
    )
    hold = expect(201, HoldView, held)
    assert hold.slot.starts_at == slot.starts_at
    body = BookBody(hold_id=hold.id, hold_token=hold.token)
    once = key()
    first, again = (
        book_appointment.sync_detailed(client=visitor, body=body, idempotency_key=once)
        for _ in range(2)
    )
    appointment = expect(201, AppointmentView, first)
    assert expect(201, AppointmentView, again) == appointment, "sent again, booked once"
    assert (appointment.client, appointment.status) == (None, "booked")
    return appointment


def secret_of(appointment: AppointmentView) -> str:
    assert appointment.secret is not None
    return appointment.secret


def main(api: str) -> None:
    administrator, coordinator = (sign_in(api, role) for role in ("administrator", "coordinator"))
    service = set_up(administrator, coordinator)
    change(administrator, service)
    visitor = nobody(api)
    first, second, *_ = free(visitor, service)
    appointment = book(visitor, first)
    secret = secret_of(appointment)

    taken = book_appointment.sync_detailed(
        client=visitor, body=BookBody(slot_id=first.id), idempotency_key=key()
    )
    problem = expect(409, ProblemDocument, taken)
    assert (problem.code, problem.status) == ("slot-taken", 409), problem
    nameless = book_appointment.sync_detailed(
        client=visitor, body=BookBody(slot_id=second.id), idempotency_key="again"
    )
    assert expect(400, ProblemDocument, nameless).errors[0].header == "Idempotency-Key"

    moved = reschedule_appointment.sync_detailed(
        appointment.id,
        client=visitor,
        body=RescheduleBody(second.id),
        appointment_secret=secret,
        idempotency_key=key(),
    )
    assert expect(200, AppointmentView, moved).starts_at == second.starts_at
    entry = get_appointment_calendar.sync_detailed(
        appointment.id, client=visitor, appointment_secret=secret
    )
    assert expect(200, str, entry).startswith("BEGIN:VCALENDAR")

    cancelled = cancel_appointment.sync_detailed(
        appointment.id,
        client=visitor,
        body=CancelBody(reason="another time"),
        appointment_secret=secret,
    )
    ended = expect(200, AppointmentView, cancelled)
    assert (ended.status, ended.cancelled_by) == ("cancelled", "visitor")
    found = find_appointment.sync_detailed(
        client=visitor, body=FindBody(appointment.code, secret)
    )
    assert expect(200, AppointmentView, found).cancel_reason == "another time"

    for statuses, there in ((["booked", "cancelled"], True), (["booked", "completed"], False)):
        day = list_appointments.sync_detailed(
            client=coordinator, status=statuses, from_=second.starts_at, limit=200
        )
        ids = {listed.id for listed in expect(200, AppointmentPage, day).items}
        assert (appointment.id in ids) == there, statuses


main(sys.argv[1])
