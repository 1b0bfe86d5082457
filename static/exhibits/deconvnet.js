/** Deconvnet: units, cells and steps are opened where they are seen, values read under the pointer. */

import "../js/map-wall.js";
import "../js/official-weights.js";
import "../js/step-player.js";
import { Arrays } from "../js/arrays.js";
import { cellAt, cellBeside } from "../js/big-map.js";
import { takePhotos } from "../js/photo-input.js";
import { keepInView } from "../js/ribbon.js";
import { stateLink } from "../js/state-link.js";
import { visit } from "../js/visit.js";

/** @typedef {import("../js/big-map.js").MapCell} MapCell */
/** @typedef {{ map: number, row: number, column: number, address: string }} Spot */

const root = /** @type {HTMLElement} */ (document.querySelector("[data-exhibit=deconvnet]"));
const api = "/api/exhibits/deconvnet";
const DIGITS = 8; // that a number of the network has: it computes in float32
const BIG = ".big-map[data-big]";

keepInView(root, ".descent");

/** @param {Record<string, string | undefined>} change */
function linkWith(change) {
  return stateLink("/exhibits/deconvnet", change);
}

/** @type {{ query: string, arrays: Arrays } | undefined} */
let fetched;

/** The tensors of the link that is shown. */
function arrays() {
  const query = new URL(location.href).search.slice(1);
  if (fetched?.query !== query)
    fetched = { query, arrays: new Arrays((name) => `${api}/${name}.npy?${query}`, DIGITS) };
  return fetched.arrays;
}

/**
 * Write the number of a cell under its map, unless the pointer has moved on meanwhile.
 * @param {MapCell} cell
 */
async function read({ map, row, column }) {
  const output = root.querySelector(`[data-slot="${map.dataset.big}"]`);
  if (!output) return;
  const name = nameOf({ map, row, column });
  output.textContent = name;
  const value = await arrays().number(String(map.dataset.big), [row, column]);
  if (output.textContent === name) output.textContent = `${name} = ${value}`;
}

/**
 * Map, row and column of a cell in its whole signal, as a link has them.
 * @param {MapCell} cell
 */
function nameOf({ map, row, column }) {
  if ("flat" in map.dataset) return String(Number(map.dataset.unit) + row * Number(map.dataset.columns) + column);
  return `${map.dataset.unit}.${row + Number(map.dataset.top)}.${column + Number(map.dataset.left)}`;
}

/** @param {MapCell} cell */
function choose(cell) {
  if (cell.map.dataset.big !== "kept") return visit(linkWith({ spot: nameOf(cell) }));
  const layer = /** @type {HTMLElement} */ (root.querySelector("[data-wall=layer]")).dataset.stageName;
  return visit(linkWith({ cell: `${layer}.${nameOf(cell)}`, keep: "cell", step: undefined, spot: undefined }));
}

root.addEventListener("pointermove", (event) => {
  const cell = cellAt(event, BIG);
  if (cell) read(cell);
});
root.addEventListener("click", (event) => {
  const cell = cellAt(event, BIG);
  if (cell) choose(cell);
});
root.addEventListener("keydown", (event) => {
  const cell = cellBeside(event, BIG);
  if (cell) choose(cell);
});

/**
 * Which map of the whole signal a place on its wall is in.
 * @param {HTMLElement} wall
 * @param {Spot} spot
 */
function mapOnWall(wall, { map }) {
  return map + Number(wall.dataset.first);
}

root.addEventListener("wall-point", (event) => {
  const wall = /** @type {HTMLElement} */ (event.target);
  const spot = /** @type {Spot | undefined} */ (/** @type {CustomEvent} */ (event).detail ?? undefined);
  const slot = wall.dataset.wall === "layer" ? "readout" : "signal";
  const output = root.querySelector(`[data-slot="${slot}"]`);
  if (!output) return;
  if (!spot) output.textContent = "";
  else if (slot === "signal") output.textContent = `${mapOnWall(wall, spot)}`;
  else output.textContent = wall.dataset.rank === "1" ? spot.address : `${wall.dataset.stageName}.${spot.map}`;
});

root.addEventListener("wall-choose", (event) => {
  const wall = /** @type {HTMLElement} */ (event.target);
  const spot = /** @type {Spot} */ (/** @type {CustomEvent} */ (event).detail);
  if (wall.dataset.wall === "layer") {
    const cell = wall.dataset.rank === "1" ? spot.address : `${wall.dataset.stageName}.${spot.map}`;
    visit(linkWith({ cell, step: undefined, spot: undefined }));
    return;
  }
  const row = Math.max(0, spot.row) + Number(wall.dataset.top);
  const column = Math.max(0, spot.column) + Number(wall.dataset.left);
  visit(linkWith({ spot: `${mapOnWall(wall, spot)}.${row}.${column}` }));
});

root.addEventListener("step-change", (event) => {
  const { step } = /** @type {CustomEvent} */ (event).detail;
  visit(linkWith({ step: String(step), spot: undefined }), { history: "replace" });
});

takePhotos(root);
