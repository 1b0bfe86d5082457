/** The stepper: puts moments into the page and links cells, windows, filters and terms. */

import "./formula-line.js";
import "./step-player.js";
import "./tensor-grid.js";
import { Arrays } from "./arrays.js";
import { t } from "./i18n.js";
import { Links } from "./links.js";
import { Moments } from "./moments.js";
import { drawMoment, showCurrent } from "./stage.js";
import { visit } from "./visit.js";

/** @typedef {import("./moments.js").Moment} Moment */
/** @typedef {import("./step-player.js").StepPlayer} StepPlayer */
/** @typedef {import("./tensor-grid.js").CellPlace} CellPlace */
/** @typedef {import("./tensor-grid.js").TensorGrid} TensorGrid */

/** One stage with its dock: what the server drew, and what brings it to another step. */
class Exhibit {
  /** @type {CellPlace | undefined} the cell that is pointed at */
  pointed;

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} stage
   */
  constructor(root, stage) {
    this.root = root;
    this.stage = stage;
    this.links = new Links(stage);
    this.moments = new Moments("", 1);
    this.arrays = new Arrays(() => "");
    this.#listen();
    this.adopt(stage);
  }

  #listen() {
    this.root.addEventListener("step-change", (event) => this.step(/** @type {CustomEvent} */ (event).detail));
    this.root.addEventListener("cell-point", (event) => this.point(/** @type {CustomEvent} */ (event).detail));
    this.root.addEventListener("cell-leave", () => this.leave());
    this.root.addEventListener("cell-choose", (event) => this.choose(/** @type {CustomEvent} */ (event).detail));
    this.root.addEventListener("cell-edit", (event) => this.edit(/** @type {CustomEvent} */ (event).detail));
    this.root.addEventListener("click", (event) => this.write(event));
    this.root.addEventListener("pointerover", (event) => this.pointTerm(event));
  }

  /**
   * Take up the page as the server drew it.
   * @param {HTMLElement} stage
   */
  adopt(stage) {
    this.stage = stage;
    this.links = new Links(stage);
    const address = stage.dataset.moments ?? "";
    if (this.moments.address !== address) {
      this.moments = new Moments(address, Number(stage.dataset.chunk));
      const digits = Number(stage.dataset.digits ?? 12);
      this.arrays = new Arrays((name) => address.replace("/moments?", `/${name}.npy?`), digits);
    }
    this.moments.get(this.cell);
    for (const grid of /** @type {NodeListOf<TensorGrid>} */ (stage.querySelectorAll("tensor-grid[data-dense]")))
      grid.lookup = (cell) => this.value(cell);
    this.player?.show(this.player.step);
    if (stage.dataset.stepSize !== "output") showCurrent(stage);
  }

  /**
   * Return a number of a dense grid as it is printed, unless the learner is to predict it.
   * @param {CellPlace} cell
   */
  async value(cell) {
    if (this.hidden(cell)) return t("not reached yet");
    return this.arrays.number(cell.tensor, [...cell.place, cell.row, cell.column]);
  }

  /**
   * While predicting, an output cell that is not reached yet keeps its number to itself.
   * @param {CellPlace} cell
   */
  hidden(cell) {
    const step = this.links.stepOf(cell);
    return step !== undefined && "predict" in this.stage.dataset && step >= this.cell + (this.waiting ? 0 : 1);
  }

  get player() {
    return /** @type {StepPlayer | null} */ (this.root.querySelector("step-player"));
  }

  get narration() {
    return /** @type {HTMLElement} */ (this.root.querySelector('[data-slot="narration"]'));
  }

  get cell() {
    return Number(this.stage.dataset.cell);
  }

  get parts() {
    return Number(this.stage.dataset.parts);
  }

  get waiting() {
    return this.stage.dataset.predict === "waiting";
  }

  /** @param {{ step: number, settled: boolean }} change */
  async step({ step, settled }) {
    const url = new URL(location.href);
    url.searchParams.set("step", String(step));
    for (const problem of this.root.querySelectorAll(".problem")) problem.remove();
    if (this.stage.dataset.predict) return this.ask(url.href, settled);
    const cell = Math.floor(step / this.parts);
    const moment = this.moments.at(cell) ?? (await this.moments.get(cell));
    if (!moment || this.player?.step !== step) return;
    Object.assign(this.stage.dataset, { cell: String(cell), part: String(step % this.parts) });
    this.draw(moment, step % this.parts);
    if (settled && !this.stage.hasAttribute("data-compact")) history.replaceState(null, "", url);
  }

  /**
   * While predicting, every step is a question: playing stops there, and the answer field is ready.
   * @param {string} url
   * @param {boolean} settled
   */
  async ask(url, settled) {
    if (!settled) return this.player?.pause();
    await visit(url, { history: "replace" });
    /** @type {HTMLElement | null} */ (this.root.querySelector("#guess"))?.focus({ preventScroll: true });
  }

  /**
   * @param {Moment} moment
   * @param {number} part
   * @param {boolean} [preview] of a cell that is pointed at: how far the trace has got stays
   */
  draw(moment, part, preview = false) {
    drawMoment(this.stage, moment, part, { preview, waiting: this.waiting });
    const hurried = this.player?.playing && this.player.speed > 1;
    this.narration.setAttribute("aria-live", hurried ? "off" : "polite");
    const html = this.waiting ? moment.question : moment.parts[part].narration;
    if (this.narration.innerHTML !== html) this.narration.innerHTML = html;
  }

  /** @param {CellPlace} cell */
  async point(cell) {
    if (this.player?.playing) return;
    this.pointed = cell;
    const step = this.links.stepOf(cell);
    if (step === undefined) {
      const sentence = this.links.point(cell);
      if (sentence) this.narration.textContent = sentence;
      return;
    }
    if (this.hidden(cell)) return;
    const moment = this.moments.at(step) ?? (await this.moments.get(step));
    if (moment && this.pointed === cell) this.draw(moment, moment.parts.length - 1, true);
  }

  /** @param {Event} event */
  pointTerm(event) {
    const term = /** @type {Element} */ (event.target).closest?.(".terms td");
    this.links.pointTerm(term instanceof HTMLElement ? term : null);
  }

  /**
   * Where only one channel's products are written out, write the tapped one's.
   * @param {Event} event
   */
  write(event) {
    const section = /** @type {Element} */ (event.target).closest?.(".channel");
    const moment = this.moments.at(this.cell);
    if (!(section instanceof HTMLElement) || !moment) return;
    this.stage.dataset.written = section.dataset.channel;
    this.draw(moment, Number(this.stage.dataset.part));
  }

  /** Back to the current step. */
  leave() {
    if (this.pointed === undefined) return;
    this.pointed = undefined;
    this.links.clear();
    const moment = this.moments.at(this.cell);
    if (moment) this.draw(moment, Number(this.stage.dataset.part));
  }

  /** @param {CellPlace} cell */
  choose(cell) {
    const step = this.links.stepOf(cell);
    if (step === undefined || !this.player) return;
    this.pointed = undefined;
    this.player.pause();
    this.player.show(step * this.parts + this.parts - 1);
    this.step({ step: this.player.step, settled: true });
  }

  /** @param {CellPlace & { value: string }} change */
  edit({ tensor, place, row, column, value }) {
    const form = this.root.querySelector("form[data-post] input[name=query]");
    if (!(form instanceof HTMLInputElement)) return;
    const query = new URLSearchParams(form.value);
    query.set("step", String(this.player?.step ?? 0));
    const body = new FormData();
    const fields = { query: query.toString(), tensor, place: [...place, row, column].join("_"), value };
    for (const [name, text] of Object.entries(fields)) body.set(name, text);
    visit(`${location.pathname}/edit`, { body });
  }
}

/** @type {WeakMap<Element, Exhibit>} */
const known = new WeakMap();

/** Take up every stage of the page: those that came with it and those morphed in since. */
function adoptAll() {
  for (const root of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-exhibit]"))) {
    const stage = /** @type {HTMLElement | null} */ (root.querySelector("[data-stage]"));
    const exhibit = known.get(root);
    if (stage && exhibit) exhibit.adopt(stage);
    else if (stage) known.set(root, new Exhibit(root, stage));
  }
}

adoptAll();
document.addEventListener("page-shown", adoptAll);
