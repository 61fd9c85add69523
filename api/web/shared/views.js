// One view of the page at a time, named by the part of the address after "#": so going back works.

import { byId, readOnAt } from "./elements.js";
import { sayNothing } from "./notices.js";

/**
 * What is done when somebody leaves a view, and whether there is anything to show in it.
 *
 * @typedef {{ hasContent?: () => boolean, leave?: () => void }} View
 */

/** @template {string} Name */
export class Views {
  /**
   * @param {Record<Name, View>} views
   * @param {NoInfer<Name>} first
   */
  constructor(views, first) {
    this.views = views;
    this.first = first;
    this.current = first;
    addEventListener("hashchange", () => {
      // To the content, past the menu: no other view.
      if (document.getElementById(location.hash.slice(1))?.matches("main")) return;
      sayNothing();
      this.#arrive();
      readOnAt(this.current);
    });
    this.#arrive();
  }

  /**
   * Goes to a view; `instead` leaves no way back to the one before.
   *
   * @param {Name} name
   */
  goTo(name, { instead = false } = {}) {
    history[instead ? "replaceState" : "pushState"](null, "", `#${name}`);
    this.#arrive();
    readOnAt(this.current);
  }

  #arrive() {
    const names = /** @type {Name[]} */ (Object.keys(this.views));
    const wanted = names.find((name) => `#${name}` === location.hash) ?? this.first;
    const shown = this.views[wanted].hasContent?.() === false ? this.first : wanted;
    if (shown !== this.current) this.views[this.current].leave?.();
    this.current = shown;
    for (const name of names) byId(name, HTMLElement).hidden = name !== shown;
  }
}
