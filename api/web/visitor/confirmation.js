// What a visitor takes along: code and secret, on the screen, on paper and in the calendar.

/** @import { Schemas } from "../types.js" @import { Directory } from "../shared/directory.js" */
import { ask } from "../shared/client.js";
import { byId, element } from "../shared/elements.js";
import { inEveryLanguage, texts } from "../shared/language.js";
import { attempt } from "../shared/notices.js";
import { facts, momentOf, serviceOf, whereAndHowToCancel } from "./facts.js";
import * as pending from "./pending.js";

export class Confirmation {
  /** @type {Schemas["AppointmentView"] | null} */
  #appointment = null;

  /**
   * @param {Directory} directory
   * @param {() => void} done
   */
  constructor(directory, done) {
    this.directory = directory;
    inEveryLanguage(() => this.#draw());
    byId("address", HTMLElement).textContent = location.origin + location.pathname;
    byId("print", HTMLButtonElement).addEventListener("click", () => print());
    byId("calendar", HTMLButtonElement).addEventListener("click", () => attempt(() => this.#saveCalendar()));
    byId("forget", HTMLButtonElement).addEventListener("click", () => {
      this.forget();
      done();
    });
  }

  hasAny() {
    return this.#appointment !== null;
  }

  /** @param {Schemas["AppointmentView"]} appointment */
  show(appointment) {
    this.#appointment = appointment;
    this.#draw();
  }

  #draw() {
    const appointment = this.#appointment;
    if (!appointment) return;
    const { doneTitle, requestedTitle, answerBy } = texts();
    const { answer_by, time_zone } = appointment;
    byId("done-title", HTMLElement).textContent = answer_by ? requestedTitle : doneTitle;
    byId("answer-by", HTMLElement).textContent = answer_by ? answerBy(momentOf(answer_by, time_zone)) : "";
    byId("code", HTMLElement).textContent = appointment.code;
    byId("secret", HTMLElement).replaceChildren(...inFours(appointment.secret ?? ""));
    const service = serviceOf(appointment, this.directory);
    const more = whereAndHowToCancel(appointment, this.directory);
    byId("booked", HTMLDivElement).replaceChildren(facts(appointment, service, this.directory, more));
  }

  async #saveCalendar() {
    if (!this.#appointment) return;
    const { id, code, secret } = this.#appointment;
    if (!secret) return;
    const entry = await ask("get", "/v1/appointments/{id}/calendar.ics", {
      path: { id },
      header: { "Appointment-Secret": secret },
    });
    const address = URL.createObjectURL(new Blob([entry], { type: "text/calendar" }));
    element("a", { href: address, download: `${code}.ics` }).click();
    URL.revokeObjectURL(address);
  }

  /** @param {string} id */
  isOf(id) {
    return this.#appointment?.id === id;
  }

  /** Leaves nothing for whoever uses the device next. */
  forget() {
    pending.forget();
    this.#appointment = null;
    for (const id of ["code", "secret", "booked"]) byId(id, HTMLElement).replaceChildren();
  }
}

/**
 * Easier to copy by hand, and still one word when it is copied otherwise.
 *
 * @param {string} secret
 */
function inFours(secret) {
  return (secret.match(/.{1,4}/g) ?? []).map((letters) => element("span", {}, letters));
}
