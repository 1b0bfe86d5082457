/** A number field laid over one cell of a grid. */

const LEAST_SIDE = 36; // px: room for a finger and a few digits

/**
 * Let the learner type into a cell; Enter or leaving the field takes it, Escape does not.
 * @param {HTMLElement} grid holds the picture and the field
 * @param {{ x: number, y: number, side: number }} cell in the units of the picture's viewBox
 * @param {{ label: string, value: string }} field what it is called and what stands in it
 * @returns {Promise<string | null>} what was typed, null if nothing new
 */
export function typeIntoCell(grid, cell, { label, value }) {
  const field = document.createElement("input");
  field.className = "cell-editor";
  field.setAttribute("aria-label", label);
  field.value = value;
  Object.assign(field.style, placeOver(grid, cell));
  grid.append(field);
  field.select();
  return new Promise((resolve) => {
    let done = false;
    const finish = (/** @type {boolean} */ take) => {
      if (done) return;
      done = true; // removing a focused field blurs it
      const typed = field.value.trim();
      field.remove();
      resolve(take && typed !== value ? typed : null);
    };
    field.addEventListener("blur", () => finish(true));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === "Escape") finish(event.key === "Enter");
      event.stopPropagation();
    });
  });
}

/**
 * @param {HTMLElement} grid
 * @param {{ x: number, y: number, side: number }} cell
 */
function placeOver(grid, { x, y, side }) {
  const svg = /** @type {SVGSVGElement} */ (grid.querySelector("svg"));
  const [picture, frame] = [svg.getBoundingClientRect(), grid.getBoundingClientRect()];
  const zoom = /** @type {any} */ (grid).currentCSSZoom ?? 1; // boxes are measured zoomed, styles are not
  const scale = picture.width / svg.viewBox.baseVal.width / zoom;
  const size = `${Math.max(LEAST_SIDE, side * scale)}px`;
  return {
    left: `${x * scale + (picture.left - frame.left) / zoom}px`,
    top: `${y * scale + (picture.top - frame.top) / zoom}px`,
    width: size,
    height: size,
  };
}
