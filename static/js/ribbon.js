/** A row of stages or steps that is wider than the page. */

/**
 * Scroll the row, and nothing around it, to what is open; again whenever another page is shown.
 * @param {HTMLElement} root
 * @param {string} selector
 */
export function keepInView(root, selector) {
  const scroll = () => {
    const ribbon = /** @type {HTMLElement | null} */ (root.querySelector(selector));
    const current = ribbon?.querySelector("[data-current]")?.getBoundingClientRect();
    if (!ribbon || !current) return;
    const seen = ribbon.getBoundingClientRect();
    if (current.left < seen.left || current.right > seen.right)
      ribbon.scrollLeft += (current.left + current.right - seen.left - seen.right) / 2;
  };
  scroll();
  document.addEventListener("page-shown", scroll);
}
