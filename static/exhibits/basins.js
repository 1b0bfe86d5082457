/** Maps of starts: point at one, by mouse, finger or keys, and the server tells where it leads. */

import { visit } from "../js/visit.js";

const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
});
const STEP = 1 / 64; // of the map's side, with Shift eight times as far
const REST = 400; // ms after the last key, until the page is asked for

/** @typedef {[number, number]} Start */
/** @typedef {{ start: Start, said: string, sides: { path: string, end: Start | null, told: string }[] }} Answer */

const root = /** @type {HTMLElement} */ (document.querySelector("[data-exhibit=basins]"));

class BasinMap extends HTMLElement {
  connectedCallback() {
    this.addEventListener("pointermove", (event) => preview(this.#under(event)));
    this.addEventListener("pointerleave", () => preview(this.#shown));
    this.addEventListener("click", (event) => settle(this.#under(event), "push"));
    this.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {string} name */
  #number(name) {
    return Number(this.dataset[name]);
  }

  /** @returns {Start} the start of the page's address */
  get #shown() {
    return [this.#number("x"), this.#number("y")];
  }

  /**
   * @param {MouseEvent} event
   * @returns {Start}
   */
  #under(event) {
    const picture = /** @type {HTMLElement} */ (this.querySelector("img")).getBoundingClientRect();
    return this.#at((event.clientX - picture.left) / picture.width, 1 - (event.clientY - picture.top) / picture.height);
  }

  /**
   * Return the place of the frame at shares 0..1 of its sides, with as many digits as tell two pixels apart.
   * @param {number} across
   * @param {number} up
   * @returns {Start}
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
    const [x, y] = cursor ?? this.#shown;
    const step = STEP * (event.shiftKey ? 8 : 1);
    const share = (/** @type {string} */ from, /** @type {string} */ to, /** @type {number} */ value) =>
      (value - this.#number(from)) / (this.#number(to) - this.#number(from));
    cursor = this.#at(share("left", "right", x) + step * arrow[0], share("bottom", "top", y) + step * arrow[1]);
    preview(cursor);
    clearTimeout(resting);
    resting = setTimeout(() => settle(cursor, "replace"), REST);
  }
}

/** @type {Start | undefined} */
let cursor;

/** @type {number | undefined} */
let resting;

/** @type {Start | undefined} */
let wanted;

let asking = false;

/**
 * @param {URL} url
 * @param {Start} start
 */
function aimed(url, [x, y]) {
  url.searchParams.set("x", String(x));
  url.searchParams.set("y", String(y));
  return url;
}

/**
 * Make a start that of the page, and of its address.
 * @param {Start | undefined} start
 * @param {"push" | "replace"} history
 */
function settle(start, history) {
  clearTimeout(resting);
  cursor = undefined;
  if (start) visit(aimed(new URL(location.href), start).href, { history });
}

/**
 * Draw the paths from a start; while an answer is awaited, only the last start that was pointed at is kept.
 * @param {Start} start
 */
async function preview(start) {
  wanted = start;
  if (asking) return;
  asking = true;
  while (wanted) {
    const url = aimed(new URL(`/api${location.pathname}/live${location.search}`, location.origin), wanted);
    wanted = undefined;
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) show(await answer.json());
  }
  asking = false;
}

/** @param {Answer} answer */
function show(answer) {
  fill(root, "said", answer.said);
  const maps = [...root.querySelectorAll("basin-map")];
  answer.sides.forEach(({ path, end, told }, number) => {
    fill(root, `told-${number}`, told);
    for (const line of slots(maps[number], "path")) line.setAttribute("d", path);
    for (const ring of slots(maps[number], "start")) place(ring, answer.start);
    for (const dot of slots(maps[number], "end")) place(dot, end);
  });
}

/**
 * @param {Element} mark
 * @param {Start | null} at
 */
function place(mark, at) {
  mark.toggleAttribute("hidden", !at);
  if (!at) return;
  mark.setAttribute("cx", String(at[0]));
  mark.setAttribute("cy", String(at[1]));
}

/**
 * @param {Element} part
 * @param {string} name
 */
function slots(part, name) {
  return part.querySelectorAll(`[data-slot="${name}"]`);
}

/**
 * @param {Element} part
 * @param {string} name
 * @param {string} text
 */
function fill(part, name, text) {
  for (const slot of slots(part, name)) slot.textContent = text;
}

customElements.define("basin-map", BasinMap);
