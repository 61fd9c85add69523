// An appointment that was booked is opened with what the visitor kept, printed, put into a calendar, cancelled.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { countAt } from "../api.js";
import { open } from "../stage.js";
import { TEXTS, book, hold, lookUp } from "../visitor.js";

const { de } = TEXTS;

test("code and secret open the appointment, and cancel it", async (test) => {
  const page = await open(test, "/");
  const startsAt = await hold(page);
  const kept = await book(page);
  await lookUp(page, kept);
  await page.getByRole("button", { name: de.cancel }).click();
  const dialog = page.getByRole("dialog", { name: de.cancelTitle });
  await dialog.getByLabel(de.reason).selectOption({ index: 1 });
  await dialog.getByRole("button", { name: de.cancel }).click();
  await page.getByText(de.cancelled).waitFor();
  assert.equal(await page.locator("#own-facts").getByText(de.statuses.cancelled).count(), 1);
  assert.equal(await countAt(startsAt), 0);
  await page.reload();
  assert.ok(await page.locator("#done").isHidden(), "what was cancelled is not shown as booked again");
});

test("a wrong word opens nothing, and nothing is left behind on the page", async (test) => {
  const page = await open(test, "/");
  await hold(page);
  const kept = await book(page);
  await lookUp(page, { ...kept, secret: "0".repeat(26) });
  await page.getByText(de.problems["not-found"]).waitFor();
  await page.getByLabel(de.secret).fill(kept.secret.toLowerCase());
  await page.getByRole("button", { name: de.show }).click();
  await page.locator("#own-facts").getByText(de.statuses.booked).waitFor();
  await page.getByRole("link", { name: de.menuFind }).click();
  await page.getByRole("link", { name: de.menuOwn }).click();
  assert.equal(await page.getByLabel(de.secret).inputValue(), "");
  assert.ok(await page.locator("#opened").isHidden());
});

test("on paper there are code, secret, place, time and the way to cancel, and no buttons", async (test) => {
  const page = await open(test, "/");
  await hold(page);
  const { code } = await book(page);
  await page.emulateMedia({ media: "print" });
  const paper = await page.locator("body").innerText();
  for (const word of [code, de.secret, "Taubestraße 2", de.when, de.cancelling, page.url().split("#")[0] ?? ""]) {
    assert.ok(paper.includes(word), `${word} is missing on paper`);
  }
  assert.equal(await page.locator("button:visible, nav:visible, select:visible").count(), 0);
});

test("the appointment goes into a calendar without a word of what it is about", async (test) => {
  const page = await open(test, "/");
  await hold(page);
  await book(page);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: de.calendar }).click(),
  ]);
  const entry = await readFile(await download.path(), "utf8");
  assert.match(entry, /^BEGIN:VCALENDAR/);
  assert.ok(!entry.includes("Entlastung"), entry);
});
