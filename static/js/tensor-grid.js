/**
 * One slice of a tensor, drawn by the server. Points at cells, outlines windows, edits numbers.
 *
 * Emits cell-point (pointer or cursor rests on a cell), cell-leave, cell-choose (click, Enter) and
 * cell-edit, each with { tensor, place, row, column }; cell-edit also with { value }.
 */

import { typeIntoCell } from "./cell-editor.js";
import { t } from "./i18n.js";

/** @typedef {{ tensor: string, place: number[], row: number, column: number }} CellPlace */

const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
});

export class TensorGrid extends HTMLElement {
  /** What a dense grid shows under the pointer. @type {((cell: CellPlace) => Promise<string>) | undefined} */
  lookup;
  #cursor = { row: 0, column: 0 };
  #pointed = "";
  /** @type {string | undefined} where the server put the cursor last */
  #placed;
  /** @type {AbortController | undefined} */
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.addEventListener("pointermove", (event) => this.#point(event), { signal });
    this.addEventListener("pointerdown", (event) => this.#point(event), { signal });
    this.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && this.#leave(), { signal });
    document.addEventListener("pointerdown", (event) => this.#leaveUnless(event), { signal });
    this.addEventListener("click", (event) => this.#choose(event), { signal });
    this.addEventListener("dblclick", (event) => this.#editAt(event), { signal });
    this.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.addEventListener("focusin", (event) => this.#focus(event), { signal });
    this.addEventListener("focusout", () => this.#leave(), { signal });
    document.addEventListener("page-shown", () => this.#adopt(), { signal });
    this.#adopt();
  }

  /** Take up what the server drew: it puts the cursor into the window, where that has moved. */
  #adopt() {
    if (this.dataset.cursor !== undefined && this.dataset.cursor !== this.#placed) {
      const [row, column] = this.dataset.cursor.split("_").map(Number);
      this.#cursor = { row, column };
    }
    this.#placed = this.dataset.cursor;
    this.#rove();
  }

  disconnectedCallback() {
    this.#listening?.abort();
  }

  get rows() {
    return Number(this.dataset.rows);
  }
  get columns() {
    return Number(this.dataset.columns);
  }
  get pitch() {
    return Number(this.dataset.pitch);
  }
  get first() {
    return Number(this.dataset.first);
  }
  get dense() {
    return "dense" in this.dataset;
  }
  get place() {
    return (this.dataset.place ?? "").split("_").filter(Boolean).map(Number);
  }

  /**
   * Outline the window from the first to the last of these rows and columns; nothing to take it away.
   * @param {number[]} [rows]
   * @param {number[]} [columns]
   */
  outline(rows, columns) {
    const outline = this.querySelector(".outline");
    if (!outline) return;
    if (this.dataset.tensor === "x") this.#place(rows, columns);
    outline.toggleAttribute("hidden", !rows?.length || !columns?.length);
    if (!rows?.length || !columns?.length) return;
    const [x, y] = this.#corner(rows[0], columns[0]);
    const width = (columns[columns.length - 1] - columns[0] + 1) * this.pitch;
    const height = (rows[rows.length - 1] - rows[0] + 1) * this.pitch;
    for (const rect of outline.querySelectorAll("rect")) place(rect, x, y, width, height);
    const spread = rows.length * columns.length * this.pitch ** 2 !== width * height;
    outline.querySelector(".reads")?.setAttribute("d", spread ? this.#path(cross(rows, columns)) : "");
  }

  /**
   * Where a cursor begins: the first cell of the window that is no padding.
   * @param {number[]} [rows]
   * @param {number[]} [columns]
   */
  #place(rows, columns) {
    const first = (/** @type {number[]} */ places, /** @type {number} */ size) =>
      places.find((place) => place >= 0 && place < size) ?? 0;
    if (rows?.length && columns?.length)
      this.dataset.cursor = `${first(rows, this.rows)}_${first(columns, this.columns)}`;
    else delete this.dataset.cursor;
  }

  /**
   * Mark the one cell that is being multiplied; nothing to take the mark away.
   * @param {[number, number] | number[]} [cell]
   */
  mark(cell) {
    this.querySelector(".now")?.setAttribute("d", cell ? this.#path([[cell[0], cell[1]]]) : "");
  }

  /**
   * Hint at single cells; an empty list takes the hints away.
   * @param {[number, number][]} cells
   */
  hint(cells) {
    this.querySelector(".hints")?.setAttribute("d", this.#path(cells));
  }

  /**
   * Show the cells up to step `at`; the later ones are to come.
   * @param {number} at
   */
  reach(at) {
    this.toggleAttribute("data-unreached", this.first > at);
    const known = Math.max(0, Math.min(at + 1 - this.first, this.rows * this.columns));
    if (this.dense) return this.#cover(known);
    this.#cells().forEach((cell, index) => {
      const state = index < known ? null : "to-come";
      if (cell.getAttribute("data-state") === state) return;
      if (state) cell.setAttribute("data-state", state);
      else cell.removeAttribute("data-state");
    });
  }

  /** @param {number} known */
  #cover(known) {
    const [rest, below] = this.querySelectorAll(".cover rect");
    const row = Math.floor(known / this.columns);
    const column = known % this.columns;
    const left = Math.max(0, this.rows - row - 1);
    place(
      rest,
      column * this.pitch,
      row * this.pitch,
      row < this.rows ? (this.columns - column) * this.pitch : 0,
      this.pitch,
    );
    place(below, 0, (row + 1) * this.pitch, this.columns * this.pitch, left * this.pitch);
  }

  #cells() {
    return this.querySelectorAll('[role="gridcell"]:not(.padding)');
  }

  /**
   * @param {number} row
   * @param {number} column
   * @returns {[number, number]}
   */
  #corner(row, column) {
    return [(column + Number(this.dataset.left)) * this.pitch, (row + Number(this.dataset.top)) * this.pitch];
  }

  /** @param {[number, number][]} cells */
  #path(cells) {
    const side = this.pitch;
    return cells.map(([row, column]) => `M${this.#corner(row, column).join(" ")}h${side}v${side}h-${side}z`).join("");
  }

  /**
   * @param {PointerEvent | MouseEvent} event
   * @returns {CellPlace | undefined}
   */
  #under(event) {
    const svg = this.querySelector("svg");
    if (!svg) return undefined;
    const box = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / box.width;
    const column = Math.floor(((event.clientX - box.left) * scale) / this.pitch) - Number(this.dataset.left);
    const row = Math.floor(((event.clientY - box.top) * scale) / this.pitch) - Number(this.dataset.top);
    return this.#holds(row, column) ? this.#placeOf(row, column) : undefined;
  }

  /**
   * @param {number} row
   * @param {number} column
   */
  #holds(row, column) {
    return row >= 0 && column >= 0 && row < this.rows && column < this.columns;
  }

