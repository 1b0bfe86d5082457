/** Puts one moment into the places that the server drew. Computes nothing, phrases nothing. */

import { t } from "./i18n.js";

/** @typedef {import("./moments.js").Moment} Moment */
/** @typedef {import("./moments.js").Part} Part */
/** @typedef {import("./tensor-grid.js").TensorGrid} TensorGrid */

/**
 * @param {HTMLElement} stage
 * @param {Moment} moment
 * @param {number} number of the part
 * @param {{ preview: boolean, waiting: boolean }} how
 */
export function drawMoment(stage, moment, number, { preview, waiting }) {
  const part = moment.parts[number];
  const whole = stage.dataset.stepSize === "output" || preview;
  const turned = stage.dataset.filter !== String(moment.filter);
  const moved = !whole && stage.dataset.summed !== String(moment.channels[part.channel]);
  stage.dataset.filter = String(moment.filter);
  stage.dataset.summed = whole ? "" : String(moment.channels[part.channel]);
  /** @type {import("./formula-line.js").FormulaLine} */ (stage.querySelector('[data-slot="formula"]')).show(
    moment.formulas[part.done],
  );
  const total = /** @type {HTMLElement} */ (stage.querySelector('[data-slot="total"]'));
  total.innerHTML = moment.totals[part.done];
  stage.querySelectorAll('[data-slot="channel-name"]').forEach((name, k) => {
    name.textContent = String(moment.channels[k]);
  });
  for (const section of stage.querySelectorAll(".channel"))
    drawChannel(/** @type {HTMLElement} */ (section), moment, part, {
      whole,
      product: stage.dataset.stepSize === "product",
    });
  const running = stage.querySelector('[data-slot="running"]');
  if (running) running.textContent = part.running;
  stage.querySelector('[data-slot="running-line"]')?.toggleAttribute("hidden", part.done === moment.channels.length);
  const complete = part.done === moment.channels.length && !waiting;
  for (const grid of grids(stage, "output")) {
    if (!preview && !("known" in stage.dataset)) grid.reach(complete ? moment.cell : moment.cell - 1);
    if (grid.place[0] === moment.filter) grid.outline([moment.row], [moment.column]);
    else grid.outline();
  }
  for (const grid of grids(stage, "bias")) grid.outline([0], [moment.filter]);
  const single = stage.dataset.stepSize === "product";
  if (!turned && !moved && !single) return;
  // measuring costs a layout: only when there is something new to show, and with the one the next frame does anyway
  requestAnimationFrame(() => {
    if (turned) showFilter(stage, moment.filter);
    if (turned || moved) showChannel(stage, moment.channels[whole ? 0 : part.channel]);
    const term = single && stage.querySelector(".terms td[aria-current]");
    if (term) keepInView(term.closest(".terms"), term);
  });
}

/**
 * @param {HTMLElement} stage
 * @param {number} channel
 */
function showChannel(stage, channel) {
  keepInView(stage.querySelector(".channels"), stage.querySelector(`.channel[data-channel="${channel}"]`) ?? undefined);
}

/**
 * Bring the channel that the server drew as the current one into view.
 * @param {HTMLElement} stage
 */
export function showCurrent(stage) {
  keepInView(stage.querySelector(".channels"), stage.querySelector(".channel[data-current]") ?? undefined);
}

/**
 * Bring a filter's slices and its output map into view, each inside its own box.
 * @param {HTMLElement} stage
 * @param {number} filter
 */
function showFilter(stage, filter) {
  keepInView(stage.querySelector(".outputs"), grids(stage, "output")[filter]);
  for (const slice of stage.querySelectorAll('tensor-grid[data-tensor="weight"]:not([data-inactive])'))
    keepInView(slice.closest(".slices"), slice);
}

/**
 * @param {HTMLElement} section
 * @param {Moment} moment
 * @param {Part} part
 * @param {{ whole: boolean, product: boolean }} how
 */
