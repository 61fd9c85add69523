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
import { attempt, attemptNext, tell, warn } from "../shared/notices.js";
import { rowOf } from "./row.js";
import { stageOf } from "./steps.js";

/** Somebody else was faster: what the list shows is not so any more. */
const CHANGED = ["version-conflict", "wrong-status", "already-called", "already-cancelled"];

export class DayList {
  /** @type {Shown | null} */
  #shown = null;
  /** The day that is to be shown; ahead of the one that is, while it is read. */
  #wanted = "";

  /** @param {(act: () => Promise<void>) => Promise<void>} signedIn does what needs a token */
  constructor(signedIn) {
    this.signedIn = signedIn;
    this.#onPress("previous", () => shifted(this.#wanted, -1));
    this.#onPress("next", () => shifted(this.#wanted, 1));
    this.#onPress("today", todayAt);
    this.#onPress("reload", () => this.#wanted);
    const date = byId("date", HTMLInputElement);
    date.addEventListener("change", () => date.value && this.#goTo(date.value));
    inEveryLanguage(() => this.#draw());
  }

  /** @param {Desk} desk */
  async open(desk) {
    this.#wanted = todayAt(desk);
    await this.#show(desk);
  }

  /** Leaves nothing for whoever comes to the desk next. */
  close() {
    this.#shown = null;
    byId("rows", HTMLTableSectionElement).replaceChildren();
    byId("who", HTMLElement).textContent = "";
  }

  /**
   * @param {string} id
   * @param {(desk: Desk) => string} wanted
   */
  #onPress(id, wanted) {
    byId(id, HTMLButtonElement).addEventListener("click", () => {
      if (this.#shown) this.#goTo(wanted(this.#shown.desk));
    });
  }

  /** @param {string} date */
  #goTo(date) {
    this.#wanted = date;
    attemptNext(async () => {
      const desk = this.#shown?.desk;
      if (desk) await this.signedIn(() => this.#show(desk));
    });
  }

  /** @param {Desk} desk */
  async #show(desk) {
    const date = this.#wanted;
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
    attempt(async () => {
      await this.signedIn(() => this.#record(step, appointment, body, shown));
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
      await this.#show(desk);
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
