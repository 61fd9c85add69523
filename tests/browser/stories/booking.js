// An appointment is found and booked, with the keyboard alone, in every language, and without a name.

/** @import { Locator, Page } from "playwright-core" */
import assert from "node:assert/strict";
import { test } from "node:test";
import { countAt } from "../api.js";
import { isAccessible, isFocused, open } from "../stage.js";
import { TEXTS, book, hold, keys, lastTime, showTimes } from "../visitor.js";

/** What the talk is called in the demo network. */
const NAMES = {
  de: "Entlastungsgespräch am selben Tag",
  "de-simple": "Schnelle Hilfe: heute reden",
  en: "Same-day relief talk",
};

for (const language of /** @type {const} */ (["de", "de-simple", "en"])) {
  const texts = TEXTS[language];

  test(`a talk is booked anonymously by keyboard alone (${language})`, async (test) => {
    const page = await open(test, `/?language=${language}`);
    await page.getByRole("button", { name: texts.freeTimes }).first().waitFor();
    assert.equal(await page.locator("html").getAttribute("lang"), language);
    await press(page, page.getByRole("button", { name: `${texts.freeTimes} ${NAMES[language]}` }));
    const time = page.locator("#days").getByRole("button").last();
    await time.waitFor();
    await press(page, time);
    const bookNow = page.getByRole("button", { name: texts.book, exact: true });
    await bookNow.waitFor();
    const sent = page.waitForRequest(
      (request) => request.method() === "POST" && request.url().endsWith("/v1/appointments"),
    );
    await press(page, bookNow);
    const { code, secret } = await keys(page);
    await isAccessible(page);
    assert.match(code, /^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    assert.match(secret, /^[0-9A-Z]{26}$/);
    const heading = page.getByRole("heading", { level: 1 });
    assert.equal(await heading.innerText(), texts.doneTitle);
    assert.ok(await isFocused(heading), "a screen reader goes on at the heading");
    const { client, note } = (await sent).postDataJSON();
    assert.deepEqual({ client, note }, { client: null, note: null });
  });
}

for (const path of ["/", "/day"]) {
  test(`every text that ${path} names is there in every language`, async (test) => {
    const page = await open(test, path);
    for (const name of ["Leichte Sprache", "English", "Deutsch"]) {
      await page.getByRole("button", { name }).click();
      const named = page.locator("[data-text]");
      assert.deepEqual(
        await named.evaluateAll((all) => all.filter((it) => !it.textContent).map((it) => it.outerHTML)),
        [],
      );
    }
  });
}

test("choices narrow the offers down, and an empty list says so", async (test) => {
  const page = await open(test, "/");
  const { de } = TEXTS;
  const offers = page.locator("#services > li");
  await offers.first().waitFor();
  const all = await offers.count();
  await page.getByRole("radio", { name: de.topics.psychosocial }).check();
  const wishes = page.locator("#wishes");
  await wishes.getByLabel(de.spoken).selectOption({ label: "Arabisch (العربية)" });
  assert.ok((await offers.count()) < all);
  await wishes.getByLabel(de.modality).selectOption({ label: de.modalities.at_home });
  assert.equal(await page.locator("#found").innerText(), de.noOffers);
});

test("another language keeps what was chosen, and the appointment", async (test) => {
  const page = await open(test, "/");
  await hold(page);
  await page.getByRole("radio", { name: TEXTS.de.modalities.phone }).check();
  await page.getByLabel(TEXTS.de.note).fill("Klingel defekt");
  await page.getByRole("button", { name: "English" }).click();
  assert.ok(await page.getByRole("radio", { name: TEXTS.en.modalities.phone }).isChecked());
  assert.equal(await page.getByLabel(TEXTS.en.note).inputValue(), "Klingel defekt");
  await page.getByRole("button", { name: TEXTS.en.book, exact: true }).click();
  const first = await keys(page);
  await page.getByRole("button", { name: "Leichte Sprache" }).click();
  assert.deepEqual(await keys(page), first);
  assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), TEXTS["de-simple"].doneTitle);
});

test("the times are those of the site, wherever the browser is", async (test) => {
  const page = await open(test, "/");
  const startsAt = await hold(page);
  const shown = await page.locator("#held time").innerText();
  assert.ok(shown.includes(startsAt.slice(11, 16)), `${startsAt}: ${shown}`);
});

test("a circle tells how many places it has left, and takes whoever comes without a name", async (test) => {
  const page = await open(test, "/");
  await showTimes(page, "Gesprächskreis");
  const { time } = await lastTime(page);
  assert.match(await time.innerText(), /1[0-2] Plätze/);
  await time.click();
  assert.ok(await page.locator("#contact").isHidden(), "nothing is asked that is not taken");
  await book(page);
});

test("a time that is not wanted after all is given back", async (test) => {
  const page = await open(test, "/");
  const startsAt = await hold(page);
  const released = page.waitForResponse((answer) => answer.request().method() === "DELETE");
  await page.goBack();
  assert.equal((await released).status(), 204);
  await page.locator("#times").waitFor();
  assert.equal(await countAt(startsAt), 0);
});

/**
 * Goes on with the Tab key until the control has the focus, and presses it.
 *
 * @param {Page} page
 * @param {Locator} control
 */
async function press(page, control) {
  for (let presses = 0; presses < 200; presses++) {
    await page.keyboard.press("Tab");
    if (await isFocused(control)) return page.keyboard.press("Enter");
  }
  assert.fail(`the keyboard never gets to ${control}`);
}
