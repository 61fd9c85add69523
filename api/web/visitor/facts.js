// What there is to say of an appointment, and of a time that is about to become one.

/**
 * @import { Schemas } from "../types.js"
 * @import { Directory } from "../shared/directory.js"
 * @typedef {Schemas["AppointmentView"]} Appointment
 * @typedef {Schemas["ServiceView"]} Service
 */
import { description, element } from "../shared/elements.js";
import { dayOf, timeOf } from "../shared/format.js";
import { spoken, texts } from "../shared/language.js";
import { linkTo, where } from "./where.js";

/**
 * @param {Pick<Appointment, "starts_at" | "ends_at" | "time_zone" | "organisation_id">} time
 * @param {Service | undefined} service
 * @param {Directory} directory
 * @param {[name: string, value: Node | string][]} more
 */
export function facts(time, service, directory, more = []) {
  const { when, what, withWhom } = texts();
  return description([
    [when, element("time", { datetime: time.starts_at }, whenOf(time))],
    [what, service ? spoken(service.name) : ""],
    [withWhom, linkTo(directory.organisations.get(time.organisation_id))],
    ...more,
  ]);
}

/**
 * @param {Appointment} appointment
 * @param {Directory} directory
 * @returns {[name: string, value: string][]}
 */
export function whereAndHowToCancel(appointment, directory) {
  const isReachable = Boolean(appointment.client?.phone);
  return [
    [texts().where, where(appointment, directory, isReachable)],
    [texts().cancelling, cancellable(appointment, serviceOf(appointment, directory))],
  ];
}

/**
 * @param {Appointment} appointment
 * @param {Directory} directory
 */
export function serviceOf({ service_id }, { services }) {
  return services.find(({ id }) => id === service_id);
}

/**
 * "Mittwoch, 25. November 2026, 14:30–14:55"
 *
 * @param {Pick<Appointment, "starts_at" | "ends_at" | "time_zone">} time
 */
function whenOf({ starts_at, ends_at, time_zone }) {
  return `${momentOf(starts_at, time_zone)}–${timeOf(ends_at, time_zone)}`;
}

/**
 * @param {string} instant
 * @param {string} timeZone
 */
export function momentOf(instant, timeZone) {
  return `${dayOf(instant, timeZone)}, ${timeOf(instant, timeZone)}`;
}

/**
 * @param {Appointment} appointment
 * @param {Service | undefined} service
 */
function cancellable({ starts_at, time_zone }, service) {
  const minutes = service?.cancellation_deadline_minutes ?? 0;
  if (minutes === 0) return texts().cancelAnyTime;
  const latest = new Date(Date.parse(starts_at) - minutes * 60_000);
  return latest < new Date() ? texts().cancelThere : texts().cancelUntil(momentOf(latest.toISOString(), time_zone));
}
