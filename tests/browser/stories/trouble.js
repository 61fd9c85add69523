// What goes wrong between a visitor and an appointment, and what comes of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, bookAt, countAt } from "../api.js";
import { isAccessible, open } from "../stage.js";
import { TEXTS, book, hold, keys, lastTime, showTimes } from "../visitor.js";

const { de } = TEXTS;
const BOOKING = "**/v1/appointments";

test("an answer that is lost on its way is asked for again, and nothing is booked twice", async (test) => {
  const page = await open(test, "/");
  const startsAt = await hold(page);
  /** @type {{ key: string | undefined, code: string }[]} */
  const booked = [];
  await page.route(BOOKING, async (route) => {
    const answer = await route.fetch();
    booked.push({ key: route.request().headers()["idempotency-key"], code: (await answer.json()).code });
    if (booked.length === 1) await route.abort("connectionreset");
    else await route.fulfill({ response: answer });
  });
  const { code } = await book(page);
  assert.equal(booked.length, 2);
  assert.deepEqual(booked[0], booked[1], "the same key has the same answer");
  assert.equal(booked[0]?.code, code);
  assert.equal(await countAt(startsAt), 1);
});

test("without a connection the page says so, and the same button goes on where it was", async (test) => {
  const page = await open(test, "/");
  const startsAt = await hold(page);
  await page.route(BOOKING, async (route) => {
    await route.fetch();
    await route.abort("internetdisconnected");
  });
  await page.getByRole("button", { name: de.book, exact: true }).click();
  await page.getByText(de.problems["no-answer"]).waitFor();
  assert.ok(await page.getByLabel(de.note).isDisabled(), "what was sent stays as it is");
  await page.unroute(BOOKING);
  await book(page);
  assert.equal(await countAt(startsAt), 1);
});

test("who loads the page again keeps code and secret until they are done", async (test) => {
  const page = await open(test, "/");
  await hold(page);
  const first = await book(page);
  await page.reload();
  assert.deepEqual(await keys(page), first);
  await page.getByRole("button", { name: de.forget }).click();
  await page.getByText(de.forgotten).waitFor();
  assert.ok(!(await page.content()).includes(first.code));
  await page.reload();
  await page.locator("#search").waitFor();
  assert.ok(await page.locator("#done").isHidden());
});

test("who opens the tab again much later finds nothing", async (test) => {
  const page = await open(test, "/");
  await hold(page);
  const { code } = await book(page);
  await page.clock.setSystemTime(Date.now() + 11 * 60_000);
  await page.reload();
  await page.getByRole("button", { name: de.freeTimes }).first().waitFor();
  assert.ok(!(await page.content()).includes(code));
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});

test("who lets no page store anything books all the same", async (test) => {
  const page = await open(test, "/");
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, "sessionStorage", {
      get: () => {
        throw new DOMException("forbidden", "SecurityError");
      },
    });
  });
  await page.reload();
  await hold(page);
  await book(page);
});

test("who presses twice means once", async (test) => {
  const page = await open(test, "/");
  let holds = 0;
  page.on("request", (request) => (holds += Number(request.url().endsWith("/v1/holds"))));
  await showTimes(page);
  const { time } = await lastTime(page);
  await time.dblclick();
  await page.locator("#book").waitFor();
  assert.equal(holds, 1);
});

test("a time that somebody else takes meanwhile leads back to what is free", async (test) => {
  const page = await open(test, "/");
  await showTimes(page);
  const { time, startsAt } = await lastTime(page);
  await bookAt(startsAt);
  await time.click();
  await page.getByText(de.problems["slot-taken"]).waitFor();
  await page.locator("#times").waitFor();
  assert.equal(await page.locator(`#days [datetime="${startsAt}"]`).count(), 0);
});

test("a hold that is gone leads back to what is free", async (test) => {
  const page = await open(test, "/");
  const held = page.waitForResponse("**/v1/holds");
  await hold(page);
  const { id, token } = await (await held).json();
  await ask("DELETE", `/v1/holds/${id}`, { header: { "Hold-Token": token } });
  await page.getByRole("button", { name: de.book, exact: true }).click();
  await page.getByText(de.problems["hold-expired"]).waitFor();
  await page.locator("#times").waitFor();
});

test("a server that wants a moment gets it", async (test) => {
  const page = await open(test, "/");
  let asked = 0;
  await page.route("**/v1/slots?*", (route) => {
    asked += 1;
    if (asked > 1) return route.continue();
    const problem = { code: "unavailable", title: "temporarily unavailable", status: 503 };
    return route.fulfill({
      status: 503,
      headers: { "Retry-After": "1" },
      contentType: "application/problem+json",
      json: problem,
    });
  });
  await showTimes(page);
  assert.equal(asked, 2);
});

test("where nothing is free the page says when something will be", async (test) => {
  const page = await open(test, "/");
  const emptied = async (/** @type {import("playwright-core").Route} */ route) => {
    const answer = await route.fetch();
    const json = { ...(await answer.json()), items: [], next_cursor: null };
    await route.fulfill({ response: answer, json });
  };
  await page.route("**/v1/slots?*", emptied, { times: 1 });
  await page.getByRole("button", { name: `${de.freeTimes} Entlastung` }).click();
  await page.getByText("Die nächste freie Zeit ist am").waitFor();
  await isAccessible(page);
  await page.getByRole("button", { name: de.showNext }).click();
  await page.locator("#days").getByRole("button").first().waitFor();
});
