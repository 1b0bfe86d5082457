/** One option of an optimizer as a link writes it: adam.lr:0.1,adam.betas:0.8_0.99 */

const FIGURES = 2; // of a learning rate that is chosen by a slider

/**
 * Return the settings with the option of a field changed; undefined for a field that is no option.
 * @param {string} set
 * @param {HTMLInputElement} field
 */
export function setting(set, field) {
  const optimizer = /** @type {HTMLFormElement} */ (field.form).dataset.optimizer;
  const option = "log" in field.dataset ? "lr" : field.dataset.option;
  if (!option) return undefined;
  const name = `${optimizer}.${option}`;
  const others = set.split(",").filter((entry) => entry && !entry.startsWith(`${name}:`));
  const value = written(field);
  return [...others, ...(value ? [`${name}:${value}`] : [])].join(",");
}

/** @param {HTMLInputElement} field */
function written(field) {
  if (field.type === "checkbox") return field.checked ? "1" : "0";
  if ("log" in field.dataset) return String(Number((10 ** field.valueAsNumber).toPrecision(FIGURES)));
  return field.value.trim().replaceAll(/[\s,_]+/g, "_");
}
