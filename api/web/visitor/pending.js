// The booking under way, kept until the visitor is done: whoever loads the page again while the answer
// is out, or before code and secret are written down, repeats it with its key and gets the same answer.
// It stays in this tab and goes with it.

/**
 * @import { Schemas } from "../types.js"
 * @typedef {{ key: string, body: Schemas["BookBody"] }} Pending
 */
import { Refusal, ask, newKey } from "../shared/client.js";

const NAME = "sprechstunde.pending";
/** After these it is not known whether the appointment was made: only the same request can tell. */
const UNCERTAIN = ["no-answer", "outcome-unknown", "unavailable", "idempotency-in-progress"];

/** @type {Pending | null} */
let current = stored();

export const isPending = () => current !== null;

/** @param {Schemas["BookBody"]} body */
export function keep(body) {
  current = { key: newKey(), body };
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
    return JSON.parse(sessionStorage.getItem(NAME) ?? "null");
  } catch {
    return null;
  }
}

/** @param {Pending | null} pending */
function store(pending) {
  try {
    sessionStorage.setItem(NAME, JSON.stringify(pending));
  } catch {
    // The visitor lets no page store anything: then it lasts as long as the page.
  }
}
