// What a visitor does on the page, in the words of each language.

/** @import { Page } from "playwright-core" */
import { de } from "../../api/web/texts/de.js";
import { deSimple } from "../../api/web/texts/de-simple.js";
import { en } from "../../api/web/texts/en.js";

export const TEXTS = { de, "de-simple": deSimple, en };

/** What visitors of these stories want, unless they say: a talk that asks for nothing. */
const RELIEF = "Entlastungsgespräch am selben Tag";

/**
 * @param {Page} page
 * @param {string} offer
 */
export async function showTimes(page, offer = RELIEF) {
  await page.getByRole("button", { name: `${de.freeTimes} ${offer}` }).click();
  await page.locator("#days").getByRole("button").first().waitFor();
}

/**
 * The last of the free times that are shown, and its start. The first ones may be gone any minute.
 *
 * @param {Page} page
 */
export async function lastTime(page) {
  const time = page.locator("#days").getByRole("button").last();
  const startsAt = await time.locator("time").getAttribute("datetime");
  return { time, startsAt: startsAt ?? "" };
}

/**
 * From the list of offers to a time that is held.
 *
 * @param {Page} page
 * @param {string} [offer]
 */
export async function hold(page, offer) {
  await showTimes(page, offer);
  const { time, startsAt } = await lastTime(page);
  await time.click();
  await page.locator("#book").waitFor();
  return startsAt;
}

/** @param {Page} page */
export async function book(page) {
  await page.getByRole("button", { name: de.book, exact: true }).click();
  return keys(page);
}

/**
 * Code and secret, as soon as they are shown.
 *
 * @param {Page} page
 */
export async function keys(page) {
  await page.locator("#done").waitFor();
  const [code, secret] = await page.locator("#code, #secret").allTextContents();
  return { code: code ?? "", secret: secret ?? "" };
}

/**
 * Opens the appointment again, with what was kept of it.
 *
 * @param {Page} page
 * @param {{ code: string, secret: string }} keys
 */
export async function lookUp(page, { code, secret }) {
  await page.getByRole("link", { name: de.menuOwn }).click();
  await page.getByLabel(de.code).fill(code);
  await page.getByLabel(de.secret).fill(secret);
  await page.getByRole("button", { name: de.show }).click();
}
