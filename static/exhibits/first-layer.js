/** First layers: a filter is opened where it is seen, by mouse, finger or keys. */

import "../js/map-wall.js";
import "../js/official-weights.js";
import { visit } from "../js/visit.js";

/** @typedef {{ map: number }} Spot */

const root = /** @type {HTMLElement} */ (document.querySelector("[data-exhibit=first-layer]"));
const path = "/exhibits/first-layer";

/**
 * @param {Event} event
 * @returns {{ wall: HTMLElement, bank: HTMLElement, spot: Spot | undefined }}
 */
function place(event) {
  const wall = /** @type {HTMLElement} */ (event.target);
  const bank = /** @type {HTMLElement} */ (wall.closest("[data-side]"));
  return { wall, bank, spot: /** @type {CustomEvent} */ (event).detail ?? undefined };
}

root.addEventListener("wall-point", (event) => {
  const { wall, bank, spot } = place(event);
  const readout = bank.querySelector("[data-slot=readout]");
  const shares = (wall.dataset.said ?? "").split("|");
  if (readout) readout.textContent = spot ? `${spot.map} · ${shares[spot.map]}` : "";
});

root.addEventListener("wall-choose", (event) => {
  const { bank, spot } = place(event);
  if (!spot) return;
  const url = new URL(location.href);
  if (url.pathname !== path) url.href = new URL(path, location.origin).href;
  url.searchParams.set(bank.dataset.side ?? "unit", String(spot.map));
  visit(url.href);
});
