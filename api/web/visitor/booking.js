// From a free time to an appointment: held for ten minutes, then booked, without a name unless one is given.

/**
 * @import { Schemas } from "../types.js"
 * @import { Directory } from "../shared/directory.js"
 * @typedef {{ hold: Schemas["HoldView"], service: Schemas["ServiceView"] }} Held
 */
import { ask, newKey } from "../shared/client.js";
import { byId, choices, offer, pair } from "../shared/elements.js";
import { languageName, timeOf } from "../shared/format.js";
import { inEveryLanguage, labelOf, texts } from "../shared/language.js";
import { attempt } from "../shared/notices.js";
import { facts } from "./facts.js";
import * as pending from "./pending.js";
import { wishes } from "./search.js";
import { addressOf } from "./where.js";

export class Booking {
  /** @type {Held | null} */
  #held = null;
  #form = byId("booking", HTMLFormElement);

  /**
   * @param {Directory} directory
   * @param {(appointment: Schemas["AppointmentView"]) => void} booked
   * @param {(error: unknown) => Promise<void>} refused
   */
  constructor(directory, booked, refused) {
    this.directory = directory;
    this.booked = booked;
    inEveryLanguage(() => this.#draw());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      attempt(() => this.#book().catch(refused));
    });
  }

  isHolding() {
    return this.#held !== null;
  }

  /**
   * @param {Schemas["SlotView"]} slot
   * @param {Schemas["ServiceView"]} service
   */
  async hold(slot, service) {
    const { language } = wishes();
    const body = { slot_id: slot.id, ...(language && { language }) };
    const hold = await ask("post", "/v1/holds", { header: { "Idempotency-Key": newKey() }, body });
    pending.forget();
    this.#held = { hold, service };
    this.#form.reset();
    this.#draw();
    if (language) byId("spoken", HTMLSelectElement).value = language;
  }

  /** Gives the time back; what cannot be given back runs out by itself. */
  release() {
    if (!this.#held) return;
    const { id, token } = this.#held.hold;
    this.#held = null;
    pending.forget();
    ask("delete", "/v1/holds/{id}", { path: { id }, header: { "Hold-Token": token } }).catch(() => {});
  }

  async #book() {
    if (!this.#held) return;
    const { hold } = this.#held;
    if (!pending.isPending()) pending.keep(this.#wanted(hold), hold.expires_at);
    this.#freeze();
    try {
      const appointment = await pending.send();
      this.#held = null;
      this.booked(appointment);
    } finally {
      this.#freeze();
    }
  }

  /** What was sent cannot be changed until its outcome is known. */
  #freeze() {
    byId("booking-fields", HTMLFieldSetElement).disabled = this.#held !== null && pending.isPending();
  }

  /**
   * @param {Schemas["HoldView"]} hold
   * @returns {Schemas["BookBody"]}
   */
  #wanted({ id, token }) {
    const given = new FormData(this.#form);
    const text = (/** @type {string} */ name) => given.get(name)?.toString().trim() || null;
    const client = { name: text("name"), phone: text("phone"), email: text("email") };
    const isAnonymous = Object.values(client).every((value) => value === null);
    return {
      hold_id: id,
      hold_token: token,
      modality: text("way"),
      language: text("spoken"),
      note: text("note"),
      interpreter_needed: false,
      client: isAnonymous ? null : client,
    };
  }

  #draw() {
    if (!this.#held) return;
    const { hold, service } = this.#held;
    const { slot } = hold;
    byId("held", HTMLDivElement).replaceChildren(facts(slot, service, this.directory));
    byId("held-until", HTMLElement).textContent = texts().heldUntil(timeOf(hold.expires_at, slot.time_zone));
    this.#offerWays(slot);
    this.#offerLanguages(slot);
    this.#askForContact(service);
  }

  /** @param {Schemas["SlotView"]} slot */
  #offerWays({ modalities, site_id }) {
    const site = this.directory.sites.get(site_id);
    const wish = new FormData(this.#form).get("way")?.toString() ?? wishes().modality;
    const chosen = modalities.find((way) => way === wish) ?? modalities[0] ?? "";
    const ways = modalities.map((way) => {
      const label = labelOf(texts().modalities, way);
      return pair(way, way === "in_person" && site ? `${label}: ${addressOf(site)}` : label);
    });
    byId("ways", HTMLDivElement).replaceChildren(...choices("way", chosen, ways));
  }

  /** @param {Schemas["SlotView"]} slot */
  #offerLanguages({ languages }) {
    const known = languages.map((tag) => pair(tag, languageName(tag)));
    byId("spoken-choice", HTMLParagraphElement).hidden = known.length < 2;
    offer(byId("spoken", HTMLSelectElement), [["", texts().everyLanguage], ...known]);
  }

  /**
   * Folded away where it is free to give, and not asked at all where it is not taken.
   *
   * @param {Schemas["ServiceView"]} service
   */
  #askForContact({ contact_rule }) {
    const contact = byId("contact", HTMLDetailsElement);
    const isRequired = contact_rule === "required";
    contact.hidden = contact_rule === "none";
    contact.open ||= isRequired;
    byId("contact-title", HTMLElement).textContent = isRequired ? texts().contact : texts().reachable;
    byId("contact-lead", HTMLElement).textContent = isRequired ? texts().contactLead : texts().reachableLead;
  }
}
