// What the page says: good news politely, refusals at once.

/** @import { Texts } from "./language.js" */
import { Refusal } from "./client.js";
import { byId } from "./elements.js";
import { inEveryLanguage, texts } from "./language.js";

/** @type {(texts: Texts) => string} */
let said = () => "";
/** @type {(texts: Texts) => string} */
let warned = () => "";

/** @type {Promise<void> | null} */
let underWay = null;
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
 * Says in the language of the page why something was refused. What was no refusal is a mistake of the page.
 *
 * @param {unknown} error
 */
export function explain(error) {
  const code = error instanceof Refusal ? error.code : "other";
  warn(({ problems }) => /** @type {Record<string, string>} */ (problems)[code] ?? problems.other);
  if (!(error instanceof Refusal)) throw error;
}

/**
 * Does something that takes its time and can be refused, and says so. One thing at a time: who presses
 * twice means once.
 *
 * @param {() => Promise<void>} act
 */
export function attempt(act) {
  underWay ??= say(act).finally(() => (underWay = null));
  return underWay;
}

/**
 * The same, after what is under way.
 *
 * @param {() => Promise<void>} act
 */
export async function attemptNext(act) {
  while (underWay) await underWay;
  return attempt(act);
}

/** @param {() => Promise<void>} act */
async function say(act) {
  sayNothing();
  const waiting = setTimeout(() => tell(wait), UNNOTICED);
  try {
    await act();
  } catch (error) {
    explain(error);
  } finally {
    clearTimeout(waiting);
    if (said === wait) sayNothing();
  }
}

/** @param {Texts} texts */
const wait = (texts) => texts.wait;

function draw() {
  byId("said", HTMLParagraphElement).textContent = said(texts());
  byId("warned", HTMLParagraphElement).textContent = warned(texts());
}
