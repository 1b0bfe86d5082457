/** Linked highlighting: which cells belong together, looked up in the engine's table of windows. */

import { t } from "./i18n.js";
import { grids } from "./stage.js";
import { cross } from "./tensor-grid.js";

/** @typedef {import("./tensor-grid.js").CellPlace} CellPlace */
/** @typedef {import("./tensor-grid.js").TensorGrid} TensorGrid */

export class Links {
  /** @param {HTMLElement} stage */
  constructor(stage) {
    this.stage = stage;
    /** @type {{ rows: number[][], columns: number[][], uses: number[][], cells: number }} */
    this.windows = JSON.parse(stage.querySelector("script[data-windows]")?.textContent ?? "null");
  }

  /**
   * @param {string} tensor
   * @param {number[]} place
   */
  grid(tensor, place) {
    return grids(this.stage, tensor).find((grid) => grid.place.join() === place.join()) ?? null;
  }

  /**
   * Return the step that makes an output cell; undefined for cells of other tensors.
   * @param {CellPlace} cell
   */
  stepOf({ tensor, place, row, column }) {
    const output = tensor === "output" ? this.grid(tensor, place) : null;
    return output ? output.first + row * output.columns + column : undefined;
  }

  /** Take all hints away. */
  clear() {
    for (const grid of this.stage.querySelectorAll("tensor-grid")) /** @type {TensorGrid} */ (grid).hint([]);
  }

  /**
   * Hint at everything that belongs to an input pixel or a weight; return a sentence about it.
   * @param {CellPlace} cell
   */
  point(cell) {
    this.clear();
    if (cell.tensor === "x") return this.#pixel(cell);
    if (cell.tensor === "weight") return this.#weight(cell);
    return "";
  }

  /**
   * Every output cell whose window holds this pixel, in every filter that reads its channel.
   * @param {CellPlace} cell
   */
  #pixel({ place: [channel], row, column }) {
    const rows = indicesOf(this.windows.rows, row);
    const columns = indicesOf(this.windows.columns, column);
    const readers = new Set(grids(this.#section(channel), "weight").map((slice) => slice.place[0]));
    for (const output of grids(this.stage, "output"))
      output.hint(readers.has(output.place[0]) ? cross(rows, columns) : []);
    return t(
      "Row %(row)s, column %(column)s of channel %(channel)s: output cells that read it, in each map: %(count)s.",
      {
        row,
        column,
        channel,
        count: this.windows.uses[row][column],
      },
    );
  }

  /**
   * Every input that this weight multiplies, padding included.
   * @param {CellPlace} cell
   */
  #weight({ place, row, column }) {
    const section = this.grid("weight", place)?.closest(".channel");
    if (!section) return "";
    const rows = this.windows.rows.map((window) => window[row]);
    const columns = this.windows.columns.map((window) => window[column]);
    grids(section, "x")[0].hint(cross(rows, columns));
    return t(
      "This weight of filter %(filter)s multiplies %(count)s cells of channel %(channel)s, one per output cell.",
      {
        filter: place[0],
        count: this.windows.cells,
        channel: /** @type {HTMLElement} */ (section).dataset.channel ?? "",
      },
    );
  }

  /**
   * The weight and the pixel of one written product.
   * @param {HTMLElement | null} term
   */
  pointTerm(term) {
    if (!term) {
      if (this.termShown) this.clear();
      this.termShown = false;
      return;
    }
    this.clear();
    this.termShown = true;
    const section = term.closest(".channel");
    const cells = [...(term.closest("table")?.querySelectorAll("td") ?? [])];
    const filter = Number(this.stage.dataset.filter);
    const slice = section && grids(section, "weight").find((grid) => grid.place[0] === filter);
    const output = this.grid("output", [filter]);
    if (!section || !slice || !output) return;
    const number = cells.indexOf(/** @type {HTMLTableCellElement} */ (term));
    const [u, v] = [Math.floor(number / slice.columns), number % slice.columns];
    const cell = Number(this.stage.dataset.cell) - output.first;
    const [i, j] = [Math.floor(cell / output.columns), cell % output.columns];
    slice.hint([[u, v]]);
    grids(section, "x")[0].hint([[this.windows.rows[i][u], this.windows.columns[j][v]]]);
  }

  /** @param {number} channel */
  #section(channel) {
    return /** @type {Element} */ (this.stage.querySelector(`.channel[data-channel="${channel}"]`));
  }
}

/**
 * @param {number[][]} windows
 * @param {number} place
 */
function indicesOf(windows, place) {
  return windows.flatMap((window, index) => (window.includes(place) ? [index] : []));
}
