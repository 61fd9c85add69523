// Times, days and languages, as people write them. Times are those of the site, wherever the browser is.

import { locale } from "./language.js";

/**
 * @param {string | Date} instant
 * @param {string} timeZone
 * @param {Intl.DateTimeFormatOptions} options
 */
function written(instant, timeZone, options) {
  return new Intl.DateTimeFormat(locale(), { timeZone, ...options }).format(new Date(instant));
}

/**
 * "14:30"
 *
 * @param {string} instant
 * @param {string} timeZone
 */
export const timeOf = (instant, timeZone) => written(instant, timeZone, { timeStyle: "short" });

/**
 * "Mittwoch, 25. November 2026"
 *
 * @param {string} instant
 * @param {string} timeZone
 */
export const dayOf = (instant, timeZone) => written(instant, timeZone, { dateStyle: "full" });

/**
 * "2026-11-25": for sorting into days, and for inputs.
 *
 * @param {string | Date} instant
 * @param {string} timeZone
 */
export function dateOf(instant, timeZone) {
  return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" }).format(new Date(instant));
}

/**
 * "Arabisch (العربية)": for those who look for their own language in a strange one.
 *
 * @param {string} tag
 */
export function languageName(tag) {
  const inOurs = new Intl.DisplayNames([locale()], { type: "language" }).of(tag) ?? tag;
  const inItsOwn = new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
  return inOurs === inItsOwn ? inOurs : `${inOurs} (${inItsOwn})`;
}

/**
 * The instant at which a day begins. Midnight there is looked for at most a day away from midnight
 * UTC, and moved by what the clocks there then show.
 *
 * @param {string} date
 * @param {string} timeZone
 */
export function startOfDay(date, timeZone) {
  const wanted = Date.parse(`${date}T00:00:00Z`);
  const first = wanted - offsetAt(wanted, timeZone);
  return new Date(wanted - offsetAt(first, timeZone));
}

/**
 * How far the clocks of a time zone are ahead of UTC, in milliseconds.
 *
 * @param {number} instant
 * @param {string} timeZone
 */
function offsetAt(instant, timeZone) {
  const clocks = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  return Date.parse(`${clocks.format(instant).replace(" ", "T")}Z`) - instant;
}

/**
 * @param {string} date
 * @param {number} days
 */
export function shifted(date, days) {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}
