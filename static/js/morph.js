/**
 * Make the page that is shown equal to the page that came, and touch nothing that is equal already:
 * focus, scroll positions, a slider under the finger and the learner's text stay.
 */

/**
 * @param {Node} shown
 * @param {Node} wanted
 */
export function morph(shown, wanted) {
  if (shown.isEqualNode(wanted)) {
    if (shown instanceof Element && wanted instanceof Element) syncControls(shown, wanted);
  } else if (shown.nodeName !== wanted.nodeName) {
    /** @type {ChildNode} */ (shown).replaceWith(document.importNode(wanted, true));
  } else if (shown instanceof Element && wanted instanceof Element) {
    syncAttributes(shown, wanted);
    syncChildren(shown, wanted);
    syncControl(shown, wanted);
  } else {
    shown.nodeValue = wanted.nodeValue;
  }
}

/**
 * @param {Element} shown
 * @param {Element} wanted
 */
function syncAttributes(shown, wanted) {
  for (const { name } of [...shown.attributes]) {
    const kept = name === "open" && shown.hasAttribute("data-keep");
    if (!wanted.hasAttribute(name) && !kept) shown.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
  }
}

/**
 * @param {Element} shown
 * @param {Element} wanted
 */
function syncChildren(shown, wanted) {
  const coming = [...wanted.childNodes];
  while (shown.childNodes.length > coming.length) shown.lastChild?.remove();
  coming.forEach((child, index) => {
    const present = shown.childNodes[index];
    if (present) morph(present, child);
    else shown.append(document.importNode(child, true));
  });
}

/**
 * Equal mark-up can still hold controls that the learner has moved since.
 * @param {Element} shown
 * @param {Element} wanted
 */
function syncControls(shown, wanted) {
  const fields = "input, select, textarea";
  const coming = wanted.querySelectorAll(fields);
  shown.querySelectorAll(fields).forEach((field, index) => {
    syncControl(field, coming[index]);
  });
  syncControl(shown, wanted);
}

/**
 * @param {Element} shown
 * @param {Element} wanted
 */
function syncControl(shown, wanted) {
  if (shown === document.activeElement && !(shown instanceof HTMLSelectElement)) return;
  if (shown instanceof HTMLInputElement && wanted instanceof HTMLInputElement) {
    if (shown.type === "checkbox" || shown.type === "radio") shown.checked = wanted.checked;
    else if (shown.type !== "file") shown.value = wanted.value;
  } else if (shown instanceof HTMLTextAreaElement && wanted instanceof HTMLTextAreaElement) {
    if (wanted.value) shown.value = wanted.value;
  } else if (shown instanceof HTMLSelectElement && wanted instanceof HTMLSelectElement) {
    if (!shown.closest("[data-keep]")) shown.value = wanted.value;
  }
}
