/**
 * The race on the page: puts paths, balls and printed texts of a step in their places.
 * Every number was printed by the server; here they are only shown.
 */

import { drawMesh, projection, sight } from "./race-solid.js";

/**
 * @typedef {{ points: number[][], rises: (number | null)[] }} Racer
 * @typedef {{ every: string[] } | [number, string][]} Column
 * @typedef {{
 *   size: number, frame: number[], mesh: import("./race-solid.js").Mesh,
 *   racers: Record<string, Racer>, frames: Record<string, Column>,
 *   across?: string[], up?: string[], texts?: string[][],
 * }} Data
 */

const FIGURES = 4; // of a coordinate that is chosen with the pointer, as far as the frame goes

/**
 * Return what a column shows at a step.
 * @param {Column} column
 * @param {number} step
 */
function textAt(column, step) {
  if (!Array.isArray(column)) return column.every[step];
  let low = 0;
  let high = column.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (column[middle][0] <= step) low = middle;
    else high = middle - 1;
  }
  return column[low][1];
}

/**
 * @param {Element} element
 * @param {string} attribute
 * @param {string} text
 */
function write(element, attribute, text) {
  if (attribute === "html") element.innerHTML = text;
  else if (attribute === "text") element.textContent = text;
  else element.setAttribute(attribute, text);
}

