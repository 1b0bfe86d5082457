/** A photo inside a network: maps and cells are opened where they are seen, values read under the pointer. */

import "../js/crop-box.js";
import "../js/formula-line.js";
import "../js/map-wall.js";
import "../js/official-weights.js";
import "../js/step-player.js";
import "../js/tensor-grid.js";
import { Arrays } from "../js/arrays.js";
import { cellAt, cellBeside } from "../js/big-map.js";
import { takePhotos } from "../js/photo-input.js";
import { keepInView } from "../js/ribbon.js";
import { stateLink } from "../js/state-link.js";
import { visit } from "../js/visit.js";

/** @typedef {{ map: number, row: number, column: number, address: string }} Spot */

const root = /** @type {HTMLElement} */ (document.querySelector("[data-exhibit=image-lab]"));
const api = "/api/exhibits/image-lab";
const MAP = ".big-map[data-stage-name]";
const DIGITS = 8; // that a number of the network has: it computes in float32
const PHOTO = ["photo", "zoom", "across", "down", "net", "weights"]; // what decides the numbers

keepInView(root, ".ribbon");

/**
 * @param {Record<string, string | undefined>} change
 */
function linkWith(change) {
  return stateLink("/exhibits/image-lab", change);
}

/**
 * @param {string} cell
 * @param {string | undefined} [trail]
 */
function open(cell, trail) {
  return visit(linkWith({ cell, trail, step: undefined, view: undefined }));
}

/** @type {Map<string, Arrays>} */
const fetched = new Map();

/** The tensors of the photo and network that the page shows. */
function arrays() {
  const shown = new URL(location.href).searchParams;
  const query = new URLSearchParams(
    PHOTO.flatMap((name) => (shown.has(name) ? [[name, String(shown.get(name))]] : [])),
  );
  const key = query.toString();
  const found = fetched.get(key) ?? new Arrays((name) => `${api}/${name}.npy?${key}`, DIGITS);
  if (fetched.size > 3) fetched.clear();
  fetched.set(key, found);
  return found;
}

/**
 * Write the number at an address into a slot, unless the pointer has moved on meanwhile.
 * @param {string} slot
 * @param {string | undefined} address
 */
async function read(slot, address) {
  const output = root.querySelector(`[data-slot="${slot}"]`);
  if (!output) return;
  output.textContent = address ?? "";
  if (!address) return;
  const [stage, ...place] = address.split(".");
  const value = await arrays().number(stage, place.map(Number));
  if (output.textContent === address) output.textContent = `${address} = ${value}`;
}

root.addEventListener("wall-point", (event) => {
  const spot = /** @type {Spot | undefined} */ (/** @type {CustomEvent} */ (event).detail ?? undefined);
  read("readout", spot?.address);
});

root.addEventListener("wall-choose", (event) => {
  const { map, address } = /** @type {Spot} */ (/** @type {CustomEvent} */ (event).detail);
  const wall = /** @type {HTMLElement} */ (event.target);
  // a map that is open already is opened at the cell that was meant
  const whole = wall.dataset.rank === "1" || String(map) === wall.dataset.unit;
  open(whole ? address : `${wall.dataset.stageName}.${map}`);
});

/** @param {MouseEvent} event */
function cellUnder(event) {
  const cell = cellAt(event, MAP);
  return cell && addressIn(cell.map, cell.row, cell.column);
}

/**
 * @param {HTMLElement} map
 * @param {number} row
 * @param {number} column
 */
function addressIn(map, row, column) {
  const stage = map.dataset.stageName;
  if (map.dataset.rank === "1") return `${stage}.${row * Number(map.dataset.columns) + column}`;
  return `${stage}.${map.dataset.unit}.${row}.${column}`;
}

root.addEventListener("pointermove", (event) => {
  const cell = cellUnder(event);
  if (cell) read("value", cell);
});
root.addEventListener("click", (event) => {
  const cell = cellUnder(event);
  if (cell) open(cell);
});

root.addEventListener("keydown", (event) => {
  const cell = cellBeside(event, MAP);
  if (cell) open(addressIn(cell.map, cell.row, cell.column));
});

root.addEventListener("cell-choose", (event) => {
  const { tensor, row, column } = /** @type {CustomEvent} */ (event).detail;
  const card = /** @type {HTMLElement | null} */ (root.querySelector(".unit-card"));
  const opens = card?.dataset.opens?.split(" ")[0];
  if (tensor !== "x" || !card || !opens || row < 0 || column < 0) return;
  open(windowCell(card, row, column), card.dataset.trail);
});

/**
 * The address of a cell of the window that the open number is made from.
 * @param {HTMLElement} card
 * @param {number} row
 * @param {number} column
 */
function windowCell(card, row, column) {
  const [below, map, top, left] = (card.dataset.window ?? "").split(" ");
  if (card.dataset.across === "maps") return `${below}.${Number(map) + column}.${top}.${left}`;
  if (card.dataset.rank === "1") return `${below}.${map}`;
  return `${below}.${map}.${Number(top) + row}.${Number(left) + column}`;
}

root.addEventListener("crop-change", (event) => {
  const { across, down } = /** @type {CustomEvent} */ (event).detail;
  visit(linkWith({ across: String(across), down: String(down), step: undefined }));
});

root.addEventListener("step-change", (event) => {
  const { step } = /** @type {CustomEvent} */ (event).detail;
  visit(linkWith({ step: String(step) }), { history: "replace" });
});

takePhotos(root);
root.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches(".go-to")) return;
  event.preventDefault();
  open(String(new FormData(form).get("cell")));
});
