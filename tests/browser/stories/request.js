// What has to be agreed to: asked for by a visitor, answered at the desk, and seen by the visitor again.

/** @import { Page } from "playwright-core" @import { TestContext } from "node:test" */
import assert from "node:assert/strict";
import { test } from "node:test";
import { TELEPHONE, isAccessible, isFocused, open } from "../stage.js";
import { rowOf, signIn } from "../staff.js";
import { TEXTS, book, hold, lookUp } from "../visitor.js";

const { de } = TEXTS;
const COORDINATOR = "coordinator@selbsthilfefreundlichkeit.example";

test("a request that is agreed to becomes an appointment", async (test) => {
  const page = await open(test, "/", TELEPHONE);
  const { kept, startsAt } = await request(page);
  const row = await atTheDesk(test, kept.code, startsAt);
  await row.getByRole("button", { name: de.step.approve }).click();
  await row.getByRole("cell", { name: de.statuses.booked, exact: true }).waitFor();
  await lookUp(page, kept);
  await page.locator("#own-facts").getByText(de.statuses.booked).waitFor();
});

test("who is declined can read why", async (test) => {
  const page = await open(test, "/");
  const { kept, startsAt } = await request(page);
  const row = await atTheDesk(test, kept.code, startsAt);
  const dialog = row.page().getByRole("dialog", { name: de.declineTitle });
  await row.getByRole("button", { name: de.step.decline }).click();
  await isAccessible(row.page());
  await dialog.getByRole("button", { name: de.backToList }).click();
  await row.getByRole("cell", { name: de.statuses.requested, exact: true }).waitFor();
  await row.getByRole("button", { name: de.step.decline }).click();
  await dialog.getByLabel(de.declineReason).fill("Bitte erst zur Schulung kommen.");
  await dialog.getByRole("button", { name: de.decline }).click();
  await row.getByRole("cell", { name: de.statuses.cancelled, exact: true }).waitFor();
  await lookUp(page, kept);
  await page.getByText("Bitte erst zur Schulung kommen.").waitFor();
});

/**
 * Asks for a talk that wants an address or a number, and says so.
 *
 * @param {Page} page
 */
async function request(page) {
  const startsAt = await hold(page, "Erstgespräch");
  await page.getByRole("button", { name: de.book, exact: true }).click();
  const warning = page.getByText(de.problems["contact-required"]);
  await warning.waitFor();
  assert.ok(await warning.evaluate((it) => it.getBoundingClientRect().top >= 0), "it is seen from the end of the form");
  const phone = page.getByRole("textbox", { name: de.phone });
  assert.ok(await isFocused(phone), "what is missing can be typed at once");
  await phone.fill("+49 341 0000002");
  const kept = await book(page);
  assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), de.requestedTitle);
  return { kept, startsAt };
}

/**
 * @param {TestContext} test
 * @param {string} code
 * @param {string} startsAt
 */
async function atTheDesk(test, code, startsAt) {
  const page = await open(test, "/day");
  await signIn(page, COORDINATOR);
  return rowOf(page, code, startsAt);
}
