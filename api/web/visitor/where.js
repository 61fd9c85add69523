// Where an appointment takes place, and who gives it.

/** @import { Schemas } from "../types.js" @import { Directory } from "../shared/directory.js" */
import { element } from "../shared/elements.js";
import { inWords, spoken, texts } from "../shared/language.js";

/**
 * @param {Pick<Schemas["AppointmentView"], "modality" | "site_id">} appointment
 * @param {Directory} directory
 * @param {boolean} isReachable whether the visitor can be called
 */
export function where({ modality, site_id }, { sites }, isReachable) {
  const { byPhone, byPhoneUnknown, byVideo, atHome } = texts();
  if (modality === "phone") return isReachable ? byPhone : byPhoneUnknown;
  if (modality === "video") return byVideo;
  if (modality === "at_home") return atHome;
  const site = sites.get(site_id);
  return site ? addressOf(site) : "";
}

/** @param {Schemas["SiteView"]} site */
export function addressOf({ name, street, postal_code, city }) {
  return `${inWords(name)}, ${street}, ${postal_code} ${city}`;
}

/** @param {Schemas["OrganisationView"] | undefined} organisation */
export function linkTo(organisation) {
  if (!organisation) return "";
  const name = spoken(organisation.name);
  return organisation.website ? element("a", { href: organisation.website, rel: "noreferrer" }, name) : name;
}