  /**
   * @param {number} row
   * @param {number} column
   * @returns {CellPlace}
   */
  #placeOf(row, column) {
    return { tensor: this.dataset.tensor ?? "", place: this.place, row, column };
  }

  /** @param {PointerEvent} event */
  #point(event) {
    const cell = this.#under(event);
    const key = cell ? `${cell.row}_${cell.column}` : "";
    if (key === this.#pointed) return;
    this.#pointed = key;
    if (cell) this.#tell(cell);
    else this.#leave();
  }

  /** @param {CellPlace} cell */
  async #tell(cell) {
    this.#emit("cell-point", cell);
    const shortened = this.#cellAt(cell)?.getAttribute("data-exact");
    const known = this.#cellAt(cell)?.getAttribute("data-state") !== "to-come";
    if (shortened && known) this.#read(cell, shortened);
    const [x, y] = this.#corner(cell.row, cell.column);
    const spot = this.querySelector(".spot");
    if (spot) place(spot, x, y, this.pitch, this.pitch);
    spot?.removeAttribute("hidden");
    if (!this.dense || !this.lookup) return;
    const key = this.#pointed;
    const value = await this.lookup(cell);
    if (key === this.#pointed) this.#read(cell, value);
  }

  /** @param {CellPlace} cell */
  #cellAt({ row, column }) {
    return this.#cells()[row * this.columns + column];
  }

  /**
   * Tell a number that the cell itself has no room for.
   * @param {CellPlace} cell
   * @param {string} value
   */
  #read(cell, value) {
    const [x] = this.#corner(cell.row, cell.column);
    const readout = this.querySelector(".readout") ?? this.appendChild(document.createElement("output"));
    readout.className = "readout";
    readout.textContent = t("row %(row)s, column %(column)s: %(value)s", { ...cell, place: "", value });
    const room = this.clientWidth - /** @type {HTMLElement} */ (readout).offsetWidth;
    /** @type {HTMLElement} */ (readout).style.translate = `${Math.max(0, Math.min(x, room))}px 0`;
  }

  /**
   * A finger leaves as soon as it is lifted; what it tapped stays until another place is tapped.
   * @param {PointerEvent} event
   */
  #leaveUnless(event) {
    if (this.#pointed && !this.contains(/** @type {Node} */ (event.target))) this.#leave();
  }

  #leave() {
    this.#pointed = "";
    this.querySelector(".readout")?.remove();
    this.querySelector(".spot")?.setAttribute("hidden", "");
    this.#emit("cell-leave", this.#placeOf(this.#cursor.row, this.#cursor.column));
  }

  /** @param {MouseEvent} event */
  #choose(event) {
    const cell = this.#under(event);
    if (cell) this.#emit("cell-choose", cell);
  }

  /** @param {MouseEvent} event */
  #editAt(event) {
    const cell = this.#under(event);
    if (cell) this.#edit(cell);
  }

  /** @param {FocusEvent} event */
  #focus(event) {
    const cell = /** @type {Element} */ (event.target).closest?.('[role="gridcell"]');
    if (cell instanceof SVGElement)
      this.#cursor = { row: Number(cell.dataset.row), column: Number(cell.dataset.column) };
    if (cell || this.dense) this.#tellCursor();
  }

  #tellCursor() {
    this.#pointed = `${this.#cursor.row}_${this.#cursor.column}`;
    this.#tell(this.#placeOf(this.#cursor.row, this.#cursor.column));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.target instanceof HTMLInputElement) return;
    const arrow = ARROWS[event.key];
    const { row, column } = this.#cursor;
    if (arrow && this.#holds(row + arrow[0], column + arrow[1])) this.#move(row + arrow[0], column + arrow[1]);
    else if (event.key === "Home") this.#move(row, 0);
    else if (event.key === "End") this.#move(row, this.columns - 1);
    else if (event.key === "Enter" && "editable" in this.dataset) this.#edit(this.#placeOf(row, column));
    else if (event.key === "Enter") this.#emit("cell-choose", this.#placeOf(row, column));
    else if (event.key === "Escape") document.querySelector("main")?.focus();
    else if (!arrow) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * @param {number} row
   * @param {number} column
   */
  #move(row, column) {
    this.#cursor = { row, column };
    if (this.dense) this.#tellCursor();
    else this.#rove(true);
  }

  /** Exactly one cell can be reached by Tab: the cursor's. */
  #rove(focus = false) {
    const cells = this.#cells();
    const current = cells[this.#cursor.row * this.columns + this.#cursor.column] ?? cells[0];
    for (const cell of this.querySelectorAll('[tabindex="0"][role="gridcell"]')) cell.setAttribute("tabindex", "-1");
    current?.setAttribute("tabindex", "0");
    if (focus && current instanceof SVGElement) current.focus();
  }

  /** @param {CellPlace} cell */
  async #edit(cell) {
    if (!("editable" in this.dataset)) return;
    const [x, y] = this.#corner(cell.row, cell.column);
    const shown = this.#cellAt(cell);
    const label = t("new value of row %(row)s, column %(column)s", { ...cell, place: "" });
    const value = shown?.getAttribute("data-exact") ?? shown?.querySelector("text")?.textContent ?? "";
    const typed = await typeIntoCell(this, { x, y, side: this.pitch }, { label, value });
    if (!this.dense) this.#rove(true);
    if (typed !== null) this.#emit("cell-edit", { ...cell, value: typed });
  }

  /**
   * @param {string} name
   * @param {CellPlace & { value?: string }} detail
   */
  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}

/**
 * @param {number[]} rows
 * @param {number[]} columns
 * @returns {[number, number][]}
 */
export function cross(rows, columns) {
  return rows.flatMap((row) => columns.map((column) => /** @type {[number, number]} */ ([row, column])));
}

/**
 * @param {Element} rect
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 */
function place(rect, x, y, width, height) {
  for (const [name, value] of Object.entries({ x, y, width, height })) rect.setAttribute(name, String(value));
}

customElements.define("tensor-grid", TensorGrid);
