/** A sweep that the server computes part by part, for as long as somebody asks for the next one. */

/** @typedef {[number, number, number, number, number, number, string]} SweptCell row, column, span, levels, rank, text */
/** @typedef {{ parts: number, count: number, cells: SweptCell[] }} SweptPart */

export class Sweep {
  #stop = new AbortController();

  /**
   * Ask for one part after the other.
   * @param {(part: number) => string} address
   * @param {(part: SweptPart) => void} show
   * @returns {Promise<"done" | "stopped" | string>} how it ended; what the server said if it could not go on
   */
  async run(address, show) {
    let parts = 1;
    for (let part = 0; part < parts; part++) {
      try {
        const response = await fetch(address(part), { signal: this.#stop.signal });
        const answer = await response.json();
        if (!response.ok) return answer.error;
        if (this.#stop.signal.aborted) return "stopped";
        parts = answer.parts;
        show(answer);
      } catch {
        return this.#stop.signal.aborted ? "stopped" : "";
      }
    }
    return "done";
  }

  /** Ask for nothing more; the server ends with the part that it is at. */
  stop() {
    this.#stop.abort();
  }
}
