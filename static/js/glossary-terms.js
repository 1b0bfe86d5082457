/** Words of the glossary: hovering and focus show a definition (CSS); here come tap and Escape. */

/** @param {Event} event */
function tap(event) {
  const click = /** @type {PointerEvent} */ (event);
  const word = /** @type {Element} */ (event.target).closest?.("a[data-term]");
  if (!word || click.pointerType !== "touch") return;
  event.preventDefault(); // the first tap only focuses the word; its definition says the rest
  /** @type {HTMLElement} */ (word).focus();
  delete word.parentElement?.dataset.dismissed;
}

/** @param {KeyboardEvent} event */
function dismiss(event) {
  if (event.key !== "Escape") return;
  for (const term of /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll(".term:is(:hover, :focus-within)")
  ))
    term.dataset.dismissed = "";
}

/** @param {Event} event */
function forget(event) {
  const term = /** @type {Element} */ (event.target).closest?.(".term");
  if (term instanceof HTMLElement) delete term.dataset.dismissed;
}

/** Listen once for the whole page. */
export function explainTerms() {
  document.addEventListener("click", tap);
  document.addEventListener("keydown", dismiss);
  document.addEventListener("focusout", forget);
  document.addEventListener("mouseover", forget);
}
