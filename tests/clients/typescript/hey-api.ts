// A story of booking, told with the functions that @hey-api/openapi-ts generates.

import assert from "node:assert/strict";
import { createClient, type Client } from "../generated/typescript/hey/client/index.js";
import * as api from "../generated/typescript/hey/index.js";
import { counsellor, expect, key, refused, schedule, service, signIn } from "./given.js";

const once = () => ({ "Idempotency-Key": key() });

async function staff(baseUrl: string, role: string): Promise<Client> {
  const stranger = createClient({ baseUrl });
  const token = expect(200, await api.createToken({ client: stranger, body: signIn(role) }));
  return createClient({ baseUrl, auth: token.access_token });
}

async function setUp(administrator: Client, coordinator: Client): Promise<api.ServiceView> {
  const me = expect(200, await api.getMe({ client: coordinator }));
  const organisation = me.memberships[0]?.organisation_id;
  assert.ok(organisation);
  const body = service(organisation, "hey_api");
  const made = expect(
    201,
    await api.createService({ client: administrator, headers: once(), body }),
  );
  const talksWith = expect(
    201,
    await api.createCounsellor({
      client: administrator,
      headers: once(),
      body: counsellor(organisation),
    }),
  );
  const scheduled = await api.createSchedule({
    client: coordinator,
    headers: once(),
    body: schedule(organisation, talksWith.id, made.id),
  });
  expect(201, scheduled);
  return made;
}

// A merge patch sets a field, null removes it, and what is left out stays.
async function change(administrator: Client, service: api.ServiceView): Promise<void> {
  assert.equal(service.description, null);
  const patch = (etag: string, body: api.ServicePatch) =>
    api.updateService({
      client: administrator,
      path: { id: service.id },
      headers: { "If-Match": etag },
      body,
    });
  const described = { description: { de: "Am Telefon" }, max_per_week: 100 };
  const changed = expect(200, await patch(service.etag, described));
  assert.equal(changed.description?.["de"], "Am Telefon");
  const stale = refused(412, await patch(service.etag, { description: null }));
  assert.equal(stale.code, "version-conflict");
  const left = expect(200, await patch(changed.etag, { description: null }));
  assert.deepEqual([left.description, left.max_per_week], [null, 100]);
}

// All free slots, page by page.
async function free(visitor: Client, service: api.ServiceView): Promise<api.SlotView[]> {
  const slots: api.SlotView[] = [];
  let pages = 0;
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const query = { service_id: service.id, limit: 5, ...(cursor && { cursor }) };
    const page: api.SlotPage = expect(200, await api.listSlots({ client: visitor, query }));
    slots.push(...page.items);
    cursor = page.next_cursor;
    pages += 1;
  }
  assert.ok(pages > 2 && new Set(slots.map((slot) => slot.id)).size === slots.length);
  return slots;
}

async function book(visitor: Client, slot: api.SlotView): Promise<api.AppointmentView> {
  const held = await api.createHold({
    client: visitor,
    headers: once(),
    body: { slot_id: slot.id },
  });
  const hold = expect(201, held);
  const request = {
    client: visitor,
    headers: once(),
    body: { hold_id: hold.id, hold_token: hold.token },
  };
  const appointment = expect(201, await api.bookAppointment(request));
  const again = expect(201, await api.bookAppointment(request));
  assert.deepEqual(again, appointment, "sent again, booked once");
  assert.deepEqual([appointment.client, appointment.status], [null, "booked"]);
  return appointment;
}

async function main(baseUrl: string): Promise<void> {
  const [administrator, coordinator] = [
    await staff(baseUrl, "administrator"),
    await staff(baseUrl, "coordinator"),
  ];
  const service = await setUp(administrator, coordinator);
  await change(administrator, service);
  const visitor = createClient({ baseUrl });
  const [first, second] = await free(visitor, service);
  assert.ok(first && second);
  const appointment = await book(visitor, first);
  assert.ok(appointment.secret);
  const ours = {
    client: visitor,
    path: { id: appointment.id },
    headers: { "Appointment-Secret": appointment.secret },
  };

  const body = { slot_id: first.id };
  const taken = await api.bookAppointment({ client: visitor, headers: once(), body });
  const conflict = refused(409, taken);
  assert.deepEqual([conflict.code, conflict.status], ["slot-taken", 409]);

  const moved = await api.rescheduleAppointment({ ...ours, body: { slot_id: second.id } });
  assert.equal(expect(200, moved).starts_at, second.starts_at);
  const entry = await api.getAppointmentCalendar(ours);
  assert.ok(expect(200, entry).startsWith("BEGIN:VCALENDAR"));
  const cancelled = await api.cancelAppointment({ ...ours, body: { reason: "another time" } });
  const ended = expect(200, cancelled);
  assert.deepEqual([ended.status, ended.cancelled_by], ["cancelled", "visitor"]);

  const listed = async (...status: string[]): Promise<boolean> => {
    const query = { status, from: second.starts_at, limit: 200 };
    const day = expect(200, await api.listAppointments({ client: coordinator, query }));
    return day.items.some(({ id }) => id === appointment.id);
  };
  assert.ok(await listed("booked", "cancelled"));
  assert.ok(!(await listed("booked", "completed")));
}

main(process.argv[2] ?? "").catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
