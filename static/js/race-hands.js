/** Hands on a race's pictures: the place on the contour is dragged or moved by keys, the surface is turned. */

import { turnBy } from "./race-solid.js";

/** @typedef {{ x: string, y: string }} Place */
/**
 * @typedef {{
 *   move: (place: Place) => void, settle: (place: Place | undefined) => void,
 *   remember: (change: Record<string, string>) => void, key?: () => number,
 * }} Told
 */

const KEY = 0.01; // of the frame, that an arrow key moves the place; ten times as far with shift
const TURN = 10; // degrees that an arrow key turns the surface
const PER_PIXEL = 0.6; // degrees that a pixel of dragging turns it
const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
});

/**
 * Listen to mouse, finger and keys.
 * @param {HTMLElement} root
 * @param {import("./race.js").Race} race
 * @param {Told} told move: the place while it is dragged; settle: where it is let go; remember: another view;
 *   key: the share of the frame that an arrow key moves the place
 */
export function hands(root, race, { move, settle, remember, key = () => KEY }) {
  let held = /** @type {Place | undefined} */ (undefined);
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
    if (!arrow || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.matches("[data-plot]")) {
      event.preventDefault();
      const share = event.shiftKey ? 10 * KEY : key();
      settle(race.beside(arrow[0] * share, arrow[1] * share));
    } else if (target.matches("[data-solid]")) {
      event.preventDefault();
      const { turn, tilt } = race.view;
      race.look(turnBy(turn, tilt, arrow[0] * TURN, -arrow[1] * TURN));
      remember(race.viewText());
    }
  });
}
