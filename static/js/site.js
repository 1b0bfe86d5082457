/** What every page has: sentences, the theme, fluid links and forms, copying. */

import { openOutside } from "./embed.js";
import { makeFluid } from "./forms.js";
import { readSentences, t } from "./i18n.js";

const YEAR = 31_536_000;
const COPIED_MS = 2_000;

/** @param {MouseEvent} event */
function chooseTheme(event) {
  const link = /** @type {Element} */ (event.target).closest?.("[data-theme-link]");
  const theme = link?.getAttribute("data-theme-link");
  if (!theme) return;
  event.preventDefault();
  document.documentElement.dataset.theme = theme;
  // biome-ignore lint/suspicious/noDocumentCookie: cookieStore needs https, and a class may be served by http
  document.cookie = `theme=${theme}; max-age=${YEAR}; path=/; samesite=lax`;
}

/**
 * Return whether `text` is on the clipboard; over plain http from another machine there is none.
 * @param {string} text
 */
async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** @param {MouseEvent} event */
async function copy(event) {
  const target = /** @type {Element} */ (event.target);
  const share = target.closest?.("[data-share]");
  const button = target.closest?.("[data-copy]");
  if (!share && !button) return;
  event.preventDefault();
  const text = share ? location.href : (button?.parentElement?.querySelector("code")?.textContent ?? "");
  if (await write(text)) sayCopied(/** @type {HTMLElement} */ (share ?? button));
  else if (share) tell(text);
}

/**
 * Let a link or button say for a moment that it has copied.
 * @param {HTMLElement} place
 */
function sayCopied(place) {
  const before = place.innerHTML;
  place.textContent = t("Copied");
  setTimeout(() => {
    place.innerHTML = before;
  }, COPIED_MS);
}

/**
 * Without a clipboard, show the link to be copied by hand.
 * @param {string} text
 */
function tell(text) {
  const notice = document.querySelector("[data-copied]");
  if (!notice) return;
  notice.textContent = text;
  notice.removeAttribute("hidden");
}

document.documentElement.dataset.scripts = "on";
readSentences();
makeFluid();
if (matchMedia("(width < 700px)").matches) document.querySelector("details.controls")?.removeAttribute("open");
document.addEventListener("click", openOutside);
document.addEventListener("click", chooseTheme);
document.addEventListener("click", copy);
document.addEventListener("page-shown", readSentences);
