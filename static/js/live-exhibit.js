/** Exhibits inside a lesson: each frame is as high as what it shows, and follows the theme of the page. */

/**
 * Make a frame as high as its page, now and whenever that changes.
 * @param {HTMLIFrameElement} frame
 */
function fit(frame) {
  const main = frame.contentDocument?.querySelector("main");
  if (!main) return;
  const measure = () => {
    frame.style.height = `${Math.ceil(main.getBoundingClientRect().bottom + (frame.contentWindow?.scrollY ?? 0))}px`;
  };
  new ResizeObserver(measure).observe(main);
  measure();
}

/** @param {HTMLIFrameElement} frame */
function followTheme(frame) {
  const { theme } = document.documentElement.dataset;
  const root = frame.contentDocument?.documentElement;
  if (theme && root) root.dataset.theme = theme;
}

/** @param {ParentNode} page */
export function showExhibits(page) {
  const frames = /** @type {HTMLIFrameElement[]} */ ([...page.querySelectorAll("[data-live] iframe")]);
  for (const frame of frames) {
    const begin = () => {
      fit(frame);
      followTheme(frame);
    };
    frame.addEventListener("load", begin);
    if (frame.contentDocument?.readyState === "complete") begin();
  }
  new MutationObserver(() => {
    for (const frame of frames) followTheme(frame);
  }).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}
