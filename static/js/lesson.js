/** A lesson's page: its exhibits, its questions, its words, and what the browser remembers of it. */

import { explainTerms } from "./glossary-terms.js";
import { t } from "./i18n.js";
import { askQuestions, reseed } from "./lesson-questions.js";
import { showExhibits } from "./live-exhibit.js";
import { remember, remembered } from "./remembered.js";

const SEEDS = 9_999; // short ones: they are read out and typed in class
const page = /** @type {HTMLElement} */ (document.querySelector("[data-lesson-page]"));
const slug = page.dataset.lessonPage ?? "";
const questions = Number(page.dataset.questions);

/**
 * Keep a verdict, and say how far the learner has come.
 * @param {string} name
 * @param {{ state: string }} verdict
 */
function keep(name, { state }) {
  const { right = [], shown = [] } = remembered()[slug] ?? {};
  if (state === "right" && !right.includes(name)) right.push(name);
  if (state === "shown" && !shown.includes(name)) shown.push(name);
  remember(slug, { right, shown, done: new Set([...right, ...shown]).size >= questions });
  showProgress();
}

function showProgress() {
  const { right = [], done = false } = remembered()[slug] ?? {};
  page.querySelector("[data-lesson-done]")?.toggleAttribute("hidden", !done);
  const count = page.querySelector("[data-lesson-right]");
  if (!count || !right.length) return;
  const said = t("%(right)s of %(count)s questions right", { right: right.length, count: questions });
  count.textContent = ` · ${said}`;
  count.removeAttribute("hidden");
}

/** A formula wider than the page is scrolled; the keyboard can do that only if it can get there. */
function reachFormulas() {
  for (const formula of page.querySelectorAll(".math.block"))
    if (formula.scrollWidth > formula.clientWidth) formula.setAttribute("tabindex", "0");
}

if (matchMedia("(width < 1240px)").matches) page.querySelector("[data-drawer]")?.removeAttribute("open");
showExhibits(page);
explainTerms();
askQuestions(keep);
reachFormulas();
remember(slug, { opened: true });
showProgress();
if (questions && !new URL(location.href).searchParams.has("seed")) reseed(1 + Math.floor(Math.random() * SEEDS));
