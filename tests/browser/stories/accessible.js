// Every view, light and dark, wide and on a small telephone: no barrier that axe-core knows, nothing cut off.

import { test } from "node:test";
import { TELEPHONE, fitsTelephones, isAccessible, open } from "../stage.js";
import { signIn } from "../staff.js";
import { TEXTS, book, hold, lookUp, showTimes } from "../visitor.js";

const { de } = TEXTS;
const SCREENS = {
  "light and wide": { colorScheme: "light" },
  "dark and wide": { colorScheme: "dark" },
  "light on a telephone": { colorScheme: "light", ...TELEPHONE },
  "dark on a telephone": { colorScheme: "dark", ...TELEPHONE },
};

for (const [screen, options] of Object.entries(SCREENS)) {
  const settings = /** @type {import("playwright-core").BrowserContextOptions} */ (options);

  test(`a visitor meets no barrier (${screen})`, async (test) => {
    const page = await open(test, "/", settings);
    const check = async () => {
      await isAccessible(page);
      if (settings.isMobile) await fitsTelephones(page);
    };
    await page.getByRole("button", { name: de.freeTimes }).first().waitFor();
    await check();
    await showTimes(page);
    await check();
    await page.goBack();
    await hold(page, "Psychosoziale Beratung");
    await page.locator("#contact summary").click();
    await check();
    const kept = await book(page);
    await check();
    await lookUp(page, { ...kept, secret: "wrong" });
    await page.getByText(de.problems["not-found"]).waitFor();
    await check();
    await page.getByLabel(de.secret).fill(kept.secret);
    await page.getByRole("button", { name: de.show }).click();
    await page.getByRole("button", { name: de.cancel }).click();
    await page.getByRole("dialog").waitFor();
    await check();
  });

  test(`nor does a coordinator (${screen})`, async (test) => {
    const page = await open(test, "/day", settings);
    await isAccessible(page);
    if (settings.isMobile) await fitsTelephones(page);
    await signIn(page);
    await isAccessible(page);
    if (settings.isMobile) await fitsTelephones(page);
  });
}
