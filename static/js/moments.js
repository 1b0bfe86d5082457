/**
 * The moments of an exhibit, fetched in chunks and kept.
 *
 * @typedef {{ weight: string, x: string, zero: boolean, padding: boolean }} Term
 * @typedef {{ channel: number, product: number, done: number, running: string, narration: string }} Part
 * @typedef {{
 *   cell: number, filter: number, row: number, column: number,
 *   channels: number[], rows: number[], columns: number[],
 *   terms: Term[][], sums: string[], roundings: string[],
 *   question: string, formulas: Record<string, string>, totals: Record<string, string>, parts: Part[],
 * }} Moment
 */

export class Moments {
  /** @type {Map<number, Promise<Moment[]>>} */
  #chunks = new Map();
  /** @type {Map<number, Moment>} */
  #known = new Map();

  /**
   * @param {string} address without start and stop
   * @param {number} chunk cells per request
   */
  constructor(address, chunk) {
    this.address = address;
    this.chunk = chunk;
  }

  /**
   * Return the moment of `cell` if it is here already.
   * @param {number} cell
   */
  at(cell) {
    return this.#known.get(cell);
  }

  /**
   * Return the moment of `cell`, fetched if need be; the next chunk follows by itself.
   * @param {number} cell
   */
  async get(cell) {
    const number = Math.floor(cell / this.chunk);
    const moments = await this.#fetch(number);
    if (moments.length === this.chunk) this.#fetch(number + 1);
    return moments[cell - number * this.chunk];
  }

  /** @param {number} number */
  #fetch(number) {
    const start = number * this.chunk;
    const found = this.#chunks.get(number);
    if (found) return found;
    const coming = fetch(`${this.address}&start=${start}&stop=${start + this.chunk}`)
      .then((response) => (response.ok ? response.json() : []))
      .catch(() => [])
      .then((/** @type {Moment[]} */ moments) => {
        for (const moment of moments) this.#known.set(moment.cell, moment);
        if (!moments.length) this.#chunks.delete(number);
        return moments;
      });
    this.#chunks.set(number, coming);
    return coming;
  }
}
