/** One x of several diagrams: pointed at by mouse or finger, moved by the arrow keys. The page of that x says the rest. */

import { visit } from "./visit.js";

const STEP = 0.05; // of a key; with Shift ten times as far
const DECIMALS = 2;
const EVERY_MS = 90; // while the pointer moves, the page is asked for so often

export class CurveCursor extends HTMLElement {
  /** @type {number | undefined} where the pointer or the keys have led, until the page of it has come */
  #wanted;
  /** @type {number | undefined} */
  #waiting;
  #asked = 0;

  connectedCallback() {
    this.addEventListener("pointermove", (event) => this.#point(event));
    this.addEventListener("pointerdown", (event) => this.#point(event));
    this.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("page-shown", this.#arrived);
  }

  disconnectedCallback() {
    document.removeEventListener("page-shown", this.#arrived);
    clearTimeout(this.#waiting);
  }

  /** @param {string} name */
  #number(name) {
    return Number(this.dataset[name]);
  }

  /** @param {PointerEvent} event */
  #point(event) {
    const chart = /** @type {Element} */ (event.target).closest("svg")?.querySelector(".plane");
    if (!chart) return;
    const edge = chart.getBoundingClientRect();
    const share = (event.clientX - edge.left) / edge.width;
    if (share < 0 || share > 1) return;
    this.#to(this.#number("low") + share * (this.#number("high") - this.#number("low")));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const here = this.#wanted ?? this.#number("value");
    const step = STEP * (event.shiftKey ? 10 : 1);
    const places = /** @type {Record<string, number>} */ ({
      ArrowLeft: here - step,
      ArrowDown: here - step,
      ArrowRight: here + step,
      ArrowUp: here + step,
      Home: this.#number("low"),
      End: this.#number("high"),
    });
    const place = places[event.key];
    if (place === undefined) return;
    event.preventDefault();
    this.#to(place);
  }

  /** @param {number} place */
  #to(place) {
    const [low, high] = [this.#number("low"), this.#number("high")];
    this.#wanted = Number(Math.min(high, Math.max(low, place)).toFixed(DECIMALS));
    this.#draw();
    clearTimeout(this.#waiting);
    const rest = this.#asked + EVERY_MS - performance.now();
    if (rest <= 0) this.#ask();
    else this.#waiting = setTimeout(() => this.#ask(), rest);
  }

  #ask() {
    this.#asked = performance.now();
    if (this.#wanted === undefined || this.#wanted === this.#number("value")) return;
    const url = new URL(location.href);
    url.searchParams.set(this.dataset.name ?? "x", String(this.#wanted));
    visit(url.href, { history: "replace" });
  }

  /** Draw the line at the wanted x, ahead of the page. */
  #draw() {
    if (this.#wanted === undefined) return;
    const share = (this.#wanted - this.#number("low")) / (this.#number("high") - this.#number("low"));
    for (const line of this.querySelectorAll(".here")) {
      const plane = line.closest("svg")?.querySelector(".plane");
      if (!plane) continue;
      const [left, width] = ["x", "width"].map((name) => Number(plane.getAttribute(name)));
      line.setAttribute("transform", `translate(${left + share * width} 0)`);
    }
  }

  #arrived = () => {
    if (this.#wanted === this.#number("value")) this.#wanted = undefined;
    this.#draw();
  };
}

customElements.define("curve-cursor", CurveCursor);
