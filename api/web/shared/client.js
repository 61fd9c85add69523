// The API, asked in the types of its own description.

/**
 * @import { Answer, Method, Operation, Path, Schemas, Wish } from "../types.js"
 * @typedef {{ query?: object, path?: object, header?: object, body?: object }} AnyWish
 */

/** The server promises an answer within two seconds; the rest is for the way. */
const PATIENCE = 10_000;
/** The pauses before a request is repeated, in milliseconds. */
const PAUSES = [500, 2_000, 5_000];
/** Nobody is kept waiting for longer by a `Retry-After`. */
const LONGEST_PAUSE = 10_000;

/** Why there was no good answer. */
export class Refusal extends Error {
  /**
   * @param {string} code of the problem, or "no-answer"
   * @param {string} title
   * @param {number | null} pause after which it is worth repeating, in milliseconds
   */
  constructor(code, title, pause = null) {
    super(title);
    this.code = code;
    this.pause = pause;
  }
}

/**
 * Asks the API. What has no second effect is repeated when no answer arrives, or when the server
 * wants some time: reading, and whatever has an `Idempotency-Key`.
 *
 * @template {Method} M
 * @template {Path<M>} P
 * @param {M} method
 * @param {P} path
 * @param {Wish<Operation<M, P>>} wish
 * @param {string} [token] of somebody who signed in
 * @returns {Promise<Answer<Operation<M, P>>>}
 */
export async function ask(method, path, wish, token) {
  const { query = {}, path: places = {}, header = {}, body } = /** @type {AnyWish} */ (wish);
  const headers = new Headers(Object.entries(header));
  if (body) headers.set("Content-Type", "application/json");
  if (token) headers.set("Authorization", `Bearer ${token}`);
  const request = { method: method.toUpperCase(), headers, body: body && JSON.stringify(body) };
  const repeatable = method === "get" || headers.has("Idempotency-Key");
  return patiently(() => send(address(path, places, query), request), repeatable ? PAUSES : []);
}

/** A key under which one wish has its effect once; `randomUUID` would be missing without TLS. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const letters = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return letters.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
}

/**
 * The address, beside this page: so it also works behind a proxy that puts it into a folder.
 *
 * @param {string} path
 * @param {object} places
 * @param {object} query
 */
function address(path, places, query) {
  const filled = Object.entries(places).reduce(
    (path, [name, value]) => path.replace(`{${name}}`, encodeURIComponent(value)),
    path,
  );
  const url = new URL(`.${filled}`, document.baseURI);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.append(name, value);
  }
  return url;
}

/**
 * @template T
 * @param {() => Promise<T>} attempt
 * @param {number[]} pauses
 * @returns {Promise<T>}
 */
async function patiently(attempt, [pause, ...pauses]) {
  try {
    return await attempt();
  } catch (refusal) {
    if (!(refusal instanceof Refusal) || refusal.pause === null || pause === undefined) throw refusal;
    await new Promise((resolve) => setTimeout(resolve, Math.max(pause, refusal.pause ?? 0)));
    return patiently(attempt, pauses);
  }
}

/**
 * @param {URL} url
 * @param {RequestInit} request
 */
async function send(url, request) {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(PATIENCE) });
    if (!response.ok) throw await refusalOf(response);
    return await content(response);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal("no-answer", String(error), 0);
  }
}

/** @param {Response} response */
function content(response) {
  if (response.status === 204) return undefined;
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  return isJson ? response.json() : response.text();
}

/** @param {Response} response */
async function refusalOf(response) {
  const isProblem = response.headers.get("Content-Type") === "application/problem+json";
  if (!isProblem) return new Refusal("internal", response.statusText);
  /** @type {Schemas["ProblemDocument"]} */
  const problem = await response.json();
  return new Refusal(problem.code, problem.title, pauseOf(response, problem.code));
}

/**
 * @param {Response} response
 * @param {string} code
 */
function pauseOf(response, code) {
  if (response.status !== 503 && code !== "idempotency-in-progress") return null;
  const seconds = Number(response.headers.get("Retry-After") ?? 0);
  return Math.min(seconds * 1_000, LONGEST_PAUSE);
}
