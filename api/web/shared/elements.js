// The page's elements: found with their type, and made without HTML in strings.

/**
 * @template {HTMLElement} E
 * @param {string} id
 * @param {{ new (): E }} type
 * @returns {E}
 */
export function byId(id, type) {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`the page has no ${type.name} #${id}`);
}

/**
 * Reading goes on at the heading of what is shown now.
 *
 * @param {string} id of the section
 */
export function readOnAt(id) {
  const heading = byId(id, HTMLElement).querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * A button that does something, of which `hidden` tells more to those who hear the page.
 *
 * @param {string} label
 * @param {string} hidden
 * @param {() => void} act
 */
export function button(label, hidden, act) {
  const more = element("span", { class: "heard" }, ` ${hidden}`);
  const made = element("button", { type: "button" }, label, more);
  made.addEventListener("click", act);
  return made;
}

/**
 * A value and its text, or whatever else goes together.
 *
 * @template A, B
 * @param {A} one
 * @param {B} other
 * @returns {[A, B]}
 */
export const pair = (one, other) => [one, other];

/**
 * Offers texts by their value; what was chosen before stays chosen.
 *
 * @param {HTMLSelectElement} select
 * @param {[value: string, text: string][]} options
 */
export function offer(select, options) {
  const chosen = select.value;
  select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
  if (options.some(([value]) => value === chosen)) select.value = chosen;
}

/**
 * One of several, all of them to be seen.
 *
 * @param {string} name
 * @param {string} chosen
 * @param {[value: string, text: string][]} options
 */
export function choices(name, chosen, options) {
  return options.map(([value, text]) => {
    const radio = element("input", { type: "radio", name, value });
    radio.checked = value === chosen;
    return element("label", { class: "choice" }, radio, element("span", {}, text));
  });
}

/**
 * A list of what belongs to what.
 *
 * @param {[name: string, value: Node | string][]} pairs
 */
export function description(pairs) {
  const parts = pairs.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  return element("dl", {}, ...parts);
}
