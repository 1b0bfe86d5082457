/** Whole tensors, fetched once as .npy, the field's own format. */

/** @typedef {{ shape: number[], values: Float64Array | Float32Array }} NpyArray */

const KINDS = /** @type {Record<string, Float64ArrayConstructor | Float32ArrayConstructor>} */ ({
  "<f8": Float64Array,
  "<f4": Float32Array,
});

/**
 * Return the numbers and the shape of a little-endian .npy file of float64 or float32.
 * @param {ArrayBuffer} buffer
 * @returns {NpyArray}
 */
export function readNpy(buffer) {
  const length = new DataView(buffer).getUint16(8, true);
  const header = new TextDecoder().decode(new Uint8Array(buffer, 10, length));
  const Kind = KINDS[header.match(/'descr': '([^']*)'/)?.[1] ?? ""];
  if (!Kind) throw new Error(`neither float64 nor float32: ${header}`);
  const sizes = header.match(/\(([^)]*)\)/)?.[1] ?? "";
  const shape = sizes
    .split(",")
    .filter((size) => size.trim())
    .map(Number);
  return { shape, values: new Kind(buffer.slice(10 + length)) };
}

export class Arrays {
  /** @type {Map<string, Promise<NpyArray>>} */
  #fetched = new Map();

  /**
   * @param {(name: string) => string} address of a tensor's .npy
   * @param {number} [digits] that count: 12 of a float64, 8 of what was computed in float32
   */
  constructor(address, digits = 12) {
    this.address = address;
    this.digits = digits;
  }

  /**
   * Return one number of a tensor as it is printed.
   * @param {string} name
   * @param {number[]} place
   */
  async number(name, place) {
    const { shape, values } = await this.#array(name);
    const index = place.reduce((sum, position, axis) => sum * shape[axis] + position, 0);
    return String(Number(values[index].toPrecision(this.digits))).replace("-", "\u2212");
  }

  /** @param {string} name */
  #array(name) {
    const found = this.#fetched.get(name);
    if (found) return found;
    const coming = fetch(this.address(name))
      .then((response) => response.arrayBuffer())
      .then(readNpy);
    this.#fetched.set(name, coming);
    return coming;
  }
}