export class Race {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.step = 0;
    this.view = { turn: 0, tilt: 0 };
    /** @type {Data | undefined} */
    this.data = undefined;
  }

  /** Read what came with the page, which shows its step already. */
  take() {
    const block = this.root.querySelector("script[data-race]");
    const stage = /** @type {HTMLElement | null} */ (this.root.querySelector("[data-stage]"));
    this.data = block?.textContent ? JSON.parse(block.textContent) : undefined;
    this.step = Number(this.root.querySelector("step-player")?.getAttribute("data-step") ?? 0);
    if (stage) this.view = { turn: Number(stage.dataset.turn), tilt: Number(stage.dataset.tilt) };
  }

  /**
   * Let the sentence be silent for screen readers while steps rush by.
   * @param {boolean} quiet
   */
  quiet(quiet) {
    this.root.querySelector("[data-slot=narration]")?.setAttribute("aria-live", quiet ? "off" : "polite");
  }

  /** @param {number} step */
  show(step) {
    if (!this.data) return;
    this.step = step;
    for (const [name, column] of Object.entries(this.data.frames)) this.#put(name, textAt(column, step));
    this.#draw();
  }

  /**
   * Show what came for another start.
   * @param {{ racers: Record<string, Racer>, row: Record<string, string> }} answer
   */
  redraw({ racers, row }) {
    if (!this.data) return;
    this.data.racers = racers;
    for (const [name, text] of Object.entries(row)) this.#put(name, text);
    this.#draw();
  }

  /** @param {import("./race-solid.js").View} view */
  look(view) {
    this.view = view;
    const group = this.root.querySelector(".quads");
    if (this.data && group) drawMesh(group, this.data.mesh, view);
    this.#draw();
  }

  /** The view as a link writes it. */
  viewText() {
    return { turn: String(this.view.turn), tilt: String(this.view.tilt) };
  }

  /**
   * The place under the pointer in the coordinates of the surface; undefined outside of the plot.
   * @param {MouseEvent} event
   */
  at(event) {
    const svg = /** @type {SVGSVGElement | null} */ (this.root.querySelector("[data-plot] svg"));
    const matrix = svg?.getScreenCTM();
    if (!matrix || !this.data) return undefined;
    const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    return this.#start(place.x / this.data.size, 1 - place.y / this.data.size);
  }

  /**
   * The start moved by a part of the frame.
   * @param {number} across
   * @param {number} up
   */
  beside(across, up) {
    const plot = /** @type {HTMLElement | null} */ (this.root.querySelector("[data-plot]"));
    if (!plot || !this.data) return undefined;
    const [left, right, bottom, top] = this.data.frame;
    const x = (Number(plot.dataset.x) - left) / (right - left);
    const y = (Number(plot.dataset.y) - bottom) / (top - bottom);
    return this.#start(x + across, y + up);
  }

  /**
   * Put the mark of the start where it is dragged to.
   * @param {{ x: string, y: string }} start
   */
  place({ x, y }) {
    if (!this.data) return;
    const [left, right, bottom, top] = this.data.frame;
    const across = (this.data.size * (Number(x) - left)) / (right - left);
    const up = this.data.size * (1 - (Number(y) - bottom) / (top - bottom));
    this.root.querySelector("[data-start]")?.setAttribute("transform", `translate(${across} ${up})`);
    for (const [name, value] of Object.entries({ x, y })) {
      const field = this.root.querySelector(`.race-start input[name=${name}]`);
      if (field instanceof HTMLInputElement && field.type === "text") field.value = value;
    }
  }

  /**
   * @param {number} across
   * @param {number} up
   */
  #start(across, up) {
    const [left, right, bottom, top] = /** @type {Data} */ (this.data).frame;
    const within = (/** @type {number} */ share) => Math.min(1, Math.max(0, share));
    const text = (/** @type {number} */ low, /** @type {number} */ high, /** @type {number} */ share) => {
      const grain = 10 ** (Math.floor(Math.log10(high - low)) - FIGURES + 1);
      return String(Number((Math.round((low + within(share) * (high - low)) / grain) * grain).toPrecision(12)));
    };
    return { x: text(left, right, across), y: text(bottom, top, up) };
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  #put(name, text) {
    if (name === "narration") {
      const place = this.root.querySelector("[data-slot=narration]");
      if (place && place.innerHTML !== text) place.innerHTML = text;
      return;
    }
    for (const element of this.root.querySelectorAll(`[data-frame~="${name}"]`)) {
      const names = (element.getAttribute("data-frame") ?? "").split(" ");
      const attributes = (element.getAttribute("data-attribute") ?? "text").split(" ");
      names.forEach((one, number) => {
        if (one === name) write(element, attributes[number], text);
      });
    }
  }

  #draw() {
    const { racers, size, mesh } = /** @type {Data} */ (this.data);
    const [project, see] = [projection(mesh, this.view), sight(mesh, this.view)];
    for (const [key, { points, rises }] of Object.entries(racers)) {
      const shown = points.slice(0, this.step + 1);
      const line = shown.length ? `M${shown.map(([x, y]) => `${x} ${y}`).join("L")}` : "";
      const dots = shown.map(([x, y]) => `M${x} ${y}h0`).join("");
      const track = this.root.querySelector(`[data-racer="${key}"]`);
      for (const path of track?.children ?? []) path.setAttribute("d", path.matches(".dots") ? dots : line);
      const [x, y] = points[this.step] ?? [-1, -1];
      const there = x >= 0 && y >= 0 && x <= size && y <= size;
      this.#ball(`[data-ball="${key}"]`, there ? `${x} ${y}` : "");
      const inside = shown.map(([x, y], k) => x >= 0 && y >= 0 && x <= size && y <= size && rises[k] !== null);
      const space = shown.map(([x, y], k) => [(2 * x) / size - 1, 1 - (2 * y) / size, rises[k] ?? 0]);
      const places = space.map(([x, y, z]) => project(x, y, z));
      const seen = space.map(([x, y, z]) => see(x, y, z));
      const solid = ["", ""]; // what is seen, what the surface hides
      const ends = [-1, -1];
      const text = (/** @type {number} */ k) => `${places[k][0].toFixed(1)} ${places[k][1].toFixed(1)}`;
      for (let k = 1; k < shown.length; k++) {
        if (!inside[k] || !inside[k - 1]) continue;
        const part = seen[k] && seen[k - 1] ? 0 : 1;
        solid[part] += `${ends[part] === k - 1 ? "" : `M${text(k - 1)}`}L${text(k)}`;
        ends[part] = k;
      }
      for (const path of this.root.querySelectorAll(`[data-solid-racer="${key}"] path`))
        path.setAttribute("d", solid[path.matches(".behind") ? 1 : 0]);
      const [across, down] = places[this.step] ?? [0, 0];
      this.#ball(`[data-solid-ball="${key}"]`, inside[this.step] ? `${across.toFixed(1)} ${down.toFixed(1)}` : "");
    }
  }

  /**
   * @param {string} selector
   * @param {string} place "" where it is outside
   */
  #ball(selector, place) {
    const ball = this.root.querySelector(selector);
    if (place) ball?.removeAttribute("display");
    else ball?.setAttribute("display", "none");
    if (place) ball?.setAttribute("transform", `translate(${place})`);
    else ball?.removeAttribute("transform");
  }
}
