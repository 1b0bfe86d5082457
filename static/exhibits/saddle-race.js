/** Race at the saddle: the start is dragged, the surface turned, and steps are scrubbed without asking the server. */

import "../js/step-player.js";
import { Race } from "../js/race.js";
import { hands } from "../js/race-hands.js";
import { setting } from "../js/race-options.js";
import { visit } from "../js/visit.js";

/** @typedef {import("../js/step-player.js").StepPlayer} StepPlayer */

const root = /** @type {HTMLElement} */ (document.querySelector("[data-exhibit=saddle-race]"));
const API = "/api/exhibits/saddle-race/live";
const TYPING = 350; // ms after the last key before a formula is drawn
const NAMED = { x: undefined, y: undefined, margin: undefined, radius: undefined, condition: undefined };

const race = new Race(root);
race.take();

/** @param {Record<string, string | undefined>} change */
function linkWith(change) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url;
}

/**
 * Keep what only the look depends on in the address, without a new page.
 * @param {Record<string, string>} change
 */
function remember(change) {
  history.replaceState(history.state, "", linkWith(change));
}

root.addEventListener("step-change", (event) => {
  const { step, settled } = /** @type {CustomEvent} */ (event).detail;
  const player = /** @type {StepPlayer | null} */ (root.querySelector("step-player"));
  race.quiet(Boolean(player?.playing)); // steps rush by
  race.show(step);
  if (settled) remember({ step: String(step) });
});

document.addEventListener("page-shown", () => {
  race.take();
});

/** The start that is asked for while it moves; one request at a time, and the last one always. */
let wanted = /** @type {{ x: string, y: string } | undefined} */ (undefined);
let asking = false;

async function ask() {
  if (asking || !wanted) return;
  asking = true;
  const url = linkWith({ ...wanted, step: String(race.step) });
  wanted = undefined;
  try {
    const response = await fetch(`${API}?${url.searchParams}`);
    if (response.ok) race.redraw(await response.json());
  } catch {
    // the page that comes when the start is let go says what is the matter
  }
  asking = false;
  ask();
}

/** @param {{ x: string, y: string }} start */
function move(start) {
  race.place(start);
  wanted = start;
  ask();
}

/** @param {{ x: string, y: string } | undefined} start */
function settle(start) {
  if (!start) return;
  wanted = undefined;
  visit(linkWith({ ...start, step: String(race.step) }).href);
}

hands(root, race, { move, settle, remember });

root.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.key !== " " || !target.matches("a[role=checkbox]")) return;
  event.preventDefault();
  target.click();
});

/** @type {ReturnType<typeof setTimeout> | undefined} */
let typing;

/** @param {HTMLFormElement} form */
function draw(form) {
  clearTimeout(typing);
  const { f, good } = Object.fromEntries(new FormData(form));
  const formula = String(f).trim();
  const changes = { f: formula || undefined, good: good ? String(good) : undefined, frame: undefined };
  if (!good) Object.assign(changes, NAMED); // what was set for a named surface says nothing about another
  visit(linkWith({ ...changes, step: String(race.step) }).href, { history: "replace" });
}

root.addEventListener("input", (event) => {
  const field = /** @type {HTMLInputElement} */ (event.target);
  const form = field.form;
  if (form?.matches("[data-formula]")) {
    clearTimeout(typing);
    typing = setTimeout(() => draw(form), TYPING);
  }
});

root.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("[data-formula], [data-set]")) return;
  event.preventDefault();
  if (form.matches("[data-formula]")) draw(form);
});

root.addEventListener("change", (event) => {
  const field = /** @type {HTMLInputElement} */ (event.target);
  if (!field.form?.matches("[data-set]")) return;
  const set = setting(new URL(location.href).searchParams.get("set") ?? "", field);
  if (set !== undefined) visit(linkWith({ set: set || undefined, step: String(race.step) }).href);
});
