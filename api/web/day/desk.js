// Whoever signed in at the desk, and what is read once for all days: names of offers and people.

/**
 * @import { Schemas } from "../types.js"
 * @import { Staff } from "./staff.js"
 * @typedef {Awaited<ReturnType<typeof openDesk>>} Desk
 */
import { byItsId, everyPage } from "../shared/directory.js";

/** @param {Staff} staff */
export async function openDesk(staff) {
  const [me, services, counsellors, sites] = await Promise.all([
    staff.ask("get", "/v1/me", {}),
    everyPage("/v1/services", {}, staff.ask),
    everyPage("/v1/counsellors", {}, staff.ask),
    everyPage("/v1/sites", {}, staff.ask),
  ]);
  return {
    staff,
    name: me.display_name,
    services: byItsId(services),
    counsellors: byItsId(counsellors),
    timeZone: timeZoneOf(me, sites),
  };
}

/**
 * The days are those of a site of the own organisation.
 *
 * @param {Schemas["MeView"]} me
 * @param {Schemas["SiteView"][]} sites
 */
function timeZoneOf({ memberships }, sites) {
  const own = memberships.map(({ organisation_id }) => organisation_id);
  return sites.find(({ organisation_id }) => own.includes(organisation_id))?.time_zone ?? "UTC";
}
