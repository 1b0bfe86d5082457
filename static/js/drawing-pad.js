/**
 * The drawing area: pen strokes of mouse, finger, pen or keyboard, kept as text that fits into a link.
 *
 * Emits drawing-change with { drawing, settled }: settled is false while the pen is down.
 */

import { t } from "./i18n.js";

const SIDE = 280;
const NEAR = 3; // points closer than this add nothing to a stroke
const STEP = 8; // of the pen under the arrow keys
const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
});

/** @typedef {[number, number]} Point column, row */

export class DrawingPad {
  /** @type {Point[][]} */
  strokes = [];
  #drawing = false;
  #pointer = -1; // the one that draws: a second finger or a palm does not
  #penDown = false;
  /** @type {Point} */
  #pen = [140, 140];

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    root.addEventListener("pointerdown", (event) => this.#begin(event));
    root.addEventListener("pointermove", (event) => this.#continue(event));
    root.addEventListener("pointerup", (event) => event.pointerId === this.#pointer && this.#end());
    root.addEventListener("pointercancel", (event) => event.pointerId === this.#pointer && this.#end());
    root.addEventListener("click", (event) => this.#click(event));
    root.addEventListener("keydown", (event) => this.#key(event));
    root.addEventListener("focusout", () => this.#lift());
    this.adopt();
  }

  /** Take up what the server drew; the strokes under the pen stay. */
  adopt() {
    if (!this.#drawing) this.strokes = read(this.paper?.dataset.strokes ?? "");
  }

  get paper() {
    return /** @type {(SVGSVGElement & HTMLElement) | null} */ (this.root.querySelector("[data-pad]"));
  }

  /** The drawing as a link calls it. */
  get text() {
    return `s-${this.strokes.map((stroke) => stroke.map((point) => point.map(pair).join("")).join("")).join("_")}`;
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    const paper = this.#under(event);
    if (!paper || event.button > 0 || this.#drawing || !event.isPrimary) return;
    event.preventDefault();
    paper.focus({ preventScroll: true });
    paper.setPointerCapture(event.pointerId);
    this.#drawing = true;
    this.#pointer = event.pointerId;
    this.#beginNew();
    this.strokes.push([this.#place(event)]);
    this.#show(false);
  }

  /** @param {PointerEvent} event */
  #continue(event) {
    if (!this.#drawing || event.pointerId !== this.#pointer) return;
    const stroke = this.strokes[this.strokes.length - 1];
    for (const part of event.getCoalescedEvents?.() ?? [event]) {
      const [x, y] = this.#place(part);
      const [lastX, lastY] = stroke[stroke.length - 1];
      if (Math.hypot(x - lastX, y - lastY) >= NEAR) stroke.push([x, y]);
    }
    this.#show(false);
  }

  #end() {
    if (!this.#drawing) return;
    this.#drawing = false;
    this.#pointer = -1;
    this.#shorten();
    this.#show(true);
  }

  /** A link holds only so many points: of a very long drawing every second one is kept. */
  #shorten() {
    const longest = Number(this.paper?.dataset.longest);
    for (let before = Infinity; this.text.length > longest && this.text.length < before; ) {
      before = this.text.length;
      this.strokes = this.strokes.map((stroke) =>
        stroke.filter((_, index) => index % 2 === 0 || index === stroke.length - 1),
      );
    }
  }

  /** The first stroke on a typical digit or on an uploaded picture begins a drawing of the learner's own. */
  #beginNew() {
    const typical = /^[0-9]$/.test(this.paper?.dataset.drawing ?? "");
    if (typical || this.paper?.querySelector("image")) this.strokes = [];
    this.#own();
  }

  /** From now on what is on the paper is the learner's own. */
  #own() {
    this.paper?.querySelector("image")?.remove();
    this.paper?.removeAttribute("data-drawing");
  }

  /** @param {Event} event */
  #click(event) {
    const target = /** @type {Element} */ (event.target);
    if (target.closest("[data-undo]")) this.strokes.pop();
    else if (target.closest("[data-clear]")) this.strokes = [];
    else return;
    this.#own();
    this.#show(true);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.target !== this.paper || event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (arrow) this.#movePen(arrow);
    else if (event.key === " ") this.#togglePen();
    else if (event.key === "Backspace") this.#undo();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #undo() {
    this.strokes.pop();
    this.#own();
    this.#show(true);
  }

  /** @param {[number, number]} arrow */
  #movePen([right, down]) {
    const [x, y] = this.#pen;
    this.#pen = [clamp(x + right * STEP), clamp(y + down * STEP)];
    this.#showPen();
    if (!this.#penDown) return;
    this.strokes[this.strokes.length - 1].push(this.#pen);
    this.#show(false);
  }

  #togglePen() {
    if (this.#penDown) return this.#lift();
    this.#penDown = true;
    this.#drawing = true;
    this.#beginNew();
    this.strokes.push([this.#pen]);
    this.#say(t("Pen down"));
    this.#showPen();
    this.#show(false);
  }

  #lift() {
    this.paper?.querySelector(".pen")?.setAttribute("visibility", "hidden");
    if (!this.#penDown) return;
    this.#penDown = false;
    this.#say(t("Pen lifted"));
    this.#end();
  }

  #showPen() {
    const pen = this.paper?.querySelector(".pen");
    pen?.setAttribute("visibility", "visible");
    pen?.setAttribute("cx", String(this.#pen[0]));
    pen?.setAttribute("cy", String(this.#pen[1]));
  }

  /** @param {string} sentence */
  #say(sentence) {
    const place = this.root.querySelector('[data-slot="pen"]');
    if (place) place.textContent = sentence;
  }

  /** @param {boolean} settled */
  #show(settled) {
    const path = this.strokes.map(
      (stroke) => `M${[...stroke, stroke[stroke.length - 1]].map((p) => p.join(" ")).join("L")}`,
    );
    this.paper?.querySelector(".ink")?.setAttribute("d", path.join(""));
    this.paper?.querySelector(".box")?.remove();
    const detail = { drawing: this.text, empty: this.strokes.length === 0, settled };
    this.root.dispatchEvent(new CustomEvent("drawing-change", { detail, bubbles: true }));
  }

  /** @param {PointerEvent} event */
  #under(event) {
    const paper = this.paper;
    return paper?.contains(/** @type {Node} */ (event.target)) ? paper : null;
  }

  /**
   * @param {PointerEvent} event
   * @returns {Point}
   */
  #place(event) {
    const box = /** @type {Element} */ (this.paper).getBoundingClientRect();
    const scale = SIDE / box.width;
    return [clamp((event.clientX - box.left) * scale), clamp((event.clientY - box.top) * scale)];
  }
}

/** @param {number} place */
function clamp(place) {
  return Math.max(0, Math.min(SIDE - 1, Math.round(place)));
}

/** @param {number} number */
function pair(number) {
  return number.toString(36).padStart(2, "0");
}

/**
 * @param {string} text
 * @returns {Point[][]}
 */
function read(text) {
  return text
    .split("_")
    .filter(Boolean)
    .map((stroke) =>
      (stroke.match(/.{4}/g) ?? []).map((point) => [
        Number.parseInt(point.slice(0, 2), 36),
        Number.parseInt(point.slice(2), 36),
      ]),
    );
}
