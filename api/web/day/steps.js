// The steps of an appointment at the desk, and when each can be taken. The server decides; what it would
// refuse anyway is not offered.

/**
 * @import { Schemas } from "../types.js"
 * @import { Texts } from "../shared/language.js"
 * @typedef {Schemas["AppointmentView"]} Appointment
 * @typedef {"approve" | "decline" | "check-in" | "call" | "start" | "complete" | "no-show"} Verb
 *
 * @typedef {object} Step
 * @property {keyof Texts["step"]} name
 * @property {`/v1/appointments/{id}/${Verb}`} path
 * @property {(appointment: Appointment, now: number) => boolean} isOpen
 * @property {() => Promise<{ reason: string | null } | null>} [question] what is asked first; null gives the step up
 */

import { agreed } from "../shared/dialogs.js";
import { byId } from "../shared/elements.js";

/** How long before the start somebody can be checked in, in milliseconds. */
const EARLIEST_CHECK_IN = 12 * 60 * 60 * 1_000;

/** @type {Step[]} */
const STEPS = [
  {
    name: "approve",
    path: "/v1/appointments/{id}/approve",
    isOpen: ({ status }) => status === "requested",
  },
  {
    name: "decline",
    path: "/v1/appointments/{id}/decline",
    isOpen: ({ status }) => status === "requested",
    question: reasonToDecline,
  },
  {
    name: "checkIn",
    path: "/v1/appointments/{id}/check-in",
    isOpen: ({ status, starts_at }, now) =>
      ["booked", "no_show"].includes(status) && Date.parse(starts_at) - EARLIEST_CHECK_IN <= now,
  },
  {
    name: "noShow",
    path: "/v1/appointments/{id}/no-show",
    isOpen: ({ status, starts_at }, now) => status === "booked" && Date.parse(starts_at) <= now,
  },
  {
    name: "call",
    path: "/v1/appointments/{id}/call",
    isOpen: ({ status, called_at, started_at }) => status === "checked_in" && !called_at && !started_at,
  },
  {
    name: "start",
    path: "/v1/appointments/{id}/start",
    isOpen: ({ status, started_at }) => status === "checked_in" && !started_at,
  },
  {
    name: "complete",
    path: "/v1/appointments/{id}/complete",
    isOpen: ({ status }) => status === "checked_in",
  },
];

/** A reason is for the visitor to read, and nobody has to give one. */
async function reasonToDecline() {
  const reason = byId("decline-reason", HTMLTextAreaElement);
  reason.value = "";
  const isDeclined = await agreed(byId("declining", HTMLDialogElement));
  return isDeclined ? { reason: reason.value.trim() || null } : null;
}

/** @param {Appointment} appointment */
export function stepsOf(appointment) {
  return STEPS.filter(({ isOpen }) => isOpen(appointment, Date.now()));
}

/**
 * The status, with what was noted between arriving and leaving.
 *
 * @param {Appointment} appointment
 */
export function stageOf({ status, called_at, started_at }) {
  if (status !== "checked_in") return status;
  if (started_at) return "started";
  return called_at ? "called" : status;
}
