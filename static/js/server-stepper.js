/**
 * A stage that the server draws for every step: the player, the cells and the keys bring its next page,
 * which is morphed into this one. For an exhibit whose steps are too different to be drawn from moments.
 *
 * A cell is chosen where its grid has data-first: the step that makes its first cell.
 */

import "./formula-line.js";
import "./step-player.js";
import "./tensor-grid.js";
import { visit } from "./visit.js";

/** @typedef {import("./step-player.js").StepPlayer} StepPlayer */
/** @typedef {import("./tensor-grid.js").CellPlace} CellPlace */
/** @typedef {import("./tensor-grid.js").TensorGrid} TensorGrid */

const DOUBLE_CLICK = 300; // ms in which a second click may come

/** @param {HTMLElement} root */
function player(root) {
  return /** @type {StepPlayer | null} */ (root.querySelector("step-player"));
}

/**
 * @param {HTMLElement} root
 * @param {number} step
 */
function go(root, step) {
  const url = new URL(location.href);
  url.searchParams.set("step", String(step));
  for (const problem of root.querySelectorAll(".problem")) problem.remove();
  return visit(url.href, { history: "replace" });
}

/**
 * Change one number of a tensor, as the form for the whole tensor would.
 * @param {HTMLElement} root
 * @param {CellPlace & { value: string }} change
 */
function edit(root, { tensor, place, row, column, value }) {
  const form = root.querySelector("form[data-post] input[name=query]");
  if (!(form instanceof HTMLInputElement)) return;
  const query = new URLSearchParams(form.value);
  query.set("step", String(player(root)?.step ?? 0));
  const body = new FormData();
  const fields = { query: query.toString(), tensor, place: [...place, row, column].join("_"), value };
  for (const [name, text] of Object.entries(fields)) body.set(name, text);
  visit(`${location.pathname}/edit`, { body });
}

/**
 * Listen on an exhibit's root, once: pages that are morphed in need no listeners of their own.
 * @param {HTMLElement} root
 */
export function stepOnTheServer(root) {
  root.addEventListener("step-change", (event) => go(root, /** @type {CustomEvent} */ (event).detail.step));
  root.addEventListener("cell-edit", (event) => edit(root, /** @type {CustomEvent} */ (event).detail));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let chosen;
  root.addEventListener("cell-choose", (event) => {
    const grid = /** @type {TensorGrid} */ (event.target);
    const { row, column } = /** @type {CustomEvent<CellPlace>} */ (event).detail;
    if (grid.dataset.first === undefined) return;
    player(root)?.pause();
    const parts = Number(root.querySelector("[data-parts]")?.getAttribute("data-parts") ?? 1);
    const step = (grid.first + row * grid.columns + column + 1) * parts - 1;
    clearTimeout(chosen);
    // a second click on a number of the learner's own edits it: the next page would take the editor away
    chosen = setTimeout(() => go(root, step), "editable" in grid.dataset ? DOUBLE_CLICK : 0);
  });
  root.addEventListener("dblclick", () => clearTimeout(chosen));
  document.addEventListener("page-shown", () => player(root)?.show(player(root)?.step ?? 0));
}
