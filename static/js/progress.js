/** The path of lessons, marked with what is done and what comes next. */

import { t } from "./i18n.js";
import { remembered } from "./remembered.js";

/**
 * @param {ParentNode} within
 * @param {string} selector
 */
const all = (within, selector) => /** @type {HTMLElement[]} */ ([...within.querySelectorAll(selector)]);

/**
 * Show a tile as done, begun or open.
 * @param {HTMLElement} tile
 * @param {string} state
 */
function mark(tile, state) {
  tile.dataset.state = state;
  for (const part of all(tile, "[data-when]"))
    part.hidden = part.dataset.when === "open" ? state === "done" : part.dataset.when !== state;
}

/**
 * Say at a chapter's head how many of its lessons are done.
 * @param {HTMLElement} chapter
 */
function count(chapter) {
  const tiles = all(chapter, "[data-lesson]");
  const done = tiles.filter((tile) => tile.dataset.state === "done").length;
  const part = chapter.querySelector("[data-part]");
  if (!done || !part) return;
  part.textContent = t("%(done)s of %(count)s", { done, count: tiles.length });
  part.removeAttribute("hidden");
  chapter.querySelector("[data-whole]")?.setAttribute("hidden", "");
}

/** @param {HTMLElement} path */
function showProgress(path) {
  const kept = remembered();
  const tiles = all(path, "[data-lesson]");
  for (const tile of tiles) {
    const known = kept[tile.dataset.lesson ?? ""];
    mark(tile, known?.done ? "done" : known?.opened ? "begun" : "open");
  }
  for (const chapter of all(path, "[data-chapter]")) count(chapter);
  const next = tiles.find((tile) => tile.dataset.state !== "done");
  next?.setAttribute("data-next", "");
  const button = document.querySelector("[data-next-lesson]");
  if (!next || !(button instanceof HTMLAnchorElement) || !Object.keys(kept).length) return;
  button.href = next.getAttribute("href") ?? "";
  const number = tiles.indexOf(next) + 1;
  button.textContent =
    next.dataset.state === "begun"
      ? t("Continue lesson %(number)s", { number })
      : t("Start lesson %(number)s", { number });
}

function showAll() {
  for (const path of all(document, "[data-progress]")) showProgress(path);
}

showAll();
document.addEventListener("page-shown", showAll);
