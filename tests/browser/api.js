// The API, asked by somebody else than the page.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { PROGRAM } from "./stage.js";

/** Of the demo network: a talk that is given on every day, and is booked without any contact. */
export const RELIEF = "01900000-0001-7005-8000-000000000002";
export const COORDINATOR = { email: "coordinator@poliklinik-leipzig.example", password: "sprechstunde-demo" };

/**
 * @param {string} method
 * @param {string} path
 * @param {{ token?: string, header?: Record<string, string>, body?: object }} wish
 */
export async function ask(method, path, { token, header = {}, body } = {}) {
  const headers = new Headers({ "Content-Type": "application/json", ...header });
  if (method === "POST") headers.set("Idempotency-Key", randomUUID());
  if (token) headers.set("Authorization", `Bearer ${token}`);
  const answer = await fetch(PROGRAM + path, { method, headers, body: body && JSON.stringify(body) });
  const content = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${content}`);
  return content && JSON.parse(content);
}

export async function coordinator() {
  return (await ask("POST", "/v1/auth/token", { body: COORDINATOR })).access_token;
}

/**
 * Books the relief talk at a time, for somebody else.
 *
 * @param {string} startsAt
 */
export async function bookAt(startsAt) {
  const from = encodeURIComponent(startsAt);
  const { items } = await ask("GET", `/v1/slots?service_id=${RELIEF}&from=${from}&limit=1`);
  assert.equal(items[0].starts_at, startsAt);
  return ask("POST", "/v1/appointments", { body: { slot_id: items[0].id } });
}

/**
 * How many open appointments of the organisation start at a time.
 *
 * @param {string} startsAt
 */
export async function countAt(startsAt) {
  const token = await coordinator();
  const query = new URLSearchParams({ from: startsAt, before: new Date(Date.parse(startsAt) + 60_000).toISOString() });
  const { items } = await ask("GET", `/v1/appointments?${query}&status=booked`, { token });
  return items.filter((/** @type {any} */ { service_id }) => service_id === RELIEF).length;
}
