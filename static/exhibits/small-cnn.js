/** One small CNN: the server draws every step; a number that is chosen opens, one that has changed says so. */

import { ChangedCells } from "../js/changed-cells.js";
import { stepOnTheServer } from "../js/server-stepper.js";
import { visit } from "../js/visit.js";

/** @typedef {import("../js/tensor-grid.js").CellPlace} CellPlace */

const root = /** @type {HTMLElement} */ (document.querySelector("[data-exhibit=small-cnn]"));
const GIVEN = ["x", "weight", "bias", "linear_weight", "linear_bias"];

/**
 * Open a number below; the step of the network is remembered.
 * @param {string} tensor
 * @param {number[]} place
 */
async function open(tensor, place) {
  const url = new URL(location.href);
  const step = url.searchParams.get("step");
  if (!url.searchParams.has("cell") && step) url.searchParams.set("at", step);
  url.searchParams.delete("step");
  url.searchParams.set("cell", [tensor, ...place].join("."));
  await visit(url.href);
  root.querySelector(".opened")?.scrollIntoView({ block: "nearest" });
}

/** @param {Event} event */
function choose(event) {
  const grid = /** @type {HTMLElement} */ (event.target);
  const { tensor, place, row, column } = /** @type {CustomEvent<CellPlace>} */ (event).detail;
  const below = grid.closest(".opened")?.getAttribute("data-below");
  if (grid.closest("[data-network]")) {
    event.stopPropagation(); // the stepper would take it for a cell of its stage
    const known = grid.querySelector('[data-state="to-come"]') === null;
    if (known && !GIVEN.includes(tensor)) open(tensor, [...place, row, column]);
  } else if (below && tensor === "x") open(below, [...place, row, column]);
}

/** Bring the tensor that the step is about into the window. */
function follow() {
  const now = root.querySelector("[data-network] tensor-grid:has(.outline:not([hidden]))");
  if (!root.querySelector(".opened")) now?.scrollIntoView({ block: "nearest" });
}

root.addEventListener("cell-choose", choose, { capture: true });
stepOnTheServer(root);
document.addEventListener("page-shown", follow);
new ChangedCells(root, "[data-network]").watch();
