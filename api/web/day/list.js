// The day's list: who comes when, and the steps from arriving to leaving.

/**
 * @import { Desk } from "./desk.js"
 * @import { Appointment, Step } from "./steps.js"
 */
import { Refusal, newKey } from "../shared/client.js";
import { everyPage } from "../shared/directory.js";
import { button, byId, element } from "../shared/elements.js";
import { dateOf, dayOf, shifted, startOfDay, timeOf } from "../shared/format.js";
import { inEveryLanguage, inWords, labelOf, texts } from "../shared/language.js";
import { tell, warn } from "../shared/notices.js";
import { stageOf, stepsOf } from "./steps.js";

/** Somebody else was faster: what the list shows is not so any more. */
const CHANGED = ["version-conflict", "wrong-status", "already-called", "already-cancelled"];
/** Nobody comes to these any more. */
const OVER = ["completed", "no_show", "cancelled"];

export class DayList {
  /** @type {Desk | null} */
  #desk = null;
  #date = "";
  /** @type {Appointment[]} */
  #appointments = [];

  /** @param {(act: () => Promise<void>) => void} attempt */
  constructor(attempt) {
    this.attempt = attempt;
    const date = byId("date", HTMLInputElement);
    const on = (/** @type {string} */ id, /** @type {() => string} */ wanted) =>
      byId(id, HTMLButtonElement).addEventListener("click", () => attempt(() => this.#show(wanted())));
    on("previous", () => shifted(this.#date, -1));
    on("next", () => shifted(this.#date, 1));
    on("today", () => this.#today());
    on("reload", () => this.#date);
    date.addEventListener("change", () => date.value && attempt(() => this.#show(date.value)));
    inEveryLanguage(() => this.#draw());
  }

  /** @param {Desk} desk */
  async open(desk) {
    this.#desk = desk;
    await this.#show(this.#today());
  }

  /** Leaves nothing for whoever comes to the desk next. */
  close() {
    [this.#desk, this.#appointments] = [null, []];
    byId("rows", HTMLTableSectionElement).replaceChildren();
    byId("who", HTMLElement).textContent = "";
  }

  #today() {
    return dateOf(new Date(), this.#desk?.timeZone ?? "UTC");
  }

  /** @param {string} date */
  async #show(date) {
    if (!this.#desk) return;
    const { staff, timeZone } = this.#desk;
    const day = {
      from: startOfDay(date, timeZone).toISOString(),
      before: startOfDay(shifted(date, 1), timeZone).toISOString(),
    };
    this.#appointments = await everyPage("/v1/appointments", day, staff.ask);
    this.#date = date;
    this.#draw();
  }

  #draw() {
    if (!this.#desk) return;
    const { appointmentsFound, noAppointments } = texts();
    const count = this.#appointments.length;
    const { name, timeZone } = this.#desk;
    byId("who", HTMLElement).textContent = name;
    byId("day-title", HTMLElement).textContent = dayOf(startOfDay(this.#date, timeZone).toISOString(), timeZone);
    byId("date", HTMLInputElement).value = this.#date;
    byId("count", HTMLElement).textContent = count ? appointmentsFound(count) : noAppointments;
    byId("appointments", HTMLTableElement).hidden = count === 0;
    const rows = this.#appointments.map((appointment) => this.#row(appointment, this.#desk));
    byId("rows", HTMLTableSectionElement).replaceChildren(...rows);
  }

  /**
   * @param {Appointment} appointment
   * @param {Desk | null} desk
   */
  #row(appointment, desk) {
    const { starts_at, time_zone, code, service_id, counsellor_id, status } = appointment;
    const service = desk?.services.get(service_id);
    const time = element("time", { datetime: starts_at }, timeOf(starts_at, time_zone));
    const cell = (/** @type {(Node | string)[]} */ ...children) => element("td", { role: "cell" }, ...children);
    return element(
      "tr",
      { role: "row", class: OVER.includes(status) ? "over" : "", "data-code": code },
      element("th", { role: "rowheader", scope: "row" }, time),
      cell(element("code", {}, code)),
      cell(service ? inWords(service.name) : ""),
      cell(desk?.counsellors.get(counsellor_id)?.display_name ?? ""),
      cell(labelOf(texts().statuses, stageOf(appointment))),
      cell(element("div", { class: "actions" }, ...this.#buttons(appointment))),
    );
  }

  /** @param {Appointment} appointment */
  #buttons(appointment) {
    return stepsOf(appointment).map((step) => {
      const take = () => this.attempt(() => this.#take(step, appointment));
      return button(texts().step[step.name], appointment.code, take);
    });
  }

  /**
   * @param {Step} step
   * @param {Appointment} appointment
   */
  async #take(step, { id, code }) {
    if (!this.#desk) return;
    const wish = { path: { id }, header: { "Idempotency-Key": newKey() } };
    try {
      const changed = await this.#desk.staff.ask("post", step.path, wish);
      this.#appointments = this.#appointments.map((known) => (known.id === id ? changed : known));
      this.#draw();
      tell(({ statuses }) => `${code}: ${labelOf(statuses, stageOf(changed))}`);
    } catch (error) {
      if (!(error instanceof Refusal) || !CHANGED.includes(error.code)) throw error;
      await this.#show(this.#date);
      warn(({ changedMeanwhile }) => changedMeanwhile);
    }
    this.#focusOn(code);
  }

  /**
   * What was pressed is gone: on to the next step of the same appointment, or to the list.
   *
   * @param {string} code
   */
  #focusOn(code) {
    const row = byId("rows", HTMLTableSectionElement).querySelector(`[data-code="${code}"]`);
    (row?.querySelector("button") ?? byId("reload", HTMLButtonElement)).focus();
  }
}
