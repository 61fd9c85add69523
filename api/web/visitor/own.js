// An appointment that was booked before: opened by code and secret, seen and cancelled.

/**
 * @import { Schemas } from "../types.js"
 * @import { Directory } from "../shared/directory.js"
 * @typedef {{ appointment: Schemas["AppointmentView"], secret: string }} Opened
 */
import { ask, newKey } from "../shared/client.js";
import { agreed } from "../shared/dialogs.js";
import { byId, offer, pair } from "../shared/elements.js";
import { inEveryLanguage, inWords, labelOf, texts } from "../shared/language.js";
import { attempt, tell } from "../shared/notices.js";
import { facts, serviceOf, whereAndHowToCancel } from "./facts.js";

const CANCELLABLE = ["requested", "booked"];

export class OwnAppointment {
  /** @type {Opened | null} */
  #opened = null;
  /** @type {Schemas["CancellationReasonView"][]} */
  #reasons = [];
  #form = byId("find", HTMLFormElement);

  /**
   * @param {Directory} directory
   * @param {(id: string) => void} cancelled
   */
  constructor(directory, cancelled) {
    this.directory = directory;
    this.cancelled = cancelled;
    inEveryLanguage(() => this.#draw());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      attempt(() => this.#find());
    });
    byId("cancel", HTMLButtonElement).addEventListener("click", async () => {
      await attempt(() => this.#readReasons());
      if (await agreed(byId("cancelling", HTMLDialogElement))) attempt(() => this.#cancel());
    });
  }

  /** Leaves nothing for whoever uses the device next. */
  close() {
    this.#opened = null;
    this.#form.reset();
    this.#draw();
  }

  async #find() {
    const code = byId("own-code", HTMLInputElement).value;
    const secret = byId("own-secret", HTMLInputElement).value;
    this.#opened = null;
    this.#draw();
    const appointment = await ask("post", "/v1/appointments/find", { body: { code, secret } });
    this.#opened = { appointment, secret };
    this.#draw();
    tell(({ statuses }) => `${appointment.code}: ${labelOf(statuses, appointment.status)}`);
  }

  async #readReasons() {
    if (!this.#opened) return;
    const { organisation_id } = this.#opened.appointment;
    const { items } = await ask("get", "/v1/cancellation-reasons", { query: { organisation_id } });
    this.#reasons = items.filter(({ staff_only }) => !staff_only);
    this.#draw();
  }

  async #cancel() {
    if (!this.#opened) return;
    const { appointment, secret } = this.#opened;
    const reason_code = byId("reason", HTMLSelectElement).value || null;
    this.#opened.appointment = await ask("post", "/v1/appointments/{id}/cancel", {
      path: { id: appointment.id },
      header: { "Appointment-Secret": secret, "Idempotency-Key": newKey() },
      body: { reason_code },
    });
    this.#draw();
    this.cancelled(appointment.id);
    tell(({ cancelled }) => cancelled);
  }

  #draw() {
    const { noReason, reasonGiven, status, statuses } = texts();
    const reasons = this.#reasons.map(({ code, text }) => pair(code, inWords(text)));
    offer(byId("reason", HTMLSelectElement), [["", noReason], ...reasons]);
    byId("opened", HTMLDivElement).hidden = this.#opened === null;
    if (!this.#opened) return byId("own-facts", HTMLDivElement).replaceChildren();
    const { appointment } = this.#opened;
    const service = serviceOf(appointment, this.directory);
    const isOpen = CANCELLABLE.includes(appointment.status);
    const more = isOpen ? whereAndHowToCancel(appointment, this.directory) : [];
    more.unshift([status, labelOf(statuses, appointment.status)]);
    if (appointment.cancel_reason) more.push([reasonGiven, appointment.cancel_reason]);
    byId("own-facts", HTMLDivElement).replaceChildren(facts(appointment, service, this.directory, more));
    byId("cancel", HTMLButtonElement).hidden = !isOpen;
  }
}
