/** Links and forms of an exhibit, made fluid: they do what they do without scripts, in place. */

import { t } from "./i18n.js";
import { complain, visit } from "./visit.js";

const MOST_BYTES = 1_000_000;

/** Whether the slider that is being dragged has an entry of its own in the history already. */
let dragging = false;

/** The step that is shown; the links of the page were written when the server drew it. */
function currentStep() {
  return document.querySelector("step-player")?.getAttribute("data-step") ?? "0";
}

/**
 * Aim a link at the step that is shown; in another step size, at the same output cell.
 * @param {HTMLAnchorElement} link
 */
function aim(link) {
  const stage = document.querySelector("[data-stage]");
  if (!(stage instanceof HTMLElement)) return;
  const url = new URL(link.href);
  const cell = Math.floor(Number(currentStep()) / Number(stage.dataset.parts));
  const sameSize = link.dataset.stepSize === undefined || link.dataset.stepSize === stage.dataset.stepSize;
  url.searchParams.set("step", sameSize ? currentStep() : String(cell * Number(link.dataset.parts)));
  link.href = url.href;
}

/** @param {Event} event */
function followLink(event) {
  const click = /** @type {MouseEvent} */ (event);
  const target = /** @type {Element} */ (event.target);
  const here = target.closest?.("a[data-here]");
  if (here instanceof HTMLAnchorElement) aim(here);
  const link = target.closest?.("a[data-morph], a[data-reveal]");
  if (!document.querySelector("[data-exhibit]")) return; // a plain page is simply left
  if (!(link instanceof HTMLAnchorElement) || click.metaKey || click.ctrlKey || click.shiftKey) return;
  event.preventDefault();
  visit(link.href, { history: link.hasAttribute("data-reveal") ? "none" : "push" });
}

/** @param {Event} event */
function changeOption(event) {
  const field = event.target;
  if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) return;
  const form = field.form;
  if (form?.matches("[data-navigate]")) visit(`${form.action}?${new URLSearchParams({ [field.name]: field.value })}`);
  if (!form?.matches("[data-options]")) return;
  if (field.type === "range") snap(/** @type {HTMLInputElement} */ (field));
  const url = new URL(location.href);
  if (url.pathname !== new URL(form.action).pathname) url.href = form.action;
  const checked = field instanceof HTMLInputElement && field.type === "checkbox";
  if (checked && !field.checked) url.searchParams.delete(field.name);
  else url.searchParams.set(field.name, field.value);
  const dragged = dragging;
  dragging = event.type === "input";
  if (url.href !== location.href) visit(url.href, { history: dragged ? "replace" : "push" });
}

/**
 * Keep a slider on its legal numbers.
 * @param {HTMLInputElement} slider
 */
function snap(slider) {
  const legal = (slider.dataset.legal ?? "").split(" ").filter(Boolean).map(Number);
  if (!legal.length) return;
  const nearest = (/** @type {number} */ best, /** @type {number} */ next) =>
    Math.abs(next - slider.valueAsNumber) < Math.abs(best - slider.valueAsNumber) ? next : best;
  slider.value = String(legal.reduce(nearest));
}

/** @param {SubmitEvent} event */
function submit(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const body = new FormData(form, event.submitter);
  if (form.matches("[data-quiz], .scrubber, [data-options]")) {
    event.preventDefault();
    const url = `${form.action}?${new URLSearchParams(/** @type {any} */ (body))}`;
    visit(url, { history: form.matches("[data-quiz]") ? "none" : "push" });
  } else if (form.matches("[data-post]")) {
    event.preventDefault();
    const query = new URLSearchParams(String(body.get("query")));
    query.set("step", currentStep());
    body.set("query", query.toString());
    const sizes = [...body.values()].map((value) => (value instanceof File ? value.size : new Blob([value]).size));
    if (sizes.reduce((sum, size) => sum + size, 0) > MOST_BYTES)
      complain(t("That is more than 1 MB; paste or upload a smaller tensor."));
    else visit(form.action, { body });
  }
}

/** @param {Event} event */
function openPanel(event) {
  const link = /** @type {Element} */ (event.target).closest?.("[data-open]");
  const panel = link && document.getElementById(link.getAttribute("data-open") ?? "");
  if (!(panel instanceof HTMLDetailsElement)) return;
  panel.open = true;
  panel.querySelector("textarea")?.focus();
}

/** Listen once for the whole document: what is morphed in needs no listeners of its own. */
export function makeFluid() {
  document.addEventListener("click", followLink);
  document.addEventListener("click", openPanel);
  document.addEventListener("change", changeOption);
  document.addEventListener("input", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.type === "range") changeOption(event);
  });
  document.addEventListener("submit", submit);
  window.addEventListener("popstate", () => visit(location.href, { history: "none" }));
}
