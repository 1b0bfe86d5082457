/** One line of mathematics; its numbers change with the step. */
export class FormulaLine extends HTMLElement {
  /** @param {string} mathml written and escaped by the server */
  show(mathml) {
    this.innerHTML = mathml;
  }
}

customElements.define("formula-line", FormulaLine);
