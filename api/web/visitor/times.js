// The free times of one service, day by day.

/** @import { Schemas } from "../types.js" @import { Directory } from "../shared/directory.js" */
import { ask } from "../shared/client.js";
import { byId, element } from "../shared/elements.js";
import { dateOf, dayOf, timeOf } from "../shared/format.js";
import { inEveryLanguage, inWords, labelOf, texts } from "../shared/language.js";
import { attempt } from "../shared/notices.js";
import { wishes } from "./search.js";
import { addressOf, linkTo } from "./where.js";

/** @typedef {Schemas["ServiceView"]} Service @typedef {Schemas["SlotView"]} Slot */

/** How far ahead one search can look, in milliseconds. */
const WINDOW = 56 * 24 * 60 * 60 * 1_000;
const A_PAGE = 40;

export class Times {
  /** @type {Service | null} */
  service = null;
  /** @type {Slot[]} */
  #slots = [];
  /** @type {string | null} */
  #cursor = null;
  /** @type {string | null} */
  #nextAvailable = null;
  #from = new Date();

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

  /** @param {Service} service */
  async show(service) {
    this.service = service;
    await this.#searchFrom(new Date());
  }

  /** What is free by now. */
  async refresh() {
    await this.#searchFrom(this.#from);
  }

  /** @param {Date} from */
  async #searchFrom(from) {
    [this.#slots, this.#cursor, this.#from] = [[], null, from];
    await this.#more();
  }

  async #skip() {
    if (this.#nextAvailable) await this.#searchFrom(new Date(this.#nextAvailable));
  }

  async #more() {
    if (!this.service) return;
    const { language, modality } = wishes();
    const page = await ask("get", "/v1/slots", {
      query: {
        service_id: this.service.id,
        any_counsellor: this.service.format === "individual",
        from: this.#from.toISOString(),
        before: new Date(this.#from.getTime() + WINDOW).toISOString(),
        ...(language && { language }),
        ...(modality && { modality }),
        limit: A_PAGE,
        ...(this.#cursor && { cursor: this.#cursor }),
      },
    });
    this.#slots.push(...page.items);
    this.#cursor = page.next_cursor;
    this.#nextAvailable = page.next_available_at;
    this.#draw();
  }

  #draw() {
    if (!this.service) return;
    const organisation = this.directory.organisations.get(this.service.organisation_id);
    byId("times-service", HTMLElement).textContent = inWords(this.service.name);
    byId("times-organisation", HTMLElement).replaceChildren(linkTo(organisation));
    byId("days", HTMLDivElement).replaceChildren(...this.#days());
    byId("times-lead", HTMLElement).hidden = this.#slots.length === 0;
    byId("times-found", HTMLElement).textContent = texts().timesFound(this.#slots.length);
    byId("later", HTMLButtonElement).hidden = this.#cursor === null;
    this.#drawNothing(organisation);
  }

  /** @param {Schemas["OrganisationView"] | undefined} organisation */
  #drawNothing(organisation) {
    const { nextTime, noTime, askThere } = texts();
    const isEmpty = this.#slots.length === 0;
    byId("no-times", HTMLDivElement).hidden = !isEmpty;
    byId("show-next", HTMLButtonElement).hidden = this.#nextAvailable === null;
    const said = byId("no-times-why", HTMLParagraphElement);
    if (this.#nextAvailable) said.textContent = nextTime(dayOf(this.#nextAvailable, this.#timeZone()));
    else said.replaceChildren(`${noTime} ${askThere} `, linkTo(organisation));
  }

  /** Of the organisation, where no slot tells it. */
  #timeZone() {
    const sites = [...this.directory.sites.values()];
    return sites.find(({ organisation_id }) => organisation_id === this.service?.organisation_id)?.time_zone ?? "UTC";
  }

  #days() {
    /** @type {Map<string, Slot[]>} */
    const days = new Map();
    for (const slot of this.#slots) {
      const date = dateOf(slot.starts_at, slot.time_zone);
      days.set(date, [...(days.get(date) ?? []), slot]);
    }
    return [...days].map(([date, slots]) => this.#day(date, slots));
  }

  /**
   * @param {string} date
   * @param {Slot[]} slots
   */
  #day(date, slots) {
    const day = slots.slice(0, 1).map(({ starts_at, time_zone }) => dayOf(starts_at, time_zone));
    const heading = element("h2", { id: `day-${date}` }, element("time", { datetime: date }, ...day));
    const times = slots.map((slot) => element("li", {}, this.#time(slot)));
    return element("section", { "aria-labelledby": heading.id }, heading, element("ul", { class: "times" }, ...times));
  }

  /** @param {Slot} slot */
  #time(slot) {
    const { starts_at, time_zone } = slot;
    const when = element("time", { datetime: starts_at }, timeOf(starts_at, time_zone));
    const hidden = element("span", { class: "heard" }, `, ${dayOf(starts_at, time_zone)}`);
    const made = element("button", { type: "button", class: "time" }, when, hidden, ...this.#differences(slot));
    made.addEventListener("click", () => attempt(() => this.#take(slot)));
    return made;
  }

  /** @param {Slot} slot */
  async #take(slot) {
    if (this.service) await this.choose(slot, this.service);
  }

  /**
   * What is not the same for all: the ways, the site, and the places of a group.
   *
   * @param {Slot} slot
   */
  #differences(slot) {
    const { placesLeft, modalities } = texts();
    const told = [];
    if (this.service?.format === "group") told.push(placesLeft(slot.places_left));
    if (slot.modalities.length < (this.service?.modalities.length ?? 0)) {
      told.push(slot.modalities.map((way) => labelOf(modalities, way)).join(", "));
    }
    const site = this.directory.sites.get(slot.site_id);
    if (site && this.#slots.some(({ site_id }) => site_id !== slot.site_id)) told.push(addressOf(site));
    return told.map((text) => element("small", {}, text));
  }
}
