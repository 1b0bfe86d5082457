/** A map large enough to point at its cells: which one is under the pointer, which one an arrow key leads to. */

/** @typedef {{ map: HTMLElement, row: number, column: number }} MapCell */

const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
});

/**
 * The cell under the pointer, if it is on a map that `selector` names.
 * @param {MouseEvent} event
 * @param {string} selector
 * @returns {MapCell | undefined}
 */
export function cellAt(event, selector) {
  const map = mapOf(event, selector);
  if (!map) return undefined;
  const box = /** @type {Element} */ (map.querySelector("img")).getBoundingClientRect();
  const [rows, columns] = [Number(map.dataset.rows), Number(map.dataset.columns)];
  const row = Math.min(rows - 1, Math.max(0, Math.floor(((event.clientY - box.top) / box.height) * rows)));
  const column = Math.min(columns - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * columns)));
  return { map, row, column };
}

/**
 * The cell beside the one that is ringed, where an arrow key leads; none beyond the edges.
 * @param {KeyboardEvent} event
 * @param {string} selector
 * @returns {MapCell | undefined}
 */
export function cellBeside(event, selector) {
  const map = mapOf(event, selector);
  const move = ARROWS[event.key];
  if (!map || !move) return undefined;
  event.preventDefault();
  event.stopPropagation();
  const ring = map.querySelector(".ring");
  const row = Number(ring?.getAttribute("y") ?? 0) + move[0];
  const column = Number(ring?.getAttribute("x") ?? 0) + move[1];
  const inside = row >= 0 && column >= 0 && row < Number(map.dataset.rows) && column < Number(map.dataset.columns);
  return inside ? { map, row, column } : undefined;
}

/**
 * @param {Event} event
 * @param {string} selector
 */
function mapOf(event, selector) {
  return /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest?.(selector));
}
