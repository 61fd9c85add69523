// The day at the desk: sign in, and see who comes.

import { Refusal } from "./shared/client.js";
import { byId, readOnAt } from "./shared/elements.js";
import { translatePage } from "./shared/language.js";
import { attempt, showNotices, tell, warn } from "./shared/notices.js";
import { openDesk } from "./day/desk.js";
import { DayList } from "./day/list.js";
import { Staff } from "./day/staff.js";

/** @type {Staff | null} */
let staff = null;
const form = byId("credentials", HTMLFormElement);

translatePage();
showNotices();
const list = new DayList(signedIn);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(signIn);
});
byId("sign-out", HTMLButtonElement).addEventListener("click", () => attempt(signOut));

async function signIn() {
  const password = byId("password", HTMLInputElement);
  staff = await Staff.signIn(byId("email", HTMLInputElement).value, password.value);
  password.value = "";
  await list.open(await openDesk(staff));
  show("day");
}

async function signOut() {
  const leaving = staff;
  leave();
  await leaving?.signOut();
  tell(({ signedOut }) => signedOut);
}

/**
 * Does what needs a token; whose is worn out and cannot be renewed signs in again.
 *
 * @param {() => Promise<void>} act
 */
async function signedIn(act) {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== "unauthenticated") throw error;
    leave();
    warn(({ signInAgain }) => signInAgain);
  }
}

function leave() {
  staff = null;
  list.close();
  form.reset();
  show("sign-in");
}

/** @param {"sign-in" | "day"} shown */
function show(shown) {
  for (const id of ["sign-in", "day"]) byId(id, HTMLElement).hidden = id !== shown;
  readOnAt(shown);
}
