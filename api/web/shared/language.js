// The language of the page: German, plain German or English. It is kept in the address only.

/**
 * @import { Schemas } from "../types.js"
 * @typedef {typeof de} Texts
 * @typedef {keyof typeof TEXTS} Language
 * @typedef {{ [K in keyof Texts]: Texts[K] extends string ? K : never }[keyof Texts]} PlainKey
 */
import { de } from "../texts/de.js";
import { deSimple } from "../texts/de-simple.js";
import { en } from "../texts/en.js";
import { byId, element } from "./elements.js";

const TEXTS = { de, "de-simple": deSimple, en };
/** What each language calls itself. */
const NAMES = { de: "Deutsch", "de-simple": "Leichte Sprache", en: "English" };
/** How dates and languages are written. */
const LOCALES = { de: "de-DE", "de-simple": "de-DE", en: "en-GB" };
const LANGUAGES = /** @type {Language[]} */ (Object.keys(TEXTS));

let language = ofTheAddress() ?? ofTheBrowser();
/** @type {(() => void)[]} */
const drawings = [];

export const texts = () => TEXTS[language];
export const locale = () => LOCALES[language];

/**
 * Draws now, and again whenever another language is chosen.
 *
 * @param {() => void} draw
 */
export function inEveryLanguage(draw) {
  drawings.push(draw);
  draw();
}

/**
 * What the API tells in several languages, in that of the page or the next best.
 *
 * @param {Schemas["TextMap"]} map
 */
export function inWords(map) {
  return map[bestOf(map)] ?? "";
}

/**
 * The same, marked with its language: so it is read aloud as what it is.
 *
 * @param {Schemas["TextMap"]} map
 */
export function spoken(map) {
  return element("span", { lang: bestOf(map) }, inWords(map));
}

/** @param {Schemas["TextMap"]} map */
function bestOf(map) {
  const wanted = language === "en" ? ["en", "de"] : [language, "de", "en"];
  return [...wanted, ...Object.keys(map)].find((tag) => tag in map) ?? language;
}

/**
 * The text for a value of a list that others may extend.
 *
 * @param {Record<string, string>} labels
 * @param {string} value
 */
export function labelOf(labels, value) {
  return labels[value] ?? value.replaceAll("_", " ");
}

/** Fills the texts that the page only names, and offers the languages. */
export function translatePage() {
  inEveryLanguage(() => {
    document.documentElement.lang = language;
    for (const named of document.querySelectorAll("[data-text]")) {
      named.textContent = texts()[/** @type {PlainKey} */ (named.getAttribute("data-text"))];
    }
  });
  const choices = byId("languages", HTMLUListElement);
  choices.append(...LANGUAGES.map((choice) => element("li", {}, switchTo(choice))));
}

/** @param {Language} choice */
function switchTo(choice) {
  const made = element("button", { type: "button", lang: choice }, NAMES[choice]);
  const mark = () => made.setAttribute("aria-pressed", String(language === choice));
  drawings.push(mark);
  mark();
  made.addEventListener("click", () => {
    language = choice;
    const address = new URL(location.href);
    address.searchParams.set("language", choice);
    history.replaceState(history.state, "", address);
    for (const draw of drawings) draw();
  });
  return made;
}

function ofTheAddress() {
  const wanted = new URLSearchParams(location.search).get("language");
  return LANGUAGES.find((known) => known === wanted);
}

function ofTheBrowser() {
  const spoken = navigator.languages.map((tag) => tag.split("-")[0]);
  return LANGUAGES.find((known) => known === spoken.find((tag) => tag === "de" || tag === "en")) ?? "de";
}
