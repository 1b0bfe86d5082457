/** Points on a plane: dragged by mouse or finger, moved by the arrow keys, or put where the plane is tapped. */

import { visit } from "./visit.js";

const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
});
const FAR = 10; // places that a key moves with Shift
const EVERY_MS = 90; // while a point is dragged, what depends on it is asked for so often

/** @typedef {{ x: number, y: number }} Place */

/**
 * Each .handle inside names in data-x and data-y the parameters of the link that hold its place. Where it is, and what
 * follows from it, the server's page says; while it is dragged it is only drawn ahead of the page.
 */
export class PlanePoints extends HTMLElement {
  /** @type {SVGGElement | undefined} */
  #held;
  /** @type {Place | undefined} */
  #wanted;
  #asked = 0;
  /** Whether this drag has an entry of its own in the history already. */
  #noted = false;

  connectedCallback() {
    this.addEventListener("pointerdown", (event) => this.#take(event));
    this.addEventListener("pointermove", (event) => this.#move(event));
    this.addEventListener("pointerup", () => this.#letGo());
    this.addEventListener("pointercancel", () => this.#letGo());
    this.addEventListener("click", (event) => this.#tap(event));
    this.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("page-shown", this.#keepUp);
  }

  disconnectedCallback() {
    document.removeEventListener("page-shown", this.#keepUp);
  }

  /** @param {string} name */
  #number(name) {
    return Number(this.dataset[name]);
  }

  /**
   * Return where on the plane a pointer is; inside, also if the pointer is not.
   * @param {MouseEvent} event
   * @returns {Place}
   */
  #under(event) {
    const edge = /** @type {SVGRectElement} */ (this.querySelector(".edge")).getBoundingClientRect();
    const share = (/** @type {number} */ at, /** @type {number} */ from, /** @type {number} */ size) =>
      Math.min(1, Math.max(0, (at - from) / size));
    const across = share(event.clientX, edge.left, edge.width) * this.#number("width");
    const down = share(event.clientY, edge.top, edge.height) * this.#number("height");
    return this.#rounded({
      x: this.#number("left") + across / this.#number("zoom"),
      y: this.#number("top") - down / this.#number("zoom"),
    });
  }

  /**
   * Keep as many decimals as a place needs, and stay inside.
   * @param {Place} place
   */
  #rounded({ x, y }) {
    const unit = 10 ** -this.#number("decimals");
    const within = (/** @type {number} */ at, /** @type {number} */ low, /** @type {number} */ high) =>
      Math.min(Math.floor(high / unit + 1e-9), Math.max(Math.ceil(low / unit - 1e-9), Math.round(at / unit))) * unit;
    const [left, top, zoom] = ["left", "top", "zoom"].map((name) => this.#number(name));
    const written = (/** @type {number} */ at) => Number(at.toFixed(this.#number("decimals")));
    return {
      x: written(within(x, left, left + this.#number("width") / zoom)),
      y: written(within(y, top - this.#number("height") / zoom, top)),
    };
  }

  /** @param {PointerEvent} event */
  #take(event) {
    const handle = /** @type {Element} */ (event.target).closest(".handle");
    if (!(handle instanceof SVGGElement)) return;
    event.preventDefault();
    handle.focus();
    this.setPointerCapture(event.pointerId);
    this.#held = handle;
    this.#noted = false;
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.#held) return;
    this.#wanted = this.#under(event);
    this.#draw();
    const now = performance.now();
    if (now - this.#asked < EVERY_MS) return;
    this.#asked = now;
    this.#go(this.#held, this.#wanted);
  }

  #letGo() {
    const [handle, place] = [this.#held, this.#wanted];
    this.#held = this.#wanted = undefined;
    if (handle && place) this.#go(handle, place);
  }

  /** Draw the point where it is held, whatever page has come meanwhile. */
  #draw() {
    if (!this.#held || !this.#wanted) return;
    const { x, y } = this.#wanted;
    const [left, top, zoom] = ["left", "top", "zoom"].map((name) => this.#number(name));
    this.#held.setAttribute("transform", `translate(${(x - left) * zoom} ${(top - y) * zoom})`);
  }

  #keepUp = () => this.#draw();

  /** @param {MouseEvent} event */
  #tap(event) {
    const target = /** @type {Element} */ (event.target);
    if (target.closest(".handle") || this.#asked > performance.now() - EVERY_MS) return; // the end of a drag
    const handles = /** @type {SVGGElement[]} */ ([...this.querySelectorAll(".handle")]);
    const away = (/** @type {SVGGElement} */ handle) => {
      const box = handle.getBoundingClientRect();
      return Math.hypot(event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2);
    };
    const [nearest] = handles.sort((one, other) => away(one) - away(other));
    if (!nearest) return;
    this.#noted = false;
    this.#go(nearest, this.#under(event));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const arrow = ARROWS[event.key];
    const handle = /** @type {Element} */ (event.target).closest(".handle");
    if (!arrow || !(handle instanceof SVGGElement)) return;
    event.preventDefault();
    event.stopPropagation();
    const { e, f } = /** @type {SVGTransform} */ (handle.transform.baseVal.consolidate()).matrix;
    const by = (event.shiftKey ? FAR : 1) * 10 ** -this.#number("decimals");
    const here = {
      x: this.#number("left") + e / this.#number("zoom"),
      y: this.#number("top") - f / this.#number("zoom"),
    };
    const place = this.#rounded({ x: here.x + arrow[0] * by, y: here.y + arrow[1] * by });
    this.#noted = event.repeat;
    const [left, top, zoom] = ["left", "top", "zoom"].map((name) => this.#number(name));
    handle.setAttribute("transform", `translate(${(place.x - left) * zoom} ${(top - place.y) * zoom})`);
    this.#go(handle, place);
  }

  /**
   * Ask for the page with the point there.
   * @param {SVGGElement} handle
   * @param {Place} place
   */
  #go(handle, { x, y }) {
    const url = new URL(location.href);
    const path = this.dataset.action ?? "";
    if (url.pathname !== path) url.href = new URL(path, location.origin).href;
    url.searchParams.set(handle.dataset.x ?? "x", String(x));
    url.searchParams.set(handle.dataset.y ?? "y", String(y));
    visit(url.href, { history: this.#noted ? "replace" : "push" });
    this.#noted = true;
  }
}

customElements.define("plane-points", PlanePoints);
