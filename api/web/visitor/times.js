// The free times of one service, day by day.

/**
 * @import { Schemas } from "../types.js"
 * @import { Directory } from "../shared/directory.js"
 * @import { Found, Service, Slot } from "./slots.js"
 */
import { byId, element } from "../shared/elements.js";
import { dateOf, dayOf, timeOf } from "../shared/format.js";
import { inEveryLanguage, labelOf, spoken, texts } from "../shared/language.js";
import { attempt } from "../shared/notices.js";
import { search, searchOn } from "./slots.js";
import { addressOf, linkTo } from "./where.js";

export class Times {
  /** @type {Found | null} */
  #found = null;

  /**
   * @param {Directory} directory
   * @param {(slot: Slot, service: Service) => Promise<void>} choose
   */
  constructor(directory, choose) {
    this.directory = directory;
    this.choose = choose;
    byId("later", HTMLButtonElement).addEventListener("click", () => attempt(() => this.#more()));
    byId("show-next", HTMLButtonElement).addEventListener("click", () => attempt(() => this.#skip()));
    inEveryLanguage(() => this.#draw());
  }

  hasAny() {
    return this.#found !== null;
  }

  /** @param {Service} service */
  async show(service, from = new Date()) {
    this.#found = await search(service, from);
    this.#draw();
  }

  /** What is free by now. */
  async refresh() {
    if (this.#found) await this.show(this.#found.service, this.#found.from);
  }

  async #more() {
    if (this.#found) this.#found = await searchOn(this.#found);
    this.#draw();
  }

  async #skip() {
    if (this.#found?.nextAvailable) await this.show(this.#found.service, new Date(this.#found.nextAvailable));
  }

  #draw() {
    if (!this.#found) return;
    const { service, slots, cursor } = this.#found;
    const organisation = this.directory.organisations.get(service.organisation_id);
    byId("times-service", HTMLElement).replaceChildren(spoken(service.name));
    byId("times-organisation", HTMLElement).replaceChildren(linkTo(organisation));
    byId("days", HTMLDivElement).replaceChildren(...this.#days(this.#found));
    byId("times-lead", HTMLElement).hidden = slots.length === 0;
    byId("times-found", HTMLElement).textContent = texts().timesFound(slots.length);
    byId("later", HTMLButtonElement).hidden = cursor === null;
    this.#drawNothing(this.#found, organisation);
  }

  /**
   * @param {Found} found
   * @param {Schemas["OrganisationView"] | undefined} organisation
   */
  #drawNothing({ service, slots, nextAvailable }, organisation) {
    const { nextTime, noTime, askThere } = texts();
    byId("no-times", HTMLDivElement).hidden = slots.length > 0;
    byId("show-next", HTMLButtonElement).hidden = nextAvailable === null;
    const said = byId("no-times-why", HTMLParagraphElement);
    if (nextAvailable) said.textContent = nextTime(dayOf(nextAvailable, this.#timeZoneOf(service)));
    else said.replaceChildren(`${noTime} ${askThere} `, linkTo(organisation));
  }

  /**
   * Of a site of the organisation, where no slot tells it.
   *
   * @param {Service} service
   */
  #timeZoneOf({ organisation_id }) {
    const sites = [...this.directory.sites.values()];
    return sites.find((site) => site.organisation_id === organisation_id)?.time_zone ?? "UTC";
  }

  /** @param {Found} found */
  #days(found) {
    /** @type {Map<string, Slot[]>} */
    const days = new Map();
    for (const slot of found.slots) {
      const date = dateOf(slot.starts_at, slot.time_zone);
      days.set(date, [...(days.get(date) ?? []), slot]);
    }
    return [...days].map(([date, slots]) => this.#day(date, slots, found));
  }

  /**
   * @param {string} date
   * @param {Slot[]} slots
   * @param {Found} found
   */
  #day(date, slots, found) {
    const name = slots.slice(0, 1).map(({ starts_at, time_zone }) => dayOf(starts_at, time_zone));
    const heading = element("h2", { id: `day-${date}` }, element("time", { datetime: date }, ...name));
    const times = slots.map((slot) => element("li", {}, this.#time(slot, found)));
    return element("section", { "aria-labelledby": heading.id }, heading, element("ul", { class: "times" }, ...times));
  }

  /**
   * @param {Slot} slot
   * @param {Found} found
   */
  #time(slot, found) {
    const { starts_at, time_zone } = slot;
    const when = element("time", { datetime: starts_at }, timeOf(starts_at, time_zone));
    const day = element("span", { class: "heard" }, `, ${dayOf(starts_at, time_zone)}`);
    const made = element("button", { type: "button", class: "time" }, when, day, ...this.#differences(slot, found));
    made.addEventListener("click", () => attempt(() => this.choose(slot, found.service)));
    return made;
  }

  /**
   * What is not the same for all: the places of a group, the ways, and the site.
   *
   * @param {Slot} slot
   * @param {Found} found
   */
  #differences({ places_left, modalities, site_id }, { service, slots }) {
    const told = [];
    if (service.format === "group") told.push(texts().placesLeft(places_left));
    if (modalities.length < service.modalities.length) {
      told.push(modalities.map((way) => labelOf(texts().modalities, way)).join(", "));
    }
    const site = this.directory.sites.get(site_id);
    if (site && slots.some((other) => other.site_id !== site_id)) told.push(addressOf(site));
    return told.map((text) => element("small", {}, text));
  }
}
