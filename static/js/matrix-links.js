/** Which pixel, weight and output a cell of C joins: looked up in the table that the server wrote. */

import { t } from "./i18n.js";
import { visit } from "./visit.js";

/** @typedef {import("./tensor-grid.js").CellPlace} CellPlace */
/** @typedef {import("./tensor-grid.js").TensorGrid} TensorGrid */
/** @typedef {[row: number, column: number, weight: number]} Entry */
/** @typedef {{ entries: Entry[], x: number[][], weight: number[][], output: number[][], values: string[] }} Joins */

const TENSORS = /** @type {Record<string, "x" | "weight" | "output">} */ ({
  x: "x",
  grad_input: "x",
  weight: "weight",
  output: "output",
  grad_output: "output",
});
const SIDE = { output: 0, x: 1, weight: 2 }; // where an entry names its cell of the tensor

/** @param {HTMLElement} root */
function joins(root) {
  const table = root.querySelector("script[data-joins]")?.textContent;
  return table ? /** @type {Joins} */ (JSON.parse(table)) : undefined;
}

/** @param {HTMLElement} root */
function grids(root) {
  return /** @type {TensorGrid[]} */ ([...root.querySelectorAll("tensor-grid")]);
}

/**
 * Hint at all cells that some entries of C belong to, in every grid; no entries to take the hints away.
 * @param {HTMLElement} root
 * @param {Joins} known
 * @param {Entry[]} entries
 */
function hint(root, known, entries) {
  for (const grid of grids(root)) {
    const tensor = TENSORS[grid.dataset.tensor ?? ""];
    if (grid.dataset.tensor === "matrix") grid.hint(entries.map(([row, column]) => turned(grid, row, column)));
    else if (tensor) grid.hint(cellsOf(known, entries, tensor, grid.place));
  }
}

/**
 * @param {Joins} known
 * @param {Entry[]} entries
 * @param {"x" | "weight" | "output"} tensor
 * @param {number[]} place
 */
function cellsOf(known, entries, tensor, place) {
  const cells = entries.map((entry) => known[tensor][entry[SIDE[tensor]]]);
  const here = cells.filter((cell) => cell.slice(0, -2).join() === place.join());
  return here.map((cell) => /** @type {[number, number]} */ (cell.slice(-2)));
}

/**
 * @param {TensorGrid} grid
 * @param {number} row
 * @param {number} column
 * @returns {[number, number]} the cell of C where C is drawn transposed, and the other way round
 */
function turned(grid, row, column) {
  return "transposed" in grid.dataset ? [column, row] : [row, column];
}

/**
 * Return the entries that a cell stands for: one of C, all that a pixel, a weight or an output has.
 * @param {Joins} known
 * @param {TensorGrid} grid
 * @param {CellPlace} cell
 */
function entriesAt(known, grid, { place, row, column }) {
  if (grid.dataset.tensor === "matrix") {
    const cell = turned(grid, row, column).join();
    return known.entries.filter((entry) => entry.slice(0, 2).join() === cell);
  }
  const tensor = TENSORS[grid.dataset.tensor ?? ""];
  if (!tensor) return [];
  const number = known[tensor].findIndex((cell) => cell.join() === [...place, row, column].join());
  return known.entries.filter((entry) => entry[SIDE[tensor]] === number);
}

/**
 * @param {HTMLElement} root
 * @param {string} [sentence] the server's own again without one
 */
function say(root, sentence) {
  const slot = /** @type {HTMLElement | null} */ (root.querySelector("[data-slot=joined]"));
  if (slot) slot.textContent = sentence ?? slot.dataset.said ?? "";
}

/**
 * @param {HTMLElement} root
 * @param {TensorGrid} grid
 * @param {CellPlace} cell
 */
function point(root, grid, cell) {
  const known = joins(root);
  if (!known) return;
  const entries = entriesAt(known, grid, cell);
  hint(root, known, entries);
  if (grid.dataset.tensor !== "matrix") return;
  const [row, column] = turned(grid, cell.row, cell.column);
  const places = { row, column, x: name("x", known.x[column]), y: name("y", known.output[row]) };
  const [entry] = entries;
  if (!entry) say(root, t("C[%(row)s,%(column)s] is empty: the window of %(y)s does not read %(x)s.", places));
  else
    say(
      root,
      t("C[%(row)s,%(column)s] is %(weight)s = %(value)s: it joins %(x)s to %(y)s, forwards and backwards.", {
        ...places,
        weight: name("w", known.weight[entry[2]]),
        value: known.values[entry[2]],
      }),
    );
}

/**
 * @param {string} tensor
 * @param {number[]} place
 */
function name(tensor, place) {
  return `${tensor}[${place.join(",")}]`;
}

/**
 * Listen on an exhibit's root, once.
 * @param {HTMLElement} root
 */
export function linkMatrix(root) {
  root.addEventListener("cell-point", (event) => {
    point(root, /** @type {TensorGrid} */ (event.target), /** @type {CustomEvent} */ (event).detail);
  });
  root.addEventListener("cell-leave", () => {
    const known = joins(root);
    if (known) hint(root, known, []);
    say(root);
  });
  root.addEventListener("cell-choose", (event) => {
    const grid = /** @type {TensorGrid} */ (event.target);
    if (grid.dataset.tensor !== "matrix") return;
    const { row, column } = /** @type {CustomEvent<CellPlace>} */ (event).detail;
    const url = new URL(location.href);
    url.searchParams.set("cell", turned(grid, row, column).join("x"));
    visit(url.href);
  });
}
