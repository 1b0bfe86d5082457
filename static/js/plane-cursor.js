/** A part of the plane in which a point is chosen, by mouse, finger or keys. */

const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
});
const STEP = 1 / 64; // of the plane's side, with Shift eight times as far
const REST = 400; // ms after the last key, until the point is chosen

/** @typedef {[number, number]} Point */

export class PlaneCursor extends HTMLElement {
  /** @type {Point | undefined} where the keys have led, as long as it is not chosen */
  #cursor;

  /** @type {number | undefined} */
  #resting;

  connectedCallback() {
    this.addEventListener("pointermove", (event) => this.#emit("plane-point", this.#under(event)));
    this.addEventListener("pointerleave", () => this.#emit("plane-point", this.#shown));
    this.addEventListener("click", (event) => this.#choose(this.#under(event), "push"));
    this.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {string} name */
  #number(name) {
    return Number(this.dataset[name]);
  }

  /** @returns {Point} the point of the page's address */
  get #shown() {
    return [this.#number("x"), this.#number("y")];
  }

  /**
   * @param {MouseEvent} event
   * @returns {Point}
   */
  #under(event) {
    const plane = /** @type {HTMLElement} */ (this.querySelector(".plane")).getBoundingClientRect();
    return this.#at((event.clientX - plane.left) / plane.width, 1 - (event.clientY - plane.top) / plane.height);
  }

  /**
   * Return the place at shares 0..1 of the sides, with as many digits as tell two pixels apart.
   * @param {number} across
   * @param {number} up
   * @returns {Point}
   */
  #at(across, up) {
    const place = (/** @type {string} */ from, /** @type {string} */ to, /** @type {number} */ share) => {
      const [low, high] = [this.#number(from), this.#number(to)];
      const digits = Math.min(12, Math.max(0, 3 - Math.floor(Math.log10(high - low))));
      return Number((low + (high - low) * Math.min(1, Math.max(0, share))).toFixed(digits));
    };
    return [place("left", "right", across), place("bottom", "top", up)];
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    const [x, y] = this.#cursor ?? this.#shown;
    const step = STEP * (event.shiftKey ? 8 : 1);
    const share = (/** @type {string} */ from, /** @type {string} */ to, /** @type {number} */ value) =>
      (value - this.#number(from)) / (this.#number(to) - this.#number(from));
    const next = this.#at(share("left", "right", x) + step * arrow[0], share("bottom", "top", y) + step * arrow[1]);
    this.#cursor = next;
    this.#emit("plane-point", next);
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.#choose(next, "replace"), REST);
  }

  /**
   * @param {Point} point
   * @param {"push" | "replace"} history
   */
  #choose(point, history) {
    clearTimeout(this.#resting);
    this.#cursor = undefined;
    this.#emit("plane-choose", point, history);
  }

  /**
   * @param {string} name
   * @param {Point} point
   * @param {string} [history]
   */
  #emit(name, point, history) {
    this.dispatchEvent(new CustomEvent(name, { detail: { point, history }, bubbles: true }));
  }
}

/**
 * Return an address with a point in it.
 * @param {string} address
 * @param {Point} point
 */
export function pointed(address, [x, y]) {
  const url = new URL(address);
  url.searchParams.set("x", String(x));
  url.searchParams.set("y", String(y));
  return url.href;
}

customElements.define("plane-cursor", PlaneCursor);
