/** Predict-then-check questions: the server judges, the verdict comes in place, what was typed stays. */

import { t } from "./i18n.js";

/** @typedef {{ state: "right" | "wrong" | "unread" | "shown", lead: string, text: string }} Verdict */

/**
 * Return the verdict on what the form holds.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} button
 * @returns {Promise<Verdict>}
 */
async function judge(form, button) {
  const query = new URLSearchParams(/** @type {any} */ (new FormData(form, button)));
  query.delete("question");
  query.set("lang", document.documentElement.lang.slice(0, 2));
  try {
    const response = await fetch(`${form.dataset.api}?${query}`, { headers: { Accept: "application/json" } });
    const answer = await response.json();
    return answer.verdict ?? { state: "unread", lead: "", text: answer.error };
  } catch {
    return { state: "unread", lead: "", text: t("The server did not answer; try again.") };
  }
}

/**
 * @param {HTMLElement} box
 * @param {Verdict} verdict
 */
function say(box, { state, lead, text }) {
  const kind = state === "unread" ? "wrong" : state;
  const template = document.querySelector(`template[data-verdict="${kind}"]`);
  const place = box.querySelector(".verdict");
  if (!(template instanceof HTMLTemplateElement) || !place) return;
  const said = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const words = said.querySelector("b");
  if (words) words.textContent = lead;
  if (words?.nextElementSibling) words.nextElementSibling.textContent = text;
  place.replaceChildren(said);
  box.dataset.state = state;
  box.querySelector("[name=answer]")?.toggleAttribute("aria-invalid", false);
  if (kind === "wrong") box.querySelector("[name=answer]")?.setAttribute("aria-invalid", "true");
}

/**
 * Ask again with other numbers, in place.
 * @param {string} url
 * @param {HTMLElement} box
 */
async function renew(url, box) {
  const response = await fetch(url, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const coming = page.querySelector(`[data-question="${box.dataset.question}"]`);
  if (coming) box.replaceWith(document.importNode(coming, true));
}

/**
 * Give every question of the page the numbers of `seed`.
 * @param {number} seed
 */
export async function reseed(seed) {
  const url = new URL(location.href);
  url.searchParams.set("seed", String(seed));
  const response = await fetch(url.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const coming of page.querySelectorAll("[data-question]")) {
    const name = coming.getAttribute("data-question");
    const present = document.querySelector(`[data-question="${name}"]`);
    if (!present?.contains(document.activeElement)) present?.replaceWith(document.importNode(coming, true));
  }
  history.replaceState(null, "", url);
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("a[data-here]"))) {
    const other = new URL(link.href); // the same page in the other language asks for the same numbers
    other.searchParams.set("seed", String(seed));
    link.href = other.href;
  }
}

/**
 * Listen once for the whole page; `report` hears of every verdict.
 * @param {(name: string, verdict: Verdict) => void} report
 */
export function askQuestions(report) {
  document.addEventListener("submit", async (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const box = form.closest("[data-question]");
    if (!(box instanceof HTMLElement)) return;
    event.preventDefault();
    const verdict = await judge(form, event.submitter);
    say(box, verdict);
    report(box.dataset.question ?? "", verdict);
  });
  document.addEventListener("click", async (event) => {
    const link = /** @type {Element} */ (event.target).closest?.("a[data-another]");
    const box = link?.closest("[data-question]");
    if (!(link instanceof HTMLAnchorElement) || !(box instanceof HTMLElement) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const name = box.dataset.question;
    await renew(link.href, box);
    /** @type {HTMLElement | null} */ (document.querySelector(`[data-question="${name}"] [name=answer]`))?.focus();
  });
}
