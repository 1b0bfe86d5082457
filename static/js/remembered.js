/** What this browser remembers of the lessons; where it keeps nothing, every lesson is simply unread. */

const KEY = "convlens.lessons";

/**
 * @typedef {object} Remembered
 * @property {boolean} [opened]
 * @property {string[]} [right] names of the questions that were answered
 * @property {string[]} [shown] names of those whose answer the learner asked for
 * @property {boolean} [done] every question was answered or shown
 */

/** @returns {Record<string, Remembered>} */
export function remembered() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return kept && typeof kept === "object" ? kept : {};
  } catch {
    return {};
  }
}

/**
 * Change what is remembered of one lesson.
 * @param {string} slug
 * @param {Remembered} changes
 */
export function remember(slug, changes) {
  const kept = remembered();
  kept[slug] = { ...kept[slug], ...changes };
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // private windows and full disks: the lesson works, it is only not remembered
  }
}
