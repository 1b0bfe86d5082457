/** Race at the saddle: the start is dragged, the surface turned, and steps are scrubbed without asking the server. */

import "../js/step-player.js";
import { Race } from "../js/race.js";
import { setting } from "../js/race-options.js";
import { turnBy } from "../js/race-solid.js";
import { visit } from "../js/visit.js";

/** @typedef {import("../js/step-player.js").StepPlayer} StepPlayer */

const root = /** @type {HTMLElement} */ (document.querySelector("[data-exhibit=saddle-race]"));
const API = "/api/exhibits/saddle-race/live";
const TYPING = 350; // ms after the last key before a formula is drawn
const KEY = 0.01; // of the frame, that an arrow key moves the start; ten times as far with shift
const TURN = 10; // degrees that an arrow key turns the surface
const PER_PIXEL = 0.6; // degrees that a pixel of dragging turns it
const NAMED = { x: undefined, y: undefined, margin: undefined, radius: undefined, condition: undefined };
const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
});

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

let held = /** @type {{ x: string, y: string } | undefined} */ (undefined);
let turning = /** @type {{ x: number, y: number, turn: number, tilt: number } | undefined} */ (undefined);

root.addEventListener("pointerdown", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (event.button !== 0) return;
  const plot = /** @type {HTMLElement | null} */ (target.closest("[data-plot]"));
  const solid = /** @type {HTMLElement | null} */ (target.closest("[data-solid]"));
  if (plot) {
    if (event.pointerType === "touch" && !target.closest("[data-start]")) return; // a finger scrolls; a tap is a click
    event.preventDefault();
    plot.focus({ preventScroll: true });
    plot.setPointerCapture(event.pointerId);
    plot.toggleAttribute("data-dragging", true);
    held = race.at(event);
    if (held) move(held);
  } else if (solid) {
    solid.setPointerCapture(event.pointerId);
    solid.toggleAttribute("data-dragging", true);
    turning = { x: event.clientX, y: event.clientY, ...race.view };
  }
});

root.addEventListener(
  "touchstart",
  (event) => {
    // the start follows the finger, also up and down; elsewhere a finger scrolls the page
    if (/** @type {Element} */ (event.target).closest("[data-start]")) event.preventDefault();
  },
  { passive: false },
);

root.addEventListener("pointermove", (event) => {
  if (held) {
    held = race.at(event) ?? held;
    move(held);
  } else if (turning) {
    const { x, y, turn, tilt } = turning;
    race.look(turnBy(turn, tilt, (event.clientX - x) * PER_PIXEL, (event.clientY - y) * PER_PIXEL));
  }
});

for (const name of ["pointerup", "pointercancel"])
  root.addEventListener(name, () => {
    root.querySelector("[data-dragging]")?.removeAttribute("data-dragging");
    settle(held);
    held = undefined;
    if (turning) remember(race.viewText());
    turning = undefined;
  });

root.addEventListener("click", (event) => {
  const click = /** @type {PointerEvent} */ (event);
  const plot = /** @type {Element} */ (event.target).closest("[data-plot]");
  if (plot && click.pointerType === "touch") settle(race.at(click));
});

root.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const arrow = ARROWS[event.key];
  if (event.key === " " && target.matches("a[role=checkbox]")) {
    event.preventDefault();
    target.click();
  }
  if (!arrow || event.ctrlKey || event.metaKey || event.altKey) return;
  if (target.matches("[data-plot]")) {
    event.preventDefault();
    const share = event.shiftKey ? 10 * KEY : KEY;
    settle(race.beside(arrow[0] * share, arrow[1] * share));
  } else if (target.matches("[data-solid]")) {
    event.preventDefault();
    const { turn, tilt } = race.view;
    race.look(turnBy(turn, tilt, arrow[0] * TURN, -arrow[1] * TURN));
    remember(race.viewText());
  }
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
