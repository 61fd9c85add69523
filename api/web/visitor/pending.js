// The booking under way, kept until the visitor is done: whoever loads the page again while the answer
// is out, or before code and secret are written down, repeats it with its key and gets the same answer.
// It stays in this tab, and not for longer than its hold: whoever opens the tab again later, perhaps on a
// shared computer, finds nothing.

/**
 * @import { Schemas } from "../types.js"
 * @typedef {{ key: string, body: Schemas["BookBody"], until: string }} Pending
 */
import { Refusal, ask, newKey } from "../shared/client.js";

const NAME = "sprechstunde.pending";
/** After these it is not known whether the appointment was made: only the same request can tell. */
const UNCERTAIN = ["no-answer", "outcome-unknown", "unavailable", "idempotency-in-progress"];

/** @type {Pending | null} */
let current = stored();

export const isPending = () => current !== null;

/**
 * @param {Schemas["BookBody"]} body
 * @param {string} until
 */
export function keep(body, until) {
  current = { key: newKey(), body, until };
  store(current);
}

export function forget() {
  current = null;
  store(current);
}

/** Sends the booking that is kept. A refusal ends it, unless the outcome is not known. */
export async function send() {
  if (!current) throw new Error("no booking is under way");
  const { key, body } = current;
  try {
    return await ask("post", "/v1/appointments", { header: { "Idempotency-Key": key }, body });
  } catch (error) {
    if (error instanceof Refusal && !UNCERTAIN.includes(error.code)) forget();
    throw error;
  }
}

/** @returns {Pending | null} */
function stored() {
  try {
    const pending = JSON.parse(sessionStorage.getItem(NAME) ?? "null");
    if (Date.parse(pending?.until) > Date.now()) return pending;
  } catch {
    // As in `store`.
  }
  store(null);
  return null;
}

/** @param {Pending | null} pending */
function store(pending) {
  try {
    if (pending) sessionStorage.setItem(NAME, JSON.stringify(pending));
    else sessionStorage.removeItem(NAME);
  } catch {
    // The visitor lets no page store anything: then it lasts as long as the page.
  }
}
