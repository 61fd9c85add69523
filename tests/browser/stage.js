// A page of its own for every story, in a real browser.

/** @import { BrowserContextOptions, Locator, Page } from "playwright-core" @import { TestContext } from "node:test" */
import assert from "node:assert/strict";
import { after } from "node:test";
import axe from "axe-core";
import { chromium } from "playwright-core";

export const PROGRAM = process.env.PROGRAM_URL ?? "http://127.0.0.1:8080";
/** A small telephone. */
export const TELEPHONE = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
after(() => browser.close());

/**
 * Opens a page that must not break, and must load nothing from elsewhere. Its clock is in Japan: times
 * are told as they are at the site all the same.
 *
 * @param {TestContext} test
 * @param {string} path
 * @param {BrowserContextOptions} options
 */
export async function open(test, path, options = {}) {
  const context = await browser.newContext({ locale: "de-DE", timezoneId: "Asia/Tokyo", ...options });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  /** @type {string[]} */
  const broken = [];
  page.on("pageerror", (error) => broken.push(error.message));
  page.on("console", (message) => {
    const isRefusal = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isRefusal) broken.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(PROGRAM)) broken.push(`it asks ${request.url()}`);
  });
  test.after(async () => {
    await context.close();
    assert.deepEqual(broken, []);
  });
  await page.goto(PROGRAM + path);
  return page;
}

/**
 * Nothing on the page breaks a rule of WCAG 2.2 AA or of axe-core's good practice.
 *
 * @param {Page} page
 */
export async function isAccessible(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run());
  const told = violations.map((/** @type {any} */ { id, help, nodes }) => ({
    id,
    help,
    nodes: nodes.map((/** @type {any} */ { target, failureSummary }) => `${target}: ${failureSummary}`),
  }));
  assert.deepEqual(told, [], await page.title());
}

/**
 * Nothing is cut off, and what is to be touched can be met with a thumb.
 *
 * @param {Page} page
 */
export async function fitsTelephones(page) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.equal(overflow, 0, "the page scrolls sideways");
  const small = await page
    .locator("button:visible, select:visible, .choice:visible, nav a:visible")
    .evaluateAll((controls) =>
      controls.filter((it) => it.getBoundingClientRect().height < 44).map((it) => it.outerHTML),
    );
  assert.deepEqual(small, []);
}

/** @param {Locator} control */
export function isFocused(control) {
  return control.evaluate((it) => it === document.activeElement);
}
