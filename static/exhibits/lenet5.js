/** A digit, read by LeNet-5: the maps follow the pen, and any cell opens on the stage. */

import "../js/layer-maps.js";
import "../js/stepper.js";
import { Arrays } from "../js/arrays.js";
import { DrawingPad } from "../js/drawing-pad.js";
import { t } from "../js/i18n.js";
import { takePictures } from "../js/upload.js";
import { visit } from "../js/visit.js";

/** @typedef {import("../js/layer-maps.js").LayerMaps} LayerMaps */
/** @typedef {{ stage: string, of: string, place: number[] }} MapCell */
/**
 * @typedef {{
 *   maps: Record<string, number[][][]>, beside: Record<string, number[][][]>, probabilities: string[], shares: number[], digit: number, narration: string,
 * }} Changes
 */

const root = /** @type {HTMLElement} */ (document.querySelector("[data-exhibit=lenet5]"));
const api = "/api/exhibits/lenet5";
const pad = new DrawingPad(root);
const DIGITS = 8; // that a number of the network has: it computes in float32

/** @type {Map<string, Changes>} */
const known = new Map();

/** Which drawing is asked for, and which one is next: only the newest counts. */
let asking = false;
/** @type {string | undefined} */
let next;
let settledStrokes = 0;

const address = () => new URL(location.href).searchParams;

/** @param {string} query of a drawing */
async function changes(query) {
  const found = known.get(query);
  if (found) return found;
  const response = await fetch(`${api}/live?${query}`);
  if (!response.ok) return undefined;
  const answer = /** @type {Changes} */ (await response.json());
  if (known.size > 40) known.clear();
  known.set(query, answer);
  return answer;
}

/** @param {Changes | undefined} answer */
function paint(answer) {
  if (!answer) return;
  for (const maps of /** @type {NodeListOf<LayerMaps>} */ (root.querySelectorAll("layer-maps"))) {
    const levels = (maps.dataset.of === "beside" ? answer.beside : answer.maps)[maps.stage];
    if (levels) maps.show(levels);
  }
}

/** The result while the pen is down; when it is lifted the server draws the whole page.
 * @param {Changes} answer
 */
function tell(answer) {
  say(answer.narration);
  root.querySelectorAll('[data-probabilities="digit"] li').forEach((row, digit) => {
    row.querySelector(".share")?.setAttribute("width", `${(100 * answer.shares[digit]).toFixed(2)}%`);
    const text = row.querySelector("a, span");
    if (text) text.textContent = answer.probabilities[digit];
    if (digit === answer.digit) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  });
}

/** @param {string} sentence */
function say(sentence) {
  const verdict = root.querySelector('[data-slot="verdict"]');
  if (verdict) verdict.textContent = sentence;
}

/** The drawing that the page shows, as the API asks for it. */
function shownQuery() {
  const query = new URLSearchParams();
  for (const name of ["digit", "beside", "state"]) {
    const value = address().get(name);
    if (value !== null) query.set(name, value);
  }
  return query.toString();
}

/** Paint everything for the page as the server drew it. */
async function adopt() {
  pad.adopt();
  for (const state of ["data-empty", "data-live"]) root.removeAttribute(state);
  outline();
  if (!root.querySelector("layer-maps")) return; // there is nothing to read
  paint(known.get(shownQuery()) ?? (await changes(shownQuery())));
}

/** Where the open cell and its window lie in the maps. */
function windowShown() {
  const text = root.querySelector("[data-window]")?.getAttribute("data-window");
  return text ? JSON.parse(text) : undefined;
}

/**
 * @param {number} place
 * @param {number[] | undefined} range
 */
function within(place, range) {
  return range !== undefined && place >= range[0] && place < range[1];
}

/** Show in the maps which cell is open and what it is made from. */
function outline() {
  const shown = windowShown();
  for (const maps of /** @type {NodeListOf<LayerMaps>} */ (root.querySelectorAll('layer-maps[data-of="digit"]'))) {
    const boxes = [];
    if (shown?.stage === maps.stage)
      boxes.push({ map: shown.at[0], rows: [shown.at[1], shown.at[1] + 1], columns: [shown.at[2], shown.at[2] + 1] });
    if (shown?.below === maps.stage) boxes.push({ map: shown.map, rows: shown.rows, columns: shown.columns });
    maps.outline(boxes);
  }
}

/** @param {string} drawing */
async function follow(drawing) {
  next = drawing;
  if (asking) return;
  asking = true;
  while (next) {
    const beside = address().get("beside");
    const query = new URLSearchParams({ digit: next, ...(beside && { beside }) }).toString();
    next = undefined;
    const stroke = settledStrokes;
    const answer = await changes(query).catch(() => undefined);
    if (!answer || stroke !== settledStrokes) continue; // the pen was lifted: the page itself is coming
    paint(answer);
    tell(answer);
  }
  asking = false;
}

/**
 * The page's link with another drawing or cell.
 * @param {Record<string, string | undefined>} change
 */
