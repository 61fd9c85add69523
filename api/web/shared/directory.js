// The directory of the network: few enough organisations to be read at once.

/**
 * @import { Answer, Operation, Schemas } from "../types.js"
 * @typedef {"/v1/organisations" | "/v1/sites" | "/v1/services" | "/v1/counsellors" | "/v1/appointments"} List
 * @typedef {{ services: Schemas["ServiceView"][] } & Places} Directory
 * @typedef {{ organisations: ById<"OrganisationView">, sites: ById<"SiteView"> }} Places
 */
import { ask } from "./client.js";

/**
 * @template {keyof Schemas} Name
 * @typedef {Map<string, Schemas[Name]>} ById
 */

/** @returns {Promise<Directory>} */
export async function readDirectory() {
  const [services, organisations, sites] = await Promise.all([
    everyPage("/v1/services", {}),
    everyPage("/v1/organisations", {}),
    everyPage("/v1/sites", {}),
  ]);
  return { services, organisations: byItsId(organisations), sites: byItsId(sites) };
}

/**
 * @template {List} L
 * @param {L} list
 * @param {Record<string, string>} query
 * @param {typeof ask} [asking] with a token, if it needs one
 * @returns {Promise<Answer<Operation<"get", L>>["items"]>}
 */
export async function everyPage(list, query, asking = ask) {
  /** @type {{ items: any[], next_cursor: string | null }} */
  let page = { items: [], next_cursor: null };
  const items = [];
  do {
    const cursor = page.next_cursor === null ? {} : { cursor: page.next_cursor };
    page = await asking("get", /** @type {List} */ (list), { query: { ...query, ...cursor, limit: 200 } });
    items.push(...page.items);
  } while (page.next_cursor);
  return items;
}

/**
 * @template {{ id: string }} T
 * @param {T[]} items
 */
export function byItsId(items) {
  return new Map(items.map((item) => [item.id, item]));
}
