// The day at the desk: who comes, the steps from arriving to leaving, and somebody who is faster.

/** @import { Page, Route } from "playwright-core" */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, coordinator } from "../api.js";
import { open } from "../stage.js";
import { bookSoon, rowOf, signIn } from "../staff.js";
import { TEXTS } from "../visitor.js";

const { de } = TEXTS;

test("a coordinator signs in, and takes an appointment from arriving to leaving", async (test) => {
  const { code, starts_at } = await bookSoon(10);
  const page = await open(test, "/day");
  await signIn(page);
  const row = await rowOf(page, code, starts_at);
  assert.ok((await row.innerText()).includes(starts_at.slice(11, 16)), "the time is that of the site");
  const { step, statuses } = de;
  for (const [button, status] of [
    [step.checkIn, statuses.checked_in],
    [step.call, statuses.called],
    [step.start, statuses.started],
    [step.complete, statuses.completed],
  ]) {
    await row.getByRole("button", { name: `${button} ${code}` }).click();
    await page.getByText(`${code}: ${status}`).waitFor();
    await row.getByRole("cell", { name: status, exact: true }).waitFor();
  }
  assert.equal(await row.getByRole("button").count(), 0);
});

test("who was slower is told, and sees what has become of it", async (test) => {
  const { id, code, starts_at } = await bookSoon(50);
  const page = await open(test, "/day");
  await signIn(page);
  const row = await rowOf(page, code, starts_at);
  await ask("POST", `/v1/appointments/${id}/check-in`, { token: await coordinator() });
  await row.getByRole("button", { name: de.step.checkIn }).click();
  await page.getByText(de.changedMeanwhile).waitFor();
  await row.getByRole("cell", { name: de.statuses.checked_in, exact: true }).waitFor();
});

test("a step is not offered before its time", async (test) => {
  const { code, starts_at } = await bookSoon(3 * 24 * 60);
  const page = await open(test, "/day");
  await signIn(page);
  const row = await rowOf(page, code, starts_at);
  assert.equal(await row.getByRole("button").count(), 0);
});

test("a day lasts from midnight to midnight at the site, also where the clocks are changed", async (test) => {
  const page = await open(test, "/day");
  await signIn(page);
  for (const [day, from, before] of [
    ["2027-03-28", "2027-03-27T23:00:00.000Z", "2027-03-28T22:00:00.000Z"],
    ["2027-10-31", "2027-10-30T22:00:00.000Z", "2027-10-31T23:00:00.000Z"],
    ["2027-12-31", "2027-12-30T23:00:00.000Z", "2027-12-31T23:00:00.000Z"],
  ]) {
    const asked = page.waitForRequest("**/v1/appointments?*");
    await page.getByLabel(de.date, { exact: true }).fill(day ?? "");
    const { searchParams } = new URL((await asked).url());
    assert.deepEqual([searchParams.get("from"), searchParams.get("before")], [from, before]);
    await page.getByText(de.noAppointments).waitFor();
  }
  await page.getByRole("heading", { name: "Freitag, 31. Dezember 2027" }).waitFor();
  await page.getByRole("button", { name: de.nextDay }).click();
  await page.getByRole("heading", { name: "Samstag, 1. Januar 2028" }).waitFor();
  await page.getByRole("button", { name: de.previousDay }).click();
  await page.getByRole("heading", { name: "Freitag, 31. Dezember 2027" }).waitFor();
});

test("a wrong password opens nothing", async (test) => {
  const page = await open(test, "/day");
  await page.getByLabel(de.email).fill("coordinator@poliklinik-leipzig.example");
  await page.getByLabel(de.password).fill("not the password");
  await page.getByRole("button", { name: de.signIn }).click();
  await page.getByText(de.problems.unauthenticated).waitFor();
  assert.ok(await page.locator("#day").isHidden());
});

test("a worn-out token is renewed without a word", async (test) => {
  const page = await open(test, "/day");
  await signIn(page);
  await wearOut(page);
  const renewed = page.waitForResponse("**/v1/auth/refresh");
  await page.getByRole("button", { name: de.reload }).click();
  assert.equal((await renewed).status(), 200);
  await page.locator("#count").waitFor();
  assert.equal(await page.locator("#warned").innerText(), "");
});

test("who was signed out elsewhere signs in again, and sees nothing until then", async (test) => {
  const page = await open(test, "/day");
  const answer = page.waitForResponse("**/v1/auth/token");
  await signIn(page);
  const { refresh_token } = await (await answer).json();
  await ask("POST", "/v1/auth/revoke", { body: { refresh_token } });
  await wearOut(page);
  await page.getByRole("button", { name: de.reload }).click();
  await page.getByText(de.signInAgain).waitFor();
  assert.ok(await page.locator("#day").isHidden());
  assert.equal(await page.locator("#rows").innerText(), "");
});

test("signing out, or loading the page again, leaves nothing at the desk", async (test) => {
  const { code, starts_at } = await bookSoon(90);
  const page = await open(test, "/day");
  await signIn(page);
  await rowOf(page, code, starts_at);
  await page.getByRole("button", { name: de.signOut }).click();
  await page.getByText(de.signedOut).waitFor();
  assert.ok(!(await page.content()).includes(code));
  await signIn(page);
  await page.reload();
  await page.getByRole("button", { name: de.signIn }).waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length + localStorage.length), 0);
});

/**
 * Lets the page's next question for appointments go out with a token that is good for nothing.
 *
 * @param {Page} page
 */
async function wearOut(page) {
  const worn = (/** @type {Route} */ route) =>
    route.continue({ headers: { ...route.request().headers(), authorization: "Bearer worn.out.token" } });
  await page.route("**/v1/appointments?*", worn, { times: 1 });
}
