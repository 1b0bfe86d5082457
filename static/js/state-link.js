/** The address of another state of an exhibit: this one's with some parameters changed. */

/**
 * @param {string} path of the exhibit; embedded, the page has another
 * @param {Record<string, string | undefined>} change undefined takes a parameter out
 */
export function stateLink(path, change) {
  const url = new URL(location.href);
  if (url.pathname !== path) url.href = new URL(path, location.origin).href;
  for (const [name, value] of Object.entries(change)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  return url.href;
}
