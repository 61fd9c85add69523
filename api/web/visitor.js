// The visitor's page: an offer, a free time, a booking, and what is taken along.

/** @import { Schemas } from "./types.js" */
import { Refusal } from "./shared/client.js";
import { readDirectory } from "./shared/directory.js";
import { byId } from "./shared/elements.js";
import { translatePage } from "./shared/language.js";
import { attempt, explain, showNotices, tell } from "./shared/notices.js";
import { Views } from "./shared/views.js";
import { Booking } from "./visitor/booking.js";
import { Confirmation } from "./visitor/confirmation.js";
import { OwnAppointment } from "./visitor/own.js";
import * as pending from "./visitor/pending.js";
import { offerServices } from "./visitor/search.js";
import { Times } from "./visitor/times.js";

/** After these the time is lost, and another one has to be chosen. */
const LOST = ["slot-taken", "slot-gone", "cap-reached", "hold-expired", "hold-mismatch"];

async function start() {
  const directory = await readDirectory();
  const confirmation = new Confirmation(directory, () => {
    views.goTo("search", { instead: true });
    tell(({ forgotten }) => forgotten);
  });
  const own = new OwnAppointment(directory, (id) => confirmation.isOf(id) && confirmation.forget());
  const times = new Times(directory, (slot, service) => hold(slot, service).catch(refused));
  const booking = new Booking(directory, booked, refused);
  offerServices(directory, (service) => attempt(() => showTimes(service)));
  if (pending.isPending()) await pending.send().then((appointment) => confirmation.show(appointment), explain);
  const views = new Views(
    {
      search: {},
      times: { hasContent: () => times.hasAny() },
      book: { hasContent: () => booking.isHolding(), leave: () => booking.release() },
      done: { hasContent: () => confirmation.hasAny() },
      own: { leave: () => own.close() },
    },
    "search",
  );
  if (confirmation.hasAny()) views.goTo("done", { instead: true });

  /** @param {Schemas["ServiceView"]} service */
  async function showTimes(service) {
    await times.show(service);
    views.goTo("times");
  }

  /**
   * @param {Schemas["SlotView"]} slot
   * @param {Schemas["ServiceView"]} service
   */
  async function hold(slot, service) {
    await booking.hold(slot, service);
    views.goTo("book");
  }

  /** @param {Schemas["AppointmentView"]} appointment */
  function booked(appointment) {
    confirmation.show(appointment);
    views.goTo("done", { instead: true });
  }

  /** @param {unknown} error */
  async function refused(error) {
    if (error instanceof Refusal && LOST.includes(error.code)) {
      await times.refresh();
      views.goTo("times", { instead: true });
    }
    if (error instanceof Refusal && error.code === "contact-required") byId("phone", HTMLInputElement).focus();
    explain(error);
  }
}

translatePage();
showNotices();
attempt(start);
