// What the page says: good news politely, refusals at once.

import { Refusal } from "./client.js";
import { byId } from "./elements.js";
import { inEveryLanguage, texts } from "./language.js";

/** @typedef {import("./language.js").Texts} Texts */

/** @type {(texts: Texts) => string} */
let said = () => "";
/** @type {(texts: Texts) => string} */
let warned = () => "";

let isBusy = false;
/** How long nobody wonders whether anything happens, in milliseconds. */
const UNNOTICED = 700;

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
 * Does something that takes its time and can be refused, and says so. One thing at a time: who presses
 * twice means once.
 *
 * @param {() => Promise<void>} act
 */
export async function attempt(act) {
  if (isBusy) return;
  isBusy = true;
  sayNothing();
  const waiting = setTimeout(() => tell(wait), UNNOTICED);
  try {
    await act();
  } catch (error) {
    explain(error);
  } finally {
    clearTimeout(waiting);
    if (said === wait) sayNothing();
    isBusy = false;
  }
}

/** @param {Texts} texts */
const wait = (texts) => texts.wait;

function draw() {
  byId("said", HTMLParagraphElement).textContent = said(texts());
  byId("warned", HTMLParagraphElement).textContent = warned(texts());
}
