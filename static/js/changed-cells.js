/**
 * Shows what a visit has changed: an inset ring round the cell, the old number struck out at its top right.
 * Compares the numbers of the page before and after; knows nothing of what they mean.
 */

const SVG = "http://www.w3.org/2000/svg";
const SHOWN_MS = 1200;

export class ChangedCells {
  /** @type {Map<string, string>} */
  #before = new Map();

  /**
   * @param {HTMLElement} root
   * @param {string} within selector of the part whose grids are compared
   */
  constructor(root, within) {
    this.root = root;
    this.within = within;
  }

  watch() {
    this.#before = this.#numbers();
    document.addEventListener("page-shown", () => this.#compare());
  }

  /** Every number that is shown, by tensor and place. */
  #cells() {
    const found = /** @type {Map<string, Element>} */ (new Map());
    for (const grid of this.root.querySelectorAll(`${this.within} tensor-grid`)) {
      const { tensor, place } = /** @type {HTMLElement} */ (grid).dataset;
      for (const cell of grid.querySelectorAll('[role="gridcell"]:not([data-state])'))
        found.set([tensor, place, cell.getAttribute("data-row"), cell.getAttribute("data-column")].join(), cell);
    }
    return found;
  }

  #numbers() {
    return new Map([...this.#cells()].map(([key, cell]) => [key, cell.querySelector("text")?.textContent ?? ""]));
  }

  #compare() {
    for (const mark of this.root.querySelectorAll(".changed")) mark.remove();
    for (const [key, cell] of this.#cells()) {
      const old = this.#before.get(key);
      if (old !== undefined && old !== cell.querySelector("text")?.textContent) mark(cell, old);
    }
    this.#before = this.#numbers();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return; // then the marks stay until the next visit
    const marks = [...this.root.querySelectorAll(".changed")];
    setTimeout(() => {
      for (const one of marks) one.remove();
    }, SHOWN_MS);
  }
}

/**
 * @param {Element} cell
 * @param {string} old
 */
function mark(cell, old) {
  const box = /** @type {SVGRectElement} */ (cell.querySelector("rect"));
  const [x, y, side] = ["x", "y", "width"].map((name) => Number(box.getAttribute(name)));
  const group = document.createElementNS(SVG, "g");
  group.setAttribute("class", "changed");
  group.setAttribute("aria-hidden", "true");
  for (const [name, inset] of /** @type {[string, number][]} */ ([
    ["outer", 3],
    ["inner", 4],
  ])) {
    const ring = group.appendChild(document.createElementNS(SVG, "rect"));
    ring.setAttribute("class", name);
    ring.setAttribute("x", String(x + inset));
    ring.setAttribute("y", String(y + inset));
    ring.setAttribute("width", String(side - 2 * inset));
    ring.setAttribute("height", String(side - 2 * inset));
  }
  const text = group.appendChild(document.createElementNS(SVG, "text"));
  text.setAttribute("x", String(x + side));
  text.setAttribute("y", String(y));
  text.textContent = old;
  cell.append(group);
}
