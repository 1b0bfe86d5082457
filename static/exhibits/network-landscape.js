/** A real network's landscape: epochs are scrubbed, the surface turned, places read and chosen, digits drawn. */

import "../js/step-player.js";
import { DrawingPad } from "../js/drawing-pad.js";
import { Race } from "../js/race.js";
import { hands } from "../js/race-hands.js";
import { visit } from "../js/visit.js";

/** @typedef {import("../js/step-player.js").StepPlayer} StepPlayer */
/** @typedef {{ x: string, y: string }} Place */

const root = /** @type {HTMLElement} */ (document.querySelector("[data-exhibit=network-landscape]"));
const race = new Race(root);
race.take();
const pad = new DrawingPad(root);

/** @param {Record<string, string | undefined>} change */
function linkWith(change) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url.href;
}

/**
 * Keep what only the look depends on in the address, without a new page.
 * @param {Record<string, string>} change
 */
function remember(change) {
  history.replaceState(history.state, "", linkWith(change));
}

document.addEventListener("page-shown", () => {
  race.take();
  pad.adopt();
});

/** The Hessian belongs to an epoch: where the next one was computed, the server draws the page. */
root.addEventListener("step-change", (event) => {
  const { step, settled } = /** @type {CustomEvent} */ (event).detail;
  const player = /** @type {StepPlayer | null} */ (root.querySelector("step-player"));
  race.quiet(Boolean(player?.playing));
  race.show(step);
  const bars = /** @type {HTMLElement | null} */ (root.querySelector("[data-looks]"));
  const looks = (bars?.dataset.looks ?? "").split(" ").map(Number);
  const shown = looks.filter((epoch) => epoch <= step).pop();
  if (!settled) return;
  if (!player?.playing && shown !== Number(bars?.dataset.look))
    visit(linkWith({ step: String(step) }), { history: "replace" });
  else remember({ step: String(step) });
});

/** The share of the frame between two places of the grid. */
const grain = () => 1 / Math.max(1, (race.data?.across?.length ?? 2) - 1);

hands(root, race, {
  move: (place) => {
    race.place(place);
    tell(place);
  },
  settle: (place) => {
    if (place) visit(linkWith({ ...place, step: race.data?.racers.path ? String(race.step) : undefined }));
  },
  remember,
  key: grain,
});

root.addEventListener("pointermove", (event) => {
  if (!(/** @type {Element} */ (event.target).closest("[data-plot]"))) return;
  const place = race.at(event);
  if (place) tell(place);
});

/**
 * Say what was computed at the crossing of the grid that is nearest; its texts came with the page.
 * @param {Place} place
 */
function tell({ x, y }) {
  const { frame, across, up, texts } = race.data ?? {};
  const said = /** @type {HTMLElement | null} */ (root.querySelector("[data-under]"));
  if (!frame || !across || !up || !texts || !said) return;
  const nearest = (
    /** @type {string} */ at,
    /** @type {number} */ low,
    /** @type {number} */ high,
    /** @type {number} */ count,
  ) => Math.round(((Number(at) - low) / (high - low)) * (count - 1));
  const column = nearest(x, frame[0], frame[1], across.length);
  const row = nearest(y, frame[2], frame[3], up.length);
  const [alpha, beta, height] = said.querySelectorAll("b");
  alpha.textContent = across[column];
  beta.textContent = up[row];
  height.textContent = texts[row][column];
}

root.addEventListener("drawing-change", (event) => {
  const { drawing, empty, settled } = /** @type {CustomEvent} */ (event).detail;
  if (settled && !empty) visit(linkWith({ digit: drawing, label: undefined }));
});
