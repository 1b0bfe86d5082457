/** Occlusion: the patch follows the hand, its figures with it; the sweep is drawn as its parts come. */

import "../js/official-weights.js";
import "../js/patch-box.js";
import { photograph } from "../js/camera.js";
import { t } from "../js/i18n.js";
import { Sweep } from "../js/sweep.js";
import { takePictures, upload } from "../js/upload.js";
import { complain, visit } from "../js/visit.js";

/** @typedef {import("../js/patch-box.js").Corner} Corner */
/** @typedef {import("../js/sweep.js").SweptCell} SweptCell */
/** @typedef {import("../js/sweep.js").SweptPart} SweptPart */
/** @typedef {{ corner: Corner, says: string, hand: Record<string, string> }} Answer */

const root = /** @type {HTMLElement} */ (document.querySelector("[data-exhibit=occlusion]"));
const live = "/api/exhibits/occlusion/live";
const SVG = "http://www.w3.org/2000/svg";
const ASIDE = ["row", "column", "sweep", "part"]; // what does not change the cells of a sweep

/**
 * @param {string} path
 * @param {Record<string, string | number | undefined>} change
 */
function linkWith(path, change) {
  const url = new URL(path, location.origin);
  url.search = location.search;
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, String(value));
  }
  return url.href;
}

/**
 * @param {string} name
 * @param {string | number} text
 */
function fill(name, text) {
  for (const slot of root.querySelectorAll(`[data-slot="${name}"]`)) slot.textContent = String(text);
}

function stride() {
  return Number(/** @type {HTMLElement} */ (root.querySelector("patch-box")).dataset.stride);
}

/** @type {Corner | undefined} */
let wanted;
let asking = false;

/**
 * Show the figures at a place; while an answer is awaited, only the last place that was asked for is kept.
 * @param {Corner} corner
 */
async function preview(corner) {
  wanted = corner;
  if (asking) return;
  asking = true;
  while (wanted) {
    const [row, column] = wanted;
    wanted = undefined;
    const answer = await fetch(linkWith(live, { row, column, part: 0 })).catch(() => undefined);
    if (answer?.ok) showHand(await answer.json());
  }
  asking = false;
}

/** @param {Answer} answer */
function showHand({ corner, says, hand }) {
  for (const slot of root.querySelectorAll('[data-slot="says"]')) slot.innerHTML = says; // a sentence of the server's
  fill("row", corner[0]);
  fill("column", corner[1]);
  for (const ring of root.querySelectorAll("[data-at]")) {
    ring.setAttribute("y", String(corner[0] / stride()));
    ring.setAttribute("x", String(corner[1] / stride()));
  }
  for (const name of ["probability", "label", "total", "peak"]) fill(name, hand[name]);
}

root.addEventListener("patch-move", (event) => preview(/** @type {CustomEvent} */ (event).detail.corner));
root.addEventListener("patch-place", async (event) => {
  const { corner, history } = /** @type {CustomEvent} */ (event).detail;
  await visit(linkWith("/exhibits/occlusion", { row: corner[0], column: corner[1] }), { history });
  root.querySelector("patch-box")?.removeAttribute("data-held");
});

/** @type {Sweep | undefined} */
let sweep;

/** What the cells of the sweep on the page are of. */
function asked() {
  const url = new URL(location.href);
  for (const name of ASIDE) url.searchParams.delete(name);
  return url.search;
}

/** @type {Map<string, SweptCell>} */
const cells = new Map();
let cellsOf = "";

/** @param {SweptCell} cell */
function draw(cell) {
  const [row, column, span, activity, probability, rank] = cell;
  const marks = { activity: ["level", activity], probability: ["level", probability], label: ["rank", rank] };
  for (const [kind, [name, value]] of Object.entries(marks)) {
    const panel = root.querySelector(`[data-cells="${kind}"]`);
    panel?.append(mark("rect", { x: column, y: row, width: span, height: span, [`data-${name}`]: value }));
    if (kind !== "label" || !rank) continue;
    const text = { x: column + 0.5, y: row + 0.75, "font-size": 0.7, "data-on-rank": rank };
    panel?.append(mark("text", text, String(rank + 1)));
  }
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 */
function mark(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.textContent = text;
  return made;
}

/** @param {SweptPart} part */
function show(part) {
  for (const cell of part.cells) {
    cells.set(`${cell[0]} ${cell[1]}`, cell);
    draw(cell);
  }
  count(part.count);
}

function showAll() {
  for (const cell of cells.values()) draw(cell);
  count(Number(/** @type {HTMLElement | null} */ (root.querySelector(".sweep"))?.dataset.count));
}

/** @param {number} all how many positions there are */
function count(all) {
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-count-of]"))) {
    const rank = Number(place.dataset.countOf);
    place.textContent = String([...cells.values()].filter((cell) => cell[5] === rank).length);
  }
  const bar = root.querySelector(".sweep-bar progress");
  if (bar instanceof HTMLProgressElement) bar.value = cells.size;
  fill("progress", t("%(done)s of %(count)s positions", { done: cells.size, count: all }));
}

