/**
 * All maps of one stage of a network in a canvas. Knows how they lie, not what they mean.
 *
 * Emits map-point (pointer or cursor rests on a cell), map-leave and map-choose (click, Enter),
 * each with { stage, of, place }: map, row, column, or the number of a unit.
 */

/** @typedef {{ map: number, row: number, column: number }} Spot */
/** @typedef {{ map: number | null, rows: number[], columns: number[] }} Box */

const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
});
const STEPS = 16;

/** @type {{ theme: string, fills: string[], line: string, halo: string } | undefined} */
let colours;

/** The page's colour scale, read from its style sheet; again when the theme changes. */
function palette() {
  const theme = getComputedStyle(document.documentElement).getPropertyValue("color-scheme") + darkness();
  if (colours?.theme === theme) return colours;
  const probe = document.body.appendChild(document.createElement("span"));
  const read = (/** @type {string} */ name) => {
    probe.style.backgroundColor = `var(${name})`;
    return getComputedStyle(probe).backgroundColor;
  };
  const fills = Array.from({ length: 2 * STEPS + 1 }, (_, index) => {
    probe.dataset.level = String(index - STEPS);
    return read("--fill");
  });
  colours = { theme, fills, line: read("--focus-line"), halo: read("--focus") };
  probe.remove();
  return colours;
}

function darkness() {
  return `${matchMedia("(prefers-color-scheme: dark)").matches} ${document.documentElement.dataset.theme ?? ""}`;
}

export class LayerMaps extends HTMLElement {
  /** @type {number[][][] | undefined} colour level of map, row, column */
  #levels;
  /** @type {Box[]} */
  #boxes = [];
  /** @type {Spot | undefined} */
  #spot;
  /** @type {Spot} */
  #cursor = { map: 0, row: 0, column: 0 };
  /** @type {AbortController | undefined} */
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.addEventListener("pointermove", (event) => this.#point(this.#under(event)), { signal });
    this.addEventListener("pointerleave", () => this.#point(undefined), { signal });
    this.addEventListener("click", (event) => this.#choose(this.#under(event)), { signal });
    this.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.addEventListener("focusin", () => this.#point(this.#cursor), { signal });
    this.addEventListener("focusout", () => this.#point(undefined), { signal });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#paint(), { signal });
    this.#paint();
  }

  disconnectedCallback() {
    this.#listening?.abort();
  }

  get stage() {
    return this.dataset.name ?? "";
  }

  /** @param {number[][][]} levels */
  show(levels) {
    this.#levels = levels;
    Object.assign(this.dataset, { rows: levels[0].length, columns: levels[0][0].length });
    this.#paint();
  }

  /**
   * Outline windows; map null means in every map.
   * @param {Box[]} boxes
   */
  outline(boxes) {
    this.#boxes = boxes;
    this.#paint();
  }

  get #canvas() {
    return /** @type {HTMLCanvasElement} */ (this.querySelector("canvas"));
  }

  /** @param {string} name */
  #number(name) {
    return Number(this.dataset[name]);
  }

  #paint() {
    const canvas = this.#canvas;
    const context = canvas?.getContext("2d");
    if (!context) return;
    // what was drawn on a phone's screen has more pixels than its picture is wide
    const density = Math.max(1, Math.round(devicePixelRatio));
    const [width, height] = this.#size();
    [canvas.width, canvas.height] = [width * density, height * density];
    [canvas.style.width, canvas.style.height] = [`${width}px`, `${height}px`];
    context.setTransform(density, 0, 0, density, 0, 0);
    const { fills, line, halo } = palette();
    const unit = this.#number("unit");
    this.#levels?.forEach((rows, map) => {
      const [left, top] = this.#corner(map);
      rows.forEach((row, r) => {
        row.forEach((level, c) => {
          context.fillStyle = fills[level + STEPS];
          context.fillRect(left + c * unit, top + r * unit, unit, unit);
        });
      });
    });
    for (const box of this.#allBoxes()) this.#ring(context, box, line, halo);
  }

