/** Maps of starts: point at one, by mouse, finger or keys, and the server tells where it leads. */

import { pointed } from "../js/plane-cursor.js";
import { visit } from "../js/visit.js";

/** @typedef {import("../js/plane-cursor.js").Point} Start */
/** @typedef {{ start: Start, said: string, sides: { path: string, end: Start | null, told: string }[] }} Answer */

const root = /** @type {HTMLElement} */ (document.querySelector("[data-exhibit=basins]"));

/** @type {Start | undefined} */
let wanted;

let asking = false;

/** @param {Event} event */
function detail(event) {
  return /** @type {CustomEvent} */ (event).detail;
}

root.addEventListener("plane-point", (event) => preview(detail(event).point));

root.addEventListener("plane-choose", (event) => {
  const { point, history } = detail(event);
  visit(pointed(location.href, point), { history });
});

/**
 * Draw the paths from a start; while an answer is awaited, only the last start that was pointed at is kept.
 * @param {Start} start
 */
async function preview(start) {
  wanted = start;
  if (asking) return;
  asking = true;
  while (wanted) {
    const url = pointed(`${location.origin}/api/exhibits/basins/live${location.search}`, wanted);
    wanted = undefined;
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) show(await answer.json());
  }
  asking = false;
}

/** @param {Answer} answer */
function show(answer) {
  fill(root, "said", answer.said);
  const maps = [...root.querySelectorAll("plane-cursor")];
  answer.sides.forEach(({ path, end, told }, number) => {
    fill(root, `told-${number}`, told);
    for (const line of slots(maps[number], "path")) line.setAttribute("d", path);
    for (const ring of slots(maps[number], "start")) place(ring, answer.start);
    for (const dot of slots(maps[number], "end")) place(dot, end);
  });
}

/**
 * @param {Element} mark
 * @param {Start | null} at
 */
function place(mark, at) {
  mark.toggleAttribute("hidden", !at);
  if (!at) return;
  mark.setAttribute("cx", String(at[0]));
  mark.setAttribute("cy", String(at[1]));
}

/**
 * @param {Element} part
 * @param {string} name
 */
function slots(part, name) {
  return part.querySelectorAll(`[data-slot="${name}"]`);
}

/**
 * @param {Element} part
 * @param {string} name
 * @param {string} text
 */
function fill(part, name, text) {
  for (const slot of slots(part, name)) slot.textContent = text;
}
