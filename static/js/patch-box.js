/** A photo with a square patch on it: dragged by mouse or finger, moved by the arrow keys, placed by a click. */

const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
});
const REST = 400; // ms after the last key, until the place is chosen

/** @typedef {[number, number]} Corner row and column of the patch's top left corner, in pixels */

/**
 * Emits patch-move with { corner } on its way, patch-place with { corner, history } where it comes to rest.
 * data-side, data-size and data-stride are in pixels of the photo; data-row and data-column say where the patch is.
 */
export class PatchBox extends HTMLElement {
  /** @type {{ row: number, column: number } | undefined} what of the patch the pointer holds */
  #held;

  /** @type {Corner | undefined} where it was led, as long as that is not chosen */
  #led;

  /** @type {number | undefined} */
  #resting;

  connectedCallback() {
    this.addEventListener("pointerdown", (event) => this.#take(event));
    this.addEventListener("pointermove", (event) => this.#drag(event));
    this.addEventListener("pointerup", () => this.#letGo());
    this.addEventListener("pointercancel", () => this.#putBack());
    this.addEventListener("click", (event) => this.#tap(/** @type {PointerEvent} */ (event)));
    this.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {string} name */
  #number(name) {
    return Number(this.dataset[name]);
  }

  /** @returns {Corner} */
  get #corner() {
    return this.#led ?? [this.#number("row"), this.#number("column")];
  }

  /**
   * @param {PointerEvent} event
   * @returns {Corner} the pixel of the photo under the pointer
   */
  #under(event) {
    const box = this.getBoundingClientRect();
    const zoom = this.#number("side") / box.width;
    return [(event.clientY - box.top) * zoom, (event.clientX - box.left) * zoom];
  }

  /**
   * @param {PointerEvent} event
   * @returns {{ row: number, column: number } | undefined} what of the patch is under the pointer
   */
  #grip(event) {
    const [row, column] = this.#under(event);
    const [top, left] = this.#corner;
    const size = this.#number("size");
    const inside = row >= top && row < top + size && column >= left && column < left + size;
    return inside ? { row: row - top, column: column - left } : undefined;
  }

  /** Beside the patch a mouse takes it by its middle; a finger may mean to scroll, and has to tap. @param {PointerEvent} event */
  #take(event) {
    const grip = this.#grip(event);
    if (!grip && event.pointerType === "touch") return;
    event.preventDefault();
    this.focus({ preventScroll: true }); // or the photo would move under the pointer
    this.setPointerCapture(event.pointerId);
    const middle = this.#number("size") / 2;
    this.#held = grip ?? { row: middle, column: middle };
    this.dataset.held = "";
    this.#drag(event);
  }

  /** @param {PointerEvent} event */
  #tap(event) {
    if (event.pointerType !== "touch" || this.#grip(event)) return;
    const [row, column] = this.#under(event);
    const middle = this.#number("size") / 2;
    this.#lead([row - middle, column - middle]);
    this.#rest("push");
  }

  #putBack() {
    if (!this.#held) return;
    this.#held = this.#led = undefined;
    this.#lead(this.#corner);
    this.#led = undefined;
    delete this.dataset.held;
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    if (!this.#held) return;
    const [row, column] = this.#under(event);
    this.#lead([row - this.#held.row, column - this.#held.column]);
  }

  #letGo() {
    if (!this.#held) return;
    this.#held = undefined;
    this.#rest("push");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    event.stopPropagation();
    const step = event.shiftKey ? 1 : this.#number("stride");
    const [row, column] = this.#corner;
    this.dataset.held = "";
    this.#lead([row + step * arrow[0], column + step * arrow[1]]);
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.#rest("replace"), REST);
  }

  /** @param {Corner} corner */
  #lead(corner) {
    const free = this.#number("side") - this.#number("size");
    const [row, column] = corner.map((place) => Math.min(free, Math.max(0, Math.round(place))));
    this.#led = [row, column];
    for (const square of this.querySelectorAll("rect")) {
      square.setAttribute("x", String(column));
      square.setAttribute("y", String(row));
    }
    this.dispatchEvent(new CustomEvent("patch-move", { detail: { corner: this.#led }, bubbles: true }));
  }

  /** @param {"push" | "replace"} history */
  #rest(history) {
    clearTimeout(this.#resting);
    const corner = this.#corner;
    this.#led = undefined;
    [this.dataset.row, this.dataset.column] = corner.map(String);
    this.dispatchEvent(new CustomEvent("patch-place", { detail: { corner, history }, bubbles: true }));
  }
}

customElements.define("patch-box", PatchBox);
