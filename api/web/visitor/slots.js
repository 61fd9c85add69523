// The search for free times of one service.

/**
 * @import { Schemas } from "../types.js"
 * @typedef {Schemas["ServiceView"]} Service
 * @typedef {Schemas["SlotView"]} Slot
 * @typedef {{ service: Service, from: Date, slots: Slot[], cursor: string | null, nextAvailable: string | null }} Found
 */
import { ask } from "../shared/client.js";
import { wishes } from "./search.js";

/** How far ahead one search looks, in milliseconds: eight weeks. */
const WINDOW = 56 * 24 * 60 * 60 * 1_000;
const A_PAGE = 40;

/**
 * @param {Service} service
 * @param {Date} from
 */
export function search(service, from) {
  return searchOn({ service, from, slots: [], cursor: null, nextAvailable: null });
}

/**
 * The same with one more page.
 *
 * @param {Found} found
 * @returns {Promise<Found>}
 */
export async function searchOn({ service, from, slots, cursor }) {
  const { language, modality } = wishes();
  const { items, next_cursor, next_available_at } = await ask("get", "/v1/slots", {
    query: {
      service_id: service.id,
      any_counsellor: service.format === "individual",
      from: from.toISOString(),
      before: new Date(from.getTime() + WINDOW).toISOString(),
      ...(language && { language }),
      ...(modality && { modality }),
      limit: A_PAGE,
      ...(cursor && { cursor }),
    },
  });
  return { service, from, slots: [...slots, ...items], cursor: next_cursor, nextAvailable: next_available_at };
}
