// What both stories need: an administrator's wishes as plain objects, and strictness about answers.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

export const key = (): string => randomUUID();

export const signIn = (role: string) => ({
  email: `${role}@poliklinik-leipzig.example`,
  password: "sprechstunde-demo",
});

export const service = (organisation_id: string, topic: string) => ({
  organisation_id,
  name: { de: "Sprechstunde in TypeScript" },
  topic,
  format: "individual",
  modalities: ["phone", "in_person"],
  length_minutes: 30,
  minimum_notice_minutes: 0,
  cancellation_deadline_minutes: 0,
  published: true,
});

export const counsellor = (organisation_id: string) => ({
  organisation_id,
  display_name: "Anders Beispiel",
});

export const schedule = (organisation_id: string, counsellor_id: string, service_id: string) => ({
  organisation_id,
  counsellor_id,
  site_id: "01900000-0001-7002-8000-000000000001",
  service_ids: [service_id],
  modalities: ["phone"],
  rule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU",
  starts: "09:00",
  ends: "11:00",
  valid_from: new Date(Date.now() + 86_400_000).toISOString().slice(0, 10),
  opens_on_holidays: true,
});

interface Answer<Data, Refusal> {
  data?: Data | undefined;
  error?: Refusal | undefined;
  response?: Response | undefined;
}

export function expect<Data, Refusal>(
  status: number,
  answer: Answer<Data, Refusal>,
): NonNullable<Data> {
  assert.equal(answer.response?.status, status, JSON.stringify(answer.error));
  assert.ok(answer.data !== undefined && answer.data !== null);
  return answer.data;
}

export function refused<Data, Refusal>(
  status: number,
  answer: Answer<Data, Refusal>,
): NonNullable<Refusal> {
  assert.equal(answer.response?.status, status, JSON.stringify(answer.data));
  assert.ok(answer.error !== undefined && answer.error !== null);
  return answer.error;
}
