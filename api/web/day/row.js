// One appointment of the day, as a row of the table.

/**
 * @import { Desk } from "./desk.js"
 * @import { Appointment, Step } from "./steps.js"
 */
import { button, element } from "../shared/elements.js";
import { timeOf } from "../shared/format.js";
import { labelOf, spoken, texts } from "../shared/language.js";
import { stageOf, stepsOf } from "./steps.js";

/** Nobody comes to these any more. */
const OVER = ["completed", "no_show", "cancelled"];

/**
 * The roles are those of a table, which it also is where the style sheet makes a card of the row.
 *
 * @param {Appointment} appointment
 * @param {Desk} desk
 * @param {(step: Step) => void} take
 */
export function rowOf(appointment, { services, counsellors }, take) {
  const { starts_at, time_zone, code, service_id, counsellor_id, status } = appointment;
  const service = services.get(service_id);
  const steps = stepsOf(appointment).map((step) => button(texts().step[step.name], code, () => take(step)));
  return element(
    "tr",
    { role: "row", class: OVER.includes(status) ? "over" : "", "data-code": code },
    element(
      "th",
      { role: "rowheader", scope: "row" },
      element("time", { datetime: starts_at }, timeOf(starts_at, time_zone)),
    ),
    cell(element("code", {}, code)),
    cell(service ? spoken(service.name) : ""),
    cell(counsellors.get(counsellor_id)?.display_name ?? ""),
    cell(labelOf(texts().statuses, stageOf(appointment))),
    cell(element("div", { class: "actions" }, ...steps)),
  );
}

/** @param {Node | string} content */
const cell = (content) => element("td", { role: "cell" }, content);
