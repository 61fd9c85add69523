// A story of booking, told with openapi-fetch on the types of openapi-typescript.

import assert from "node:assert/strict";
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "../generated/typescript/schema.js";
import { counsellor, expect, key, refused, schedule, service, signIn } from "./given.js";

type Schemas = components["schemas"];
type Api = Client<paths>;

const once = () => ({ header: { "Idempotency-Key": key() } });

async function staff(baseUrl: string, role: string): Promise<Api> {
  const api = createClient<paths>({ baseUrl });
  const token = expect(200, await api.POST("/v1/auth/token", { body: signIn(role) }));
  const headers = { Authorization: `Bearer ${token.access_token}` };
  return createClient<paths>({ baseUrl, headers });
}

async function setUp(administrator: Api, coordinator: Api): Promise<Schemas["ServiceView"]> {
  const me = expect(200, await coordinator.GET("/v1/me"));
  const organisation = me.memberships[0]?.organisation_id;
  assert.ok(organisation);
  const made = expect(
    201,
    await administrator.POST("/v1/services", {
      body: service(organisation, "typescript"),
      params: once(),
    }),
  );
  const talksWith = expect(
    201,
    await administrator.POST("/v1/counsellors", {
      body: counsellor(organisation),
      params: once(),
    }),
  );
  const body = schedule(organisation, talksWith.id, made.id);
  expect(201, await coordinator.POST("/v1/schedules", { body, params: once() }));
  return made;
}

// A merge patch sets a field, null removes it, and what is left out stays.
async function change(administrator: Api, service: Schemas["ServiceView"]): Promise<void> {
  assert.equal(service.description, null);
  const patch = (etag: string, body: Schemas["ServicePatch"]) =>
    administrator.PATCH("/v1/services/{id}", {
      params: { path: { id: service.id }, header: { "If-Match": etag } },
      headers: { "Content-Type": "application/merge-patch+json" },
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
async function free(visitor: Api, service: Schemas["ServiceView"]): Promise<Schemas["SlotView"][]> {
  const slots: Schemas["SlotView"][] = [];
  let pages = 0;
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const query = { service_id: service.id, limit: 5, ...(cursor && { cursor }) };
    const answer = await visitor.GET("/v1/slots", { params: { query } });
    const page: Schemas["SlotPage"] = expect(200, answer);
    assert.equal(page.next_cursor !== null, answer.response.headers.has("Link"));
    slots.push(...page.items);
    cursor = page.next_cursor;
    pages += 1;
  }
  assert.ok(pages > 2 && new Set(slots.map((slot) => slot.id)).size === slots.length);
  return slots;
}

async function book(
  visitor: Api,
  slot: Schemas["SlotView"],
): Promise<Schemas["AppointmentView"]> {
  const held = await visitor.POST("/v1/holds", { body: { slot_id: slot.id }, params: once() });
  const hold = expect(201, held);
  assert.equal(hold.slot.starts_at, slot.starts_at);
  const request = { body: { hold_id: hold.id, hold_token: hold.token }, params: once() };
  const appointment = expect(201, await visitor.POST("/v1/appointments", request));
  const again = expect(201, await visitor.POST("/v1/appointments", request));
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
  const visitor = createClient<paths>({ baseUrl });
  const [first, second] = await free(visitor, service);
  assert.ok(first && second);
  const appointment = await book(visitor, first);
  assert.ok(appointment.secret);
  const params = {
    path: { id: appointment.id },
    header: { "Appointment-Secret": appointment.secret },
  };

  const taken = refused(
    409,
    await visitor.POST("/v1/appointments", { body: { slot_id: first.id }, params: once() }),
  );
  assert.deepEqual([taken.code, taken.status], ["slot-taken", 409]);
  const nameless = refused(
    400,
    await visitor.POST("/v1/appointments", {
      body: { slot_id: second.id },
      params: { header: { "Idempotency-Key": "again" } },
    }),
  );
  assert.equal(nameless.errors[0]?.header, "Idempotency-Key");

  const body = { slot_id: second.id };
  const moved = await visitor.POST("/v1/appointments/{id}/reschedule", { body, params });
  assert.equal(expect(200, moved).starts_at, second.starts_at);
  const entry = await visitor.GET("/v1/appointments/{id}/calendar.ics", {
    params,
    parseAs: "text",
  });
  assert.ok(expect(200, entry).startsWith("BEGIN:VCALENDAR"));

  const cancelled = await visitor.POST("/v1/appointments/{id}/cancel", {
    params,
    body: { reason: "another time" },
  });
  const ended = expect(200, cancelled);
  assert.deepEqual([ended.status, ended.cancelled_by], ["cancelled", "visitor"]);

  const listed = async (...status: string[]): Promise<boolean> => {
    const query = { status, from: second.starts_at, limit: 200 };
    const day = expect(200, await coordinator.GET("/v1/appointments", { params: { query } }));
    return day.items.some(({ id }) => id === appointment.id);
  };
  assert.ok(await listed("booked", "cancelled"));
  assert.ok(!(await listed("booked", "completed")));
}

main(process.argv[2] ?? "").catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
