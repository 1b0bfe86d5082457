/** Gradient descent on a small regression: the start is chosen on the picture of the loss. */

import { pointed } from "../js/plane-cursor.js";
import { visit } from "../js/visit.js";

const root = /** @type {HTMLElement} */ (document.querySelector("[data-exhibit=batch-sizes]"));

root.addEventListener("plane-choose", (event) => {
  const { target, detail } = /** @type {CustomEvent} */ (event);
  const plane = /** @type {HTMLElement} */ (target);
  if (!plane.hasAttribute("data-fixed")) visit(pointed(location.href, detail.point), { history: detail.history });
});
