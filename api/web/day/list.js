// The day's list: who comes when, and the steps from arriving to leaving.

/**
 * @import { Desk } from "./desk.js"
 * @import { Appointment, Step } from "./steps.js"
 * @typedef {{ desk: Desk, date: string, appointments: Appointment[] }} Shown
 */
import { Refusal, newKey } from "../shared/client.js";
import { everyPage } from "../shared/directory.js";
import { byId } from "../shared/elements.js";
import { dateOf, dayOf, shifted, startOfDay } from "../shared/format.js";
import { inEveryLanguage, labelOf, texts } from "../shared/language.js";
import { tell, warn } from "../shared/notices.js";
import { rowOf } from "./row.js";
import { stageOf } from "./steps.js";

/** Somebody else was faster: what the list shows is not so any more. */
const CHANGED = ["version-conflict", "wrong-status", "already-called", "already-cancelled"];

export class DayList {
  /** @type {Shown | null} */
  #shown = null;

  /** @param {(act: () => Promise<void>) => void} attempt */
  constructor(attempt) {
    this.attempt = attempt;
    this.#onPress("previous", ({ date }) => shifted(date, -1));
    this.#onPress("next", ({ date }) => shifted(date, 1));
    this.#onPress("today", ({ desk }) => todayAt(desk));
    this.#onPress("reload", ({ date }) => date);
    const date = byId("date", HTMLInputElement);
    date.addEventListener("change", () => this.#goTo(() => date.value));
    inEveryLanguage(() => this.#draw());
  }

  /** @param {Desk} desk */
  async open(desk) {
    await this.#show(desk, todayAt(desk));
  }

  /** Leaves nothing for whoever comes to the desk next. */
  close() {
    this.#shown = null;
    byId("rows", HTMLTableSectionElement).replaceChildren();
    byId("who", HTMLElement).textContent = "";
  }

  /**
   * @param {string} id
   * @param {(shown: Shown) => string} wanted
   */
  #onPress(id, wanted) {
    byId(id, HTMLButtonElement).addEventListener("click", () => this.#goTo(wanted));
  }

  /** @param {(shown: Shown) => string} wanted */
  #goTo(wanted) {
    const shown = this.#shown;
    if (shown && wanted(shown)) this.attempt(() => this.#show(shown.desk, wanted(shown)));
  }

  /**
   * @param {Desk} desk
   * @param {string} date
   */
  async #show(desk, date) {
    const from = startOfDay(date, desk.timeZone).toISOString();
    const before = startOfDay(shifted(date, 1), desk.timeZone).toISOString();
    const appointments = await everyPage("/v1/appointments", { from, before }, desk.staff.ask);
    this.#shown = { desk, date, appointments };
    this.#draw();
  }

  #draw() {
    if (!this.#shown) return;
    const { desk, date, appointments } = this.#shown;
    const { appointmentsFound, noAppointments } = texts();
    const { length } = appointments;
    byId("who", HTMLElement).textContent = desk.name;
    byId("day-title", HTMLElement).textContent = dayOf(`${date}T00:00:00Z`, "UTC");
    byId("date", HTMLInputElement).value = date;
    byId("count", HTMLElement).textContent = length ? appointmentsFound(length) : noAppointments;
    byId("appointments", HTMLTableElement).hidden = length === 0;
    const rows = appointments.map((appointment) => rowOf(appointment, desk, (step) => this.#take(step, appointment)));
    byId("rows", HTMLTableSectionElement).replaceChildren(...rows);
  }

  /**
   * @param {Step} step
   * @param {Appointment} appointment
   */
  async #take(step, appointment) {
    const shown = this.#shown;
    const body = await step.question?.();
    if (!shown || body === null) return;
    this.attempt(async () => {
      await this.#record(step, appointment, body, shown);
      focusOnRow(appointment.code);
    });
  }

  /**
   * @param {Step} step
   * @param {Appointment} appointment
   * @param {object | undefined} body
   * @param {Shown} shown
   */
  async #record({ path }, { id, code }, body, { desk, date, appointments }) {
    const wish = { path: { id }, header: { "Idempotency-Key": newKey() }, ...(body && { body }) };
    try {
      const changed = await desk.staff.ask("post", path, wish);
      const others = appointments.map((known) => (known.id === id ? changed : known));
      this.#shown = { desk, date, appointments: others };
      this.#draw();
      tell(({ statuses }) => `${code}: ${labelOf(statuses, stageOf(changed))}`);
    } catch (error) {
      if (!(error instanceof Refusal) || !CHANGED.includes(error.code)) throw error;
      await this.#show(desk, date);
      warn(({ changedMeanwhile }) => changedMeanwhile);
    }
  }
}

/** @param {Desk} desk */
const todayAt = ({ timeZone }) => dateOf(new Date(), timeZone);

/**
 * What was pressed is gone: on to the next step of the same appointment, or to the list.
 *
 * @param {string} code
 */
function focusOnRow(code) {
  const row = byId("rows", HTMLTableSectionElement).querySelector(`[data-code="${code}"]`);
  (row?.querySelector("button") ?? byId("reload", HTMLButtonElement)).focus();
}
