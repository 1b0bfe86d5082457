/** An exhibit inside a lesson: it stays embedded, and what leads elsewhere leaves the frame. */

/** Whether this page is an exhibit without the site around it. */
export function embedded() {
  return document.documentElement.hasAttribute("data-embed");
}

/**
 * Return `url` with the exhibit still embedded.
 * @param {string} url
 */
export function embedding(url) {
  const address = new URL(url, location.href);
  address.searchParams.set("embed", "1");
  return address.href;
}

/** @param {Event} event */
export function openOutside(event) {
  const link = /** @type {Element} */ (event.target).closest?.("a[href]");
  if (embedded() && link instanceof HTMLAnchorElement && link.pathname !== location.pathname) link.target = "_top";
}
