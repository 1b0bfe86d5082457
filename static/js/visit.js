/** Going to another state: ask the server for its page, morph this one into it, keep the history right. */

import { embedded, embedding } from "./embed.js";
import { t } from "./i18n.js";
import { morph } from "./morph.js";

/** @type {AbortController | undefined} */
let pending;

/** Whether a visit that was to make a history entry was given up for the next one: then that one makes it. */
let owed = false;

/**
 * @param {string} url
 * @param {{ history?: "push" | "replace" | "none", body?: FormData }} [options]
 */
export async function visit(url, { history: entry = "push", body } = {}) {
  if (embedded()) {
    url = embedding(url);
    entry = entry === "push" ? "replace" : entry; // going back leads out of the lesson, not through its exhibits
  }
  pending?.abort();
  pending = new AbortController();
  owed = entry === "push" || (owed && entry === "replace");
  const { signal } = pending;
  try {
    const request = body ? { method: "POST", body, signal } : { signal };
    const response = await fetch(url, { ...request, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (signal.aborted) return;
    // a parser without scripts reads what is in there as elements, and their pictures would be fetched
    for (const fallback of page.querySelectorAll("noscript")) fallback.textContent = fallback.innerHTML;
    if (page.querySelector("[data-exhibit]"))
      show(page, body && !response.redirected ? "none" : owed ? "push" : entry, response.url);
    else complain(page.querySelector(".error")?.textContent ?? t("The server did not answer; try again."));
  } catch (error) {
    if (/** @type {Error} */ (error).name !== "AbortError") complain(t("The server did not answer; try again."));
  }
}

/**
 * @param {Document} page
 * @param {"push" | "replace" | "none"} entry
 * @param {string} url
 */
function show(page, entry, url) {
  const address = new URL(url);
  owed = false;
  for (const remembered of ["lang", "theme"]) address.searchParams.delete(remembered); // cookies keep them
  if (entry === "push") history.pushState(null, "", address);
  if (entry === "replace") history.replaceState(null, "", address);
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  morph(document.body, page.body);
  document.dispatchEvent(new Event("page-shown"));
}

/**
 * Say in one sentence what went wrong; the page and all that was typed stay.
 * @param {string} sentence
 */
export function complain(sentence) {
  const place = document.querySelector("details[open] form[data-post]") ?? document.querySelector("main");
  const notice = document.createElement("p");
  notice.className = "error";
  notice.setAttribute("role", "alert");
  notice.textContent = sentence;
  place?.querySelector(":scope > .error[role=alert]")?.remove();
  place?.prepend(notice);
}
