// What the page says: good news politely, refusals at once.

import { Refusal } from "./client.js";
import { byId } from "./elements.js";
import { inEveryLanguage, texts } from "./language.js";

/** @typedef {import("./language.js").Texts} Texts */

/** @type {(texts: Texts) => string} */
let said = () => "";
/** @type {(texts: Texts) => string} */
let warned = () => "";

export function showNotices() {
  inEveryLanguage(draw);
}

/** @param {(texts: Texts) => string} message */
export function tell(message) {
  [said, warned] = [message, () => ""];
  draw();
}

/** @param {(texts: Texts) => string} message */
export function warn(message) {
  [said, warned] = [() => "", message];
  draw();
}

export function sayNothing() {
  tell(() => "");
}

/**
 * Says in the language of the page why something was refused.
 *
 * @param {unknown} error
 */
export function explain(error) {
  if (!(error instanceof Refusal)) throw error;
  warn(({ problems }) => /** @type {Record<string, string>} */ (problems)[error.code] ?? problems.other);
}

/**
 * Does something that can be refused, and says so.
 *
 * @param {() => Promise<void>} act
 */
export async function attempt(act) {
  sayNothing();
  try {
    await act();
  } catch (error) {
    explain(error);
  }
}

function draw() {
  byId("said", HTMLParagraphElement).textContent = said(texts());
  byId("warned", HTMLParagraphElement).textContent = warned(texts());
}
