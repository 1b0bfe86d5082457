/** A wall of feature maps in one picture: which map and cell lies under the pointer, by mouse, finger or keys. */

const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
});
const GAP = 1; // pixels of the picture between two maps

/** @typedef {{ map: number, row: number, column: number }} Spot */

export class MapWall extends HTMLElement {
  /** Where the keyboard's cursor stands on the wall. */
  #at = 0;

  connectedCallback() {
    this.addEventListener("pointermove", (event) => this.#point(this.#under(event)));
    this.addEventListener("pointerleave", () => this.#point(undefined));
    this.addEventListener("click", (event) => this.#choose(this.#under(event)));
    this.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {string} name */
  #number(name) {
    return Number(this.dataset[name]);
  }

  /** The maps in the order in which they stand. */
  get #order() {
    const listed = this.dataset.order?.split(" ").filter(Boolean).map(Number) ?? [];
    return listed.length ? listed : Array.from({ length: this.#number("maps") }, (_, map) => map);
  }

  /**
   * @param {MouseEvent} event
   * @returns {Spot | undefined}
   */
  #under(event) {
    const picture = /** @type {HTMLElement} */ (this.querySelector("img")).getBoundingClientRect();
    const [rows, columns, across] = [this.#number("rows"), this.#number("columns"), this.#number("across")];
    const unit = picture.width / (across * (columns + GAP) - GAP);
    const [x, y] = [(event.clientX - picture.left) / unit, (event.clientY - picture.top) / unit];
    const [right, down] = [Math.floor(x / (columns + GAP)), Math.floor(y / (rows + GAP))];
    const [row, column] = [Math.floor(y) - down * (rows + GAP), Math.floor(x) - right * (columns + GAP)];
    const map = right < across ? this.#order[down * across + right] : undefined;
    const inside = x >= 0 && y >= 0 && row < rows && column < columns;
    return inside && map !== undefined ? { map, row, column } : undefined;
  }

  /** @param {Spot | undefined} spot */
  #point(spot) {
    const hover = this.querySelector(".hover");
    hover?.toggleAttribute("hidden", !spot);
    if (spot && hover) {
      const place = this.#order.indexOf(spot.map);
      const [down, right] = [Math.floor(place / this.#number("across")), place % this.#number("across")];
      hover.setAttribute("x", String(right * (this.#number("columns") + GAP)));
      hover.setAttribute("y", String(down * (this.#number("rows") + GAP)));
    }
    this.#emit("wall-point", spot);
  }

  /** @param {Spot | undefined} spot */
  #choose(spot) {
    if (spot) this.#emit("wall-choose", spot);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const arrow = ARROWS[event.key];
    if (!arrow && event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    const order = this.#order;
    if (event.key === "Enter") {
      this.#emit("wall-choose", { map: order[this.#at], row: -1, column: -1 });
      return;
    }
    const next = this.#at + arrow[0] * this.#number("across") + arrow[1];
    if (next < 0 || next >= order.length) return;
    this.#at = next;
    this.#point({ map: order[next], row: 0, column: 0 });
  }

  /**
   * @param {string} name
   * @param {Spot | undefined} spot
   */
  #emit(name, spot) {
    this.dispatchEvent(new CustomEvent(name, { detail: spot && { ...spot, address: this.#address(spot) }, bubbles: true }));
  }

  /**
   * What a link calls the cell; of a map that was chosen as a whole, the map.
   * @param {Spot} spot
   */
  #address({ map, row, column }) {
    const stage = this.dataset.stageName;
    if (this.dataset.rank === "1") return `${stage}.${Math.max(0, row) * this.#number("columns") + Math.max(0, column)}`;
    return row < 0 ? `${stage}.${map}` : `${stage}.${map}.${row}.${column}`;
  }
}

customElements.define("map-wall", MapWall);
