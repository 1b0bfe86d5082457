/** The whole photo with the square that the network sees: dragged by mouse or finger, moved by the arrow keys. */

const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
});
const STEP = 5; // percent that a key moves

/**
 * Emits crop-change with { across, down }, in percent of the free room, when the square is let go.
 * data-free-across and data-free-down are that room in pixels of the photo.
 */
export class CropBox extends HTMLElement {
  /** Where the pointer took hold, and where the square was: pixels of the photo. */
  #held = /** @type {{ x: number, y: number, left: number, top: number } | undefined} */ (undefined);

  connectedCallback() {
    this.addEventListener("pointerdown", (event) => this.#take(event));
    this.addEventListener("pointermove", (event) => this.#move(event));
    this.addEventListener("pointerup", () => this.#letGo());
    this.addEventListener("pointercancel", () => this.#letGo());
    this.addEventListener("keydown", (event) => this.#key(event));
  }

  get #squares() {
    return [...this.querySelectorAll("rect")];
  }

  /** Of the photo's pixels on the screen. */
  get #zoom() {
    const svg = /** @type {SVGSVGElement} */ (this.querySelector("svg"));
    return svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  }

  /** @param {PointerEvent} event */
  #take(event) {
    event.preventDefault();
    this.focus();
    this.setPointerCapture(event.pointerId);
    const [square] = this.#squares;
    const [left, top] = [square.x.baseVal.value, square.y.baseVal.value];
    this.#held = { x: event.clientX, y: event.clientY, left, top };
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.#held) return;
    const { x, y, left, top } = this.#held;
    const zoom = this.#zoom;
    this.#place(left + (event.clientX - x) / zoom, top + (event.clientY - y) / zoom);
  }

  /**
   * @param {number} left
   * @param {number} top
   */
  #place(left, top) {
    const [free, freeDown] = [Number(this.dataset.freeAcross), Number(this.dataset.freeDown)];
    for (const square of this.#squares) {
      square.setAttribute("x", String(Math.min(free, Math.max(0, left))));
      square.setAttribute("y", String(Math.min(freeDown, Math.max(0, top))));
    }
  }

  #letGo() {
    if (!this.#held) return;
    this.#held = undefined;
    const [square] = this.#squares;
    this.#tell(
      share(square.x.baseVal.value, this.dataset.freeAcross, this.dataset.across),
      share(square.y.baseVal.value, this.dataset.freeDown, this.dataset.down),
    );
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    event.stopPropagation();
    const within = (/** @type {number} */ percent) => Math.min(100, Math.max(0, percent));
    const { across, down, freeAcross, freeDown } = this.dataset;
    this.#tell(
      Number(freeAcross) ? within(Number(across) + STEP * arrow[0]) : Number(across),
      Number(freeDown) ? within(Number(down) + STEP * arrow[1]) : Number(down),
    );
  }

  /**
   * @param {number} across
   * @param {number} down
   */
  #tell(across, down) {
    if (across === Number(this.dataset.across) && down === Number(this.dataset.down)) return;
    this.dispatchEvent(new CustomEvent("crop-change", { detail: { across, down }, bubbles: true }));
  }
}

/**
 * Percent of the free room; where there is none, what it was.
 * @param {number} place
 * @param {string | undefined} free
 * @param {string | undefined} before
 */
function share(place, free, before) {
  return Number(free) ? Math.round((100 * place) / Number(free)) : Number(before);
}

customElements.define("crop-box", CropBox);
