// What is offered: narrowed down by topic, language, way and organisation.

/** @import { Schemas } from "../types.js" @import { Directory } from "../shared/directory.js" */
import { button, byId, choices, description, element, offer, pair } from "../shared/elements.js";
import { languageName } from "../shared/format.js";
import { inEveryLanguage, inWords, labelOf, locale, spoken, texts } from "../shared/language.js";
import { linkTo } from "./where.js";

/** @typedef {Schemas["ServiceView"]} Service */

/** What is booked at a time of its own. Courses and visits want to be talked about first. */
const BOOKABLE = ["individual", "group"];

/**
 * @param {Directory} directory
 * @param {(service: Service) => void} choose
 */
export function offerServices(directory, choose) {
  const form = byId("wishes", HTMLFormElement);
  inEveryLanguage(() => {
    offerWishes(directory);
    showFitting(directory, choose);
  });
  form.addEventListener("change", () => showFitting(directory, choose));
  form.addEventListener("submit", (event) => event.preventDefault());
}

/** What the visitor wants; null where it is all the same. */
export function wishes() {
  const given = new FormData(byId("wishes", HTMLFormElement));
  const wish = (/** @type {string} */ name) => given.get(name)?.toString() || null;
  return {
    topic: wish("topic"),
    language: wish("language"),
    modality: wish("modality"),
    organisation: wish("organisation"),
  };
}

/** @param {Directory} directory */
function offerWishes({ services, organisations }) {
  const { everyTopic, everyLanguage, everyModality, everyOrganisation } = texts();
  const topics = distinct(services.map(({ topic }) => topic)).map((topic) =>
    pair(topic, labelOf(texts().topics, topic)),
  );
  const chosen = wishes().topic ?? "";
  byId("topics", HTMLDivElement).replaceChildren(...choices("topic", chosen, [["", everyTopic], ...topics]));
  const languages = distinct(services.flatMap(({ languages }) => languages)).map((tag) => pair(tag, languageName(tag)));
  languages.sort(([, one], [, other]) => one.localeCompare(other, locale()));
  offer(byId("language", HTMLSelectElement), [["", everyLanguage], ...languages]);
  const ways = distinct(services.flatMap(({ modalities }) => modalities));
  const wayNames = ways.map((way) => pair(way, labelOf(texts().modalities, way)));
  offer(byId("modality", HTMLSelectElement), [["", everyModality], ...wayNames]);
  const bodies = [...organisations.values()].map(({ id, name }) => pair(id, inWords(name)));
  offer(byId("organisation", HTMLSelectElement), [["", everyOrganisation], ...bodies]);
}

/**
 * @param {Directory} directory
 * @param {(service: Service) => void} choose
 */
function showFitting(directory, choose) {
  const fitting = directory.services.filter(fits);
  const { offersFound, noOffers } = texts();
  byId("found", HTMLParagraphElement).textContent = fitting.length ? offersFound(fitting.length) : noOffers;
  byId("services", HTMLUListElement).replaceChildren(...fitting.map((service) => card(service, directory, choose)));
}

/** @param {Service} service */
function fits(service) {
  const { topic, language, modality, organisation } = wishes();
  return (
    (!topic || service.topic === topic) &&
    (!language || service.languages.length === 0 || service.languages.includes(language)) &&
    (!modality || service.modalities.includes(modality)) &&
    (!organisation || service.organisation_id === organisation)
  );
}

/**
 * @param {Service} service
 * @param {Directory} directory
 * @param {(service: Service) => void} choose
 */
function card(service, { organisations }, choose) {
  const { lasts, way, length, languages, contactNeeded, modalities } = texts();
  const organisation = organisations.get(service.organisation_id);
  const facts = description([
    [way, service.modalities.map((way) => labelOf(modalities, way)).join(", ")],
    [length, lasts(service.length_minutes)],
    [languages, service.languages.map(languageName).join(", ")],
  ]);
  return element(
    "li",
    { class: "card" },
    element("h3", {}, spoken(service.name)),
    element("p", { class: "quiet" }, organisation ? spoken(organisation.name) : ""),
    element("p", {}, service.description ? spoken(service.description) : ""),
    facts,
    element("p", { class: "quiet" }, service.contact_rule === "required" ? contactNeeded : ""),
    wayIn(service, organisation, choose),
  );
}

/**
 * @param {Service} service
 * @param {Schemas["OrganisationView"] | undefined} organisation
 * @param {(service: Service) => void} choose
 */
function wayIn(service, organisation, choose) {
  const { freeTimes, openHours, notBookableHere } = texts();
  if (service.format === "open_hours") return element("p", {}, openHours);
  if (BOOKABLE.includes(service.format)) return button(freeTimes, inWords(service.name), () => choose(service));
  return element("p", {}, `${notBookableHere} `, linkTo(organisation));
}

/** @param {string[]} values */
const distinct = (values) => [...new Set(values)];
