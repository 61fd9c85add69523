// Takes the pictures of README.md.

import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { ask, coordinator } from "./api.js";
import { open } from "./stage.js";
import { bookSoon, signIn } from "./staff.js";
import { TEXTS } from "./visitor.js";

const { de } = TEXTS;
const SCREEN = { viewport: { width: 1000, height: 760 }, timezoneId: "Europe/Berlin" };

/** @param {string} name */
const picture = (name) => ({ path: fileURLToPath(new URL(`pictures/${name}.png`, import.meta.url)) });

test("the visitor's page", async (test) => {
  const page = await open(test, "/", SCREEN);
  await page.getByRole("radio", { name: de.topics.psychosocial }).check();
  await page.getByRole("button", { name: de.freeTimes }).first().waitFor();
  await page.screenshot(picture("visitor"));
});

test("the day at the desk", async (test) => {
  const page = await open(test, "/day", SCREEN);
  await signIn(page);
  for (const { id, starts_at } of [await bookSoon(15), await bookSoon(45)]) {
    await page.getByLabel(de.date, { exact: true }).fill(starts_at.slice(0, 10));
    await ask("POST", `/v1/appointments/${id}/check-in`, { token: await coordinator() });
  }
  await page.getByRole("button", { name: de.reload }).click();
  await page.getByRole("button", { name: de.step.call }).first().click();
  await page.locator("#said:not(:empty)").waitFor();
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot(picture("day"));
});