  #size() {
    const [maps, across, unit] = [this.#number("maps"), this.#number("across"), this.#number("unit")];
    const down = Math.ceil(maps / across);
    return [(across * (this.#number("columns") + 1) - 1) * unit, (down * (this.#number("rows") + 1) - 1) * unit];
  }

  #allBoxes() {
    const maps = Array.from({ length: this.#number("maps") }, (_, map) => map);
    const boxes = this.#boxes.flatMap((box) => (box.map === null ? maps : [box.map]).map((map) => ({ ...box, map })));
    const spot = this.#spot;
    if (spot) boxes.push({ map: spot.map, rows: [spot.row, spot.row + 1], columns: [spot.column, spot.column + 1] });
    return boxes;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {{ map: number, rows: number[], columns: number[] }} box
   * @param {string} line
   * @param {string} halo
   */
  #ring(context, { map, rows, columns }, line, halo) {
    const unit = this.#number("unit");
    const [left, top] = this.#corner(map);
    const [x, y] = [left + columns[0] * unit, top + rows[0] * unit];
    const [width, height] = [(columns[1] - columns[0]) * unit, (rows[1] - rows[0]) * unit];
    context.lineWidth = 2;
    context.strokeStyle = halo;
    context.strokeRect(x - 2, y - 2, width + 4, height + 4);
    context.lineWidth = 1.5;
    context.strokeStyle = line;
    context.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1);
  }

  /** @param {number} map */
  #corner(map) {
    const [across, unit] = [this.#number("across"), this.#number("unit")];
    return [
      (map % across) * (this.#number("columns") + 1) * unit,
      Math.floor(map / across) * (this.#number("rows") + 1) * unit,
    ];
  }

  /**
   * @param {PointerEvent | MouseEvent} event
   * @returns {Spot | undefined}
   */
  #under(event) {
    const box = this.#canvas.getBoundingClientRect();
    const [width] = this.#size();
    const unit = (this.#number("unit") * box.width) / width;
    const x = Math.floor((event.clientX - box.left) / unit);
    const y = Math.floor((event.clientY - box.top) / unit);
    const [columns, rows] = [this.#number("columns") + 1, this.#number("rows") + 1];
    const map = Math.floor(y / rows) * this.#number("across") + Math.floor(x / columns);
    const spot = { map, row: y % rows, column: x % columns };
    return this.#holds(spot) ? spot : undefined;
  }

  /** @param {Spot} spot */
  #holds({ map, row, column }) {
    const inMaps = map >= 0 && map < this.#number("maps");
    return inMaps && row >= 0 && row < this.#number("rows") && column >= 0 && column < this.#number("columns");
  }

  /** @param {Spot | undefined} spot */
  #point(spot) {
    if (JSON.stringify(spot) === JSON.stringify(this.#spot)) return;
    this.#spot = spot;
    this.#paint();
    this.#emit(spot ? "map-point" : "map-leave", spot);
  }

  /** @param {Spot | undefined} spot */
  #choose(spot) {
    if (!spot) return;
    this.#cursor = spot;
    this.#emit("map-choose", spot);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const arrow = ARROWS[event.key];
    if (event.key === "Enter") this.#choose(this.#cursor);
    else if (arrow) this.#move(arrow[0], arrow[1]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * Past the edge of a map the cursor goes on in the neighbouring one.
   * @param {number} down
   * @param {number} right
   */
  #move(down, right) {
    const { map, row, column } = this.#cursor;
    const [rows, columns, across] = [this.#number("rows"), this.#number("columns"), this.#number("across")];
    const [r, c] = [row + down, column + right];
    const neighbour = map + (r < 0 ? -across : r >= rows ? across : 0) + (c < 0 ? -1 : c >= columns ? 1 : 0);
    const spot = { map: neighbour, row: (r + rows) % rows, column: (c + columns) % columns };
    if (!this.#holds(spot)) return;
    this.#cursor = spot;
    this.#point(spot);
  }

  /**
   * @param {string} name
   * @param {Spot | undefined} spot
   */
  #emit(name, spot) {
    const place = spot && this.placeOf(spot);
    this.dispatchEvent(
      new CustomEvent(name, { detail: { stage: this.stage, of: this.dataset.of, place }, bubbles: true }),
    );
  }

  /**
   * The indices of a cell in its stage's value.
   * @param {Spot} spot
   */
  placeOf({ map, row, column }) {
    return this.dataset.rank === "1" ? [row * this.#number("columns") + column] : [map, row, column];
  }
}

customElements.define("layer-maps", LayerMaps);