function drawChannel(section, moment, part, { whole, product }) {
  const k = moment.channels.indexOf(Number(section.dataset.channel));
  const current = k >= 0 && (whole || k === part.channel);
  section.toggleAttribute("data-idle", k < 0);
  section.toggleAttribute("data-current", isWritten(section, moment, part, whole));
  const [u, v] = product && !whole ? placeOf(part.product, moment.columns.length) : [-1, -1];
  const [input] = grids(section, "x");
  input.outline(current ? moment.rows : undefined, moment.columns);
  input.mark(current && u >= 0 ? [moment.rows[u], moment.columns[v]] : undefined);
  for (const slice of grids(section, "weight")) {
    const active = slice.place[0] === moment.filter;
    slice.toggleAttribute("data-inactive", !active);
    slice.outline(active && current ? range(slice.rows) : undefined, range(slice.columns));
    slice.mark(active && current && u >= 0 ? [u, v] : undefined);
  }
  drawTerms(section, moment, part, k, product && !whole);
  const sum = /** @type {HTMLElement} */ (section.querySelector('[data-slot="sum"]'));
  sum.textContent = moment.sums[k] ?? "";
  setState(sum, k >= 0 && k < part.done);
  const rounding = section.querySelector('[data-slot="rounding"]');
  if (rounding)
    rounding.textContent = moment.roundings[k] && k < part.done ? `${moment.roundings[k]} ${t("rounding")}` : "";
}

/**
 * Where there is room for one channel's products only (on a phone): the channel being summed,
 * or, of a whole cell, the one that was tapped last.
 * @param {HTMLElement} section
 * @param {Moment} moment
 * @param {Part} part
 * @param {boolean} whole
 */
function isWritten(section, moment, part, whole) {
  const tapped = Number(section.closest("[data-stage]")?.getAttribute("data-written") ?? Number.NaN);
  const chosen = whole && moment.channels.includes(tapped) ? tapped : moment.channels[part.channel];
  return Number(section.dataset.channel) === chosen;
}

/**
 * @param {number} index
 * @param {number} columns
 */
function placeOf(index, columns) {
  return [Math.floor(index / columns), index % columns];
}

/**
 * @param {HTMLElement} section
 * @param {Moment} moment
 * @param {Part} part
 * @param {number} k index of the channel in its group; -1 if the filter does not read it, then the terms are hidden
 * @param {boolean} single one product at a time
 */
function drawTerms(section, moment, part, k, single) {
  section.querySelectorAll(".terms td").forEach((cell, index) => {
    const term = moment.terms[Math.max(k, 0)][index];
    const [, weight, x] = cell.children;
    write(weight, term.weight);
    write(x, term.x);
    cell.toggleAttribute("data-zero", term.zero);
    const reached = k < 0 || k < part.channel || (k === part.channel && index <= part.product);
    setState(cell, reached);
    if (single && k === part.channel && index === part.product) cell.setAttribute("aria-current", "step");
    else cell.removeAttribute("aria-current");
  });
}

/**
 * Writing the same text again would cost a layout all the same.
 * @param {Element} element
 * @param {string} text
 */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * @param {Element} element
 * @param {boolean} reached
 */
function setState(element, reached) {
  if (reached) element.removeAttribute("data-state");
  else element.setAttribute("data-state", "to-come");
}

/**
 * @param {Element} root
 * @param {string} tensor
 * @returns {TensorGrid[]}
 */
export function grids(root, tensor) {
  return /** @type {TensorGrid[]} */ ([...root.querySelectorAll(`tensor-grid[data-tensor="${tensor}"]`)]);
}

/** @param {number} count */
function range(count) {
  return Array.from({ length: count }, (_, index) => index);
}

/**
 * Scroll `box` alone, never the page, so that `item` can be seen in it.
 * @param {Element | null} box
 * @param {Element | undefined} item
 */
function keepInView(box, item) {
  if (!box || !item || (box.scrollWidth <= box.clientWidth && box.scrollHeight <= box.clientHeight)) return;
  const [outer, inner] = [box.getBoundingClientRect(), item.getBoundingClientRect()];
  if (inner.left < outer.left || inner.right > outer.right) box.scrollLeft += inner.left - outer.left - 8;
  if (inner.top < outer.top || inner.bottom > outer.bottom) box.scrollTop += inner.top - outer.top - 8;
}