/** @param {boolean} isRunning */
function running(isRunning) {
  root.querySelector("[data-cancel]")?.toggleAttribute("hidden", !isRunning);
  root.querySelector("[data-sweep]")?.toggleAttribute("hidden", isRunning);
}

/** Compute all positions; what was running for another question is given up. */
async function start() {
  sweep?.stop();
  const mine = new Sweep();
  const question = asked();
  sweep = mine;
  clear();
  running(true);
  const end = await mine.run((part) => linkWith(live, { part, sweep: undefined }), show);
  if (sweep !== mine) return;
  sweep = undefined;
  running(false);
  if (end === "done" && question === asked()) visit(linkWith("/exhibits/occlusion", { sweep: "whole" }));
  else if (end !== "stopped" && end !== "done") complain(end || t("The server did not answer; try again."));
}

function clear() {
  cells.clear();
  cellsOf = asked();
}

root.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (target.closest("[data-sweep]")) {
    event.preventDefault();
    start();
  } else if (target.closest("[data-cancel]")) sweep?.stop();
});

document.addEventListener("page-shown", () => {
  if (asked() !== cellsOf) {
    sweep?.stop(); // the page asks something else now
    clear();
  } else if (cells.size > Number(/** @type {HTMLElement | null} */ (root.querySelector(".sweep"))?.dataset.known)) {
    showAll(); // the server drew those that it was asked for
    running(sweep !== undefined);
  }
});

/**
 * @param {MouseEvent} event
 * @returns {[number, number] | undefined} row and column of the position under the pointer
 */
function position(event) {
  const panel = /** @type {SVGSVGElement | null} */ (/** @type {Element} */ (event.target).closest?.(".panel > svg"));
  const { rows, columns } = /** @type {HTMLElement | null} */ (panel?.closest(".sweep"))?.dataset ?? {};
  if (!panel) return undefined;
  const box = panel.getBoundingClientRect();
  const { x, y, width, height } = panel.viewBox.baseVal;
  const at = (/** @type {number} */ place, /** @type {string | undefined} */ count) =>
    Math.min(Number(count) - 1, Math.max(0, Math.floor(place)));
  return [
    at(y + (height * (event.clientY - box.top)) / box.height, rows),
    at(x + (width * (event.clientX - box.left)) / box.width, columns),
  ];
}

/** The corner of the patch at a position of the grid.
 * @param {[number, number]} place
 * @returns {Corner}
 */
function cornerOf([row, column]) {
  return [row * stride(), column * stride()];
}

/** @type {Promise<void> | undefined} */
let learning;

/** Fetch what is printed of the cells that the server drew; once, when somebody points at one. */
async function learn() {
  const question = asked();
  const known = Number(/** @type {HTMLElement} */ (root.querySelector(".sweep")).dataset.known);
  if (sweep || (cellsOf === question && cells.size >= known)) return;
  const response = await fetch(linkWith(live, { part: undefined })).catch(() => undefined);
  if (!response?.ok || sweep || question !== asked()) return;
  clear();
  for (const cell of /** @type {SweptPart} */ (await response.json()).cells) cells.set(`${cell[0]} ${cell[1]}`, cell);
}

root.addEventListener("pointermove", async (event) => {
  const place = position(event);
  if (!place) return;
  learning ??= learn().finally(() => {
    learning = undefined;
  });
  await learning;
  const cell = cells.get(place.join(" "));
  const [row, column] = cornerOf(place);
  fill("readout", cell?.[6] ?? t("patch at row %(row)s, column %(column)s: click to compute it", { row, column }));
});

root.addEventListener("click", (event) => {
  const place = position(event);
  if (!place) return;
  const [row, column] = cornerOf(place);
  visit(linkWith("/exhibits/occlusion", { row, column }));
});

takePictures(root);
root.addEventListener("click", async (event) => {
  const button = /** @type {Element} */ (event.target).closest?.("[data-camera]");
  const panel = /** @type {HTMLElement | null} */ (root.querySelector("[data-camera-panel]"));
  if (button && panel) upload(root, await photograph(panel));
});
