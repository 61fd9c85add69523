// What a coordinator does, on the page and beside it.

/** @import { Page } from "playwright-core" */
import { COORDINATOR, RELIEF, ask, coordinator } from "./api.js";
import { TEXTS } from "./visitor.js";

const { de } = TEXTS;
const ORGANISATION = "01900000-0001-7001-8000-000000000001";
const SITE = "01900000-0001-7002-8000-000000000001";
const TONI = "01900000-0001-7004-8000-000000000004";
const ROBIN = "01900000-0001-7004-8000-000000000005";

/**
 * @param {Page} page
 * @param {string} email
 */
export async function signIn(page, email = COORDINATOR.email) {
  await page.getByLabel(de.email).fill(email);
  await page.getByLabel(de.password).fill(COORDINATOR.password);
  await page.getByRole("button", { name: de.signIn }).click();
  await page.locator("#day").waitFor();
}

/**
 * The row of an appointment, on its day.
 *
 * @param {Page} page
 * @param {string} code
 * @param {string} startsAt
 */
export async function rowOf(page, code, startsAt) {
  await page.getByLabel(de.date, { exact: true }).fill(startsAt.slice(0, 10));
  const row = page.getByRole("row").filter({ hasText: code });
  await row.waitFor();
  return row;
}

/**
 * An appointment that starts in so many minutes, whatever time it is: somebody who has no hours on that day
 * opens for one talk.
 *
 * @param {number} minutes
 */
export async function bookSoon(minutes) {
  const start = new Date(Date.now() + minutes * 60_000);
  start.setUTCSeconds(0, 0);
  const isWednesdayOrThursday = [3, 4].includes(start.getUTCDay());
  const counsellor_id = isWednesdayOrThursday ? TONI : ROBIN;
  const [starts_at, ends_at] = [start, new Date(start.getTime() + 30 * 60_000)].map((at) => at.toISOString());
  await ask("POST", "/v1/sessions", {
    token: await coordinator(),
    body: {
      organisation_id: ORGANISATION,
      site_id: SITE,
      counsellor_id,
      service_ids: [RELIEF],
      modalities: ["in_person"],
      starts_at,
      ends_at,
      opens_on_holidays: true,
    },
  });
  const { items } = await ask(
    "GET",
    `/v1/slots?service_id=${RELIEF}&counsellor_id=${counsellor_id}&from=${starts_at}&limit=1`,
  );
  return ask("POST", "/v1/appointments", { body: { slot_id: items[0].id } });
}