function linkWith(change) {
  const url = new URL(location.href);
  if (url.pathname !== "/exhibits/lenet5") url.href = new URL("/exhibits/lenet5", location.origin).href;
  for (const [name, value] of Object.entries(change)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  return url.href;
}

root.addEventListener("drawing-change", (event) => {
  const { drawing, empty, settled } = /** @type {CustomEvent} */ (event).detail;
  root.toggleAttribute("data-empty", empty);
  root.toggleAttribute("data-live", !settled);
  if (empty) {
    next = undefined;
    say(t("Nothing is drawn yet; draw a digit."));
    return;
  }
  if (!settled) {
    follow(drawing);
    return;
  }
  settledStrokes++;
  next = undefined;
  visit(linkWith({ digit: drawing, state: undefined, trail: undefined, step: undefined }));
});

root.addEventListener("map-choose", (event) => {
  const { stage, place } = /** @type {{ detail: MapCell }} */ (/** @type {unknown} */ (event)).detail;
  if (root.querySelector(`[data-layer="${stage}"]`)) open(`${stage}.${place.join(".")}`, undefined);
});

root.addEventListener("cell-choose", (event) => {
  const { tensor, place, row, column } = /** @type {CustomEvent} */ (event).detail;
  const opened = /** @type {HTMLElement | null} */ (root.querySelector(".opened"));
  const below = opened?.dataset.below;
  if (tensor !== "x" || !below || row < 0 || column < 0) return;
  const columns = Number(/** @type {HTMLElement} */ (event.target).dataset.columns);
  const shown = windowShown();
  const part = within(row, shown?.rows) && within(column, shown?.columns); // else it is a way of its own
  const cell = opened.dataset.rank === "1" ? [row * columns + column] : [place[0], row, column];
  open(`${below}.${cell.join(".")}`, part ? opened.dataset.trail : undefined);
});

/**
 * The cell that the stage stands at, after `step` steps of the open one's map.
 * @param {number} step
 */
function cellAt(step) {
  const stage = /** @type {HTMLElement} */ (root.querySelector(".opened [data-stage]"));
  const output = /** @type {HTMLElement} */ (stage.querySelector('tensor-grid[data-tensor="output"]'));
  const [name, ...place] = (root.querySelector(".opened")?.getAttribute("data-cell-name") ?? "").split(".");
  const [rows, columns] = [Number(output.dataset.rows), Number(output.dataset.columns)];
  const cell = Math.floor(step / Number(stage.dataset.parts));
  if (rows * columns === 1) return [name, ...place].join(".");
  if (place.length === 1) return `${name}.${cell}`;
  return [name, place[0], Math.floor(cell / columns), cell % columns].join(".");
}

// name, value, outlines and links belong to the cell that is stepped to: they come when the player rests
root.addEventListener("step-change", (event) => {
  const { step, settled } = /** @type {CustomEvent} */ (event).detail;
  const crumb = root.querySelector(".breadcrumb [aria-current]");
  const cell = cellAt(step);
  if (settled) visit(linkWith({ cell, step: String(step) }), { history: "replace" });
  else if (crumb) crumb.textContent = cell;
});

/**
 * @param {string} cell
 * @param {string | undefined} trail
 */
async function open(cell, trail) {
  await visit(linkWith({ cell, trail, step: undefined }));
  root.querySelector(".opened")?.scrollIntoView({ block: "nearest" });
}

root.addEventListener("map-point", async (event) => {
  const { stage, place } = /** @type {{ detail: MapCell }} */ (/** @type {unknown} */ (event)).detail;
  const readout = /** @type {Element} */ (event.target).closest("[data-layer]")?.querySelector('[data-slot="readout"]');
  if (!readout) return;
  const name = `${stage}.${place.join(".")}`;
  readout.textContent = name;
  const beside = address().get("beside");
  const value = await arrays(shownQuery()).number(stage, place);
  const other = beside && (await arrays(new URLSearchParams({ digit: beside }).toString()).number(stage, place));
  const more = other ? ` · ${t("beside")} ${other}` : "";
  if (readout.textContent === name) readout.textContent = `${name} = ${value}${more}`;
});

root.addEventListener("map-leave", (event) => {
  const readout = /** @type {Element} */ (event.target).closest("[data-layer]")?.querySelector('[data-slot="readout"]');
  if (readout) readout.textContent = "";
});

/** @type {Map<string, Arrays>} */
const fetched = new Map();

/** @param {string} query of a drawing */
function arrays(query) {
  const found = fetched.get(query) ?? new Arrays((name) => `${api}/${name}.npy?${query}`, DIGITS);
  if (fetched.size > 8) fetched.clear();
  fetched.set(query, found);
  return found;
}

takePictures(root);
root.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches(".go-to")) return;
  event.preventDefault();
  open(String(new FormData(form).get("cell")), undefined);
});

document.addEventListener("page-shown", adopt);
adopt();
if (address().has("cell")) root.querySelector(".opened")?.scrollIntoView({ block: "start" });
