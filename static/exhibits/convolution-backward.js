/** Convolution, backward: the server draws every step; here a cell of the gradient is chosen to be checked. */

import { stepOnTheServer } from "../js/server-stepper.js";
import { visit } from "../js/visit.js";

/** @typedef {import("../js/tensor-grid.js").CellPlace} CellPlace */

const root = /** @type {HTMLElement} */ (document.querySelector("[data-exhibit=convolution-backward]"));

root.addEventListener("cell-choose", (event) => {
  const { tensor, place, row, column } = /** @type {CustomEvent<CellPlace>} */ (event).detail;
  if (tensor !== "check") return;
  const bias = root.querySelector("[data-view=bias]"); // a row of biases has one index
  const url = new URL(location.href);
  url.searchParams.set("check", (bias ? [column] : [...place, row, column]).join("_"));
  visit(url.href, { history: "push" });
});

stepOnTheServer(root);
