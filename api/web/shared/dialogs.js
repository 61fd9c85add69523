// A question that has to be answered first.

/**
 * Asks it, and tells whether the answer was yes.
 *
 * @param {HTMLDialogElement} dialog with a form of the method "dialog"
 * @returns {Promise<boolean>}
 */
export function agreed(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
